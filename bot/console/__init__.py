"""The pages of the staff console: templates, style and scripts. What fills them is in bot/gateway."""

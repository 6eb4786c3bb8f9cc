"""The conversation log: what visitors wrote, what they were answered, and what the assistant understood."""

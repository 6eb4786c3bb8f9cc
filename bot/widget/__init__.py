"""What a visitor sees in the browser: the chat widget, and the pages that show it."""

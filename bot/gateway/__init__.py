"""The public face: the chat API, the page, health and metrics; and the way to the assistant."""

"""What the assistant knows: the source document, its passages and topics, and the grounds of each answer."""

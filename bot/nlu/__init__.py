"""What the assistant understands: Rasa components around a sentence encoder and a linear classifier."""

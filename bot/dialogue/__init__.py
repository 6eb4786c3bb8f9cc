"""What to say next: from what was understood and what was said before to a plan of replies. Knows nothing of Rasa."""

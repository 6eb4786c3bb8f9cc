"""What this project's pipeline gains over the one that Rasa gives everybody: both trained on the same examples."""

"""Privacy across the rooms: erasure, retention, and what is known of whom a conversation is with."""

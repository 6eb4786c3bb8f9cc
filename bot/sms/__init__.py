"""Text messages: how they are worded, who has opted out, and what comes in and goes out. Knows nothing of Rasa."""

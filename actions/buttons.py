"""Buttons under a reply. A button sends its title back as words, so each title is an example in data/nlu.yml."""

from __future__ import annotations

from typing import Final

from bot.knowledge.catalogue import load_catalogue


def button(title: str, topic: str) -> dict[str, str]:
    """Return a button in the form that Rasa passes through to our channel."""
    return {"title": title, "payload": title, "topic": topic}


_TITLES = load_catalogue().titles
BOOK: Final = button(_TITLES["book_consultation"], "book_consultation")
PERSON: Final = button(_TITLES["talk_to_human"], "talk_to_human")

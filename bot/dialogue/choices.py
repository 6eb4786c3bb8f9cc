"""Reads the answer to "which of these do you mean?": a button's title, a number, or none of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.dialogue.pointing import picked
from bot.knowledge.catalogue import load_catalogue

SOMETHING_ELSE: Final = "Something else"  # the title of the last button
_NONE: Final = re.compile(rf"^\W*(?:{SOMETHING_ELSE}|none(?: of (?:these|those|them))?|neither)\W*$", re.IGNORECASE)


def chosen_among(topics: Sequence[str], text: str) -> str | None:
    """Return which of the topics on offer the text picks by title or place; None if it does neither."""
    titles = load_catalogue().titles
    by_title = (topic for topic in topics if titles[topic].lower() == text.strip().lower())
    return next(by_title, None) or picked(topics, text)


def is_none_of_them(text: str) -> bool:
    """Whether the text says that none of the topics on offer was meant. A plain "no" is the classifier's to tell."""
    return bool(_NONE.match(text))

"""Reads the answer to "which of these do you mean?": a button's title, a number, or none of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.knowledge.catalogue import load_catalogue

_POSITIONS: Final = (
    re.compile(r"^\W*(?:the\s+)?(?:1|1st|first|one)(?:\s+one)?\W*$", re.IGNORECASE),
    re.compile(r"^\W*(?:the\s+)?(?:2|2nd|second|two)(?:\s+one)?\W*$", re.IGNORECASE),
    re.compile(r"^\W*(?:the\s+)?(?:3|3rd|third|three|last)(?:\s+one)?\W*$", re.IGNORECASE),
)
_NONE: Final = re.compile(
    r"^\W*(?:something else|none(?: of (?:these|those|them))?|neither|no(?:pe)?)\W*$", re.IGNORECASE
)


def chosen_among(topics: Sequence[str], text: str) -> str | None:
    """Return which of the topics on offer the text picks by title or number; None if it does neither."""
    titles = load_catalogue().titles
    for topic in topics:
        if titles[topic].lower() == text.strip().lower():
            return topic
    for topic, position in zip(topics, _POSITIONS, strict=False):
        if position.match(text):
            return topic
    return None


def is_none_of_them(text: str) -> bool:
    """Whether the text says that none of the topics on offer was meant."""
    return bool(_NONE.match(text))

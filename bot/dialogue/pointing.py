"""Which of several topics "the first one", "2", "the last one" or "the other one" is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.dialogue.context import Context

_PLACES: Final = (  # position, how it is said in passing, and how else when nothing else is said
    (0, "first|1st|former|number one", "1|one"),
    (1, "second|2nd|latter|number two", "2|two"),
    (2, "third|3rd|number three", "3|three"),
    (-1, "last one|the last", "last"),
)
_IN_PASSING: Final = [
    (position, re.compile(rf"\b(?:{ordinals})\b", re.IGNORECASE)) for position, ordinals, _ in _PLACES
]
_ALONE: Final = [
    (position, re.compile(rf"^\W*(?:the\s+)?(?:{ordinals}|{alone})(?:\s+one)?\W*$", re.IGNORECASE))
    for position, ordinals, alone in _PLACES
]
_OTHER_ONE: Final = re.compile(r"\bother (one|kind|two|type)\b", re.IGNORECASE)


def pointed_at(text: str, context: Context) -> str | None:
    """Return the topic, of those listed last, that "the first one" or "the other one" in a text points at."""
    if len(context.listed) < 2:  # noqa: PLR2004 - of one thing there is no second
        return None
    if _OTHER_ONE.search(text):
        return next((topic for topic in reversed(context.listed) if topic != context.topic), None)
    return _at(context.listed, text, _IN_PASSING)


def picked(topics: Sequence[str], text: str) -> str | None:
    """Return the topic that a text picks by its place, saying nothing else: "2", "the second one", "last"."""
    return _at(topics, text, _ALONE)


def _at(topics: Sequence[str], text: str, places: Sequence[tuple[int, re.Pattern[str]]]) -> str | None:
    return next((topics[at] for at, pattern in places if at < len(topics) and pattern.search(text)), None)

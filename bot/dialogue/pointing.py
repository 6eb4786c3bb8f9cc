"""Which of the topics that were named "the first one", "the last one" or "the other one" is."""

from __future__ import annotations

import re
from typing import Final

from bot.dialogue.context import Context

_ORDINALS: Final = (
    (re.compile(r"\b(first|1st|former|number one)\b", re.IGNORECASE), 0),
    (re.compile(r"\b(second|2nd|latter|number two)\b", re.IGNORECASE), 1),
    (re.compile(r"\b(third|3rd|number three)\b", re.IGNORECASE), 2),
    (re.compile(r"\b(last one|the last)\b", re.IGNORECASE), -1),
)
_OTHER_ONE: Final = re.compile(r"\bother (one|kind|two|type)\b", re.IGNORECASE)


def pointed_at(text: str, context: Context) -> str | None:
    """Return the topic that "the first one" or "the other one" points at."""
    if len(context.listed) < 2:  # noqa: PLR2004 - of one thing there is no second
        return None
    if _OTHER_ONE.search(text):
        return next((topic for topic in reversed(context.listed) if topic != context.topic), None)
    for pattern, position in _ORDINALS:
        if pattern.search(text) and position < len(context.listed):
            return context.listed[position]
    return None

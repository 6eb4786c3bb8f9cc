"""Which part of a message that was not asked for a time is plainly about when to come."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from bot.booking.words.picking import without_fillers
from bot.booking.words.tidy import clauses

_MOST: Final = 30  # parts of a message looked at
_HINT: Final = re.compile(
    r"\d|morn|noon|even|night|day|week|month|\b(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|"
    r"oct|nov|dec)|tomorrow|\b[ap]m\b|"
    r"earliest|soonest|asap|first (?:available|opening|free|possible|appointment)|soon as|lunch|next available"
)
_WISH: Final = re.compile(
    r"\b(?:(?:i'?d|i'?ld|i would|we'?d|would|id) (?:like|love|prefer)|i (?:want|need|prefer)|prefer|preferably|"
    r"appointment|appt|consult(?:ation)?|"
    r"(?:i|we|he|she) can (?:do|come|make|be)|can (?:i|we|you|he|she) (?:come|do|get|have|see|book|make|schedule)|"
    r"could (?:i|we|you|he|she)|(?:i'?m|im|i am|we'?re|he'?s|she'?s) "
    r"(?:free|available|off|open)|available|availab\w+|book(?: me)?|schedule|come in|make it|change (?:it|the time)|"
    r"move it|switch (?:it )?to|"
    r"(?:do you|u|you) have|anything|any (?:openings?|time|slots?)|slots?|openings?|hoping for|looking for|"
    r"reschedule|instead|how about|what about)\b"
)
_STRONG_WISH: Final = re.compile(
    r"\b(?:want|need|would like|i'?d like|id like|hoping for|looking for) (?:to )?(?:have |get |make |book |schedule )?"
    r"an? (?:new )?(?:appointment|appt|consult\w*|visit|slot)\b|\b(?:want|need|would like|i'?d like) to (?:come in|"
    r"be seen)\b"
)
_SUITS: Final = re.compile(
    r"\b(?:works? (?:best|better|for|well|great|fine)?|(?:is|are|would be|'s) (?:best|better|good|great|fine|ok|"
    r"perfect|ideal)|please|pls|if possible)\b"
)
_STORY: Final = re.compile(
    r"\b(?:since|ago|hurts?|hurting|pains?|aches?|aching|fell|fall|surger\w+|operat\w+|fusion|worse|worst|had|was|"
    r"were|began|started|starts|wakes?|woke|"
    r"stiff|numb\w*|swelling|took|take|taking|taken|saw|told|said|accident|injur\w+|died|born|work(?:ed|ing)|sleep|"
    r"flare\w*|bad|yesterday|called|every)\b"
)


def plain_part(words: str, is_only_time: Callable[[str], bool]) -> str:
    """Return the parts of a message that are plainly about when to come, joined; empty if there are none.

    Such a part says nothing else, or words a wish, and tells no story before the time. ``is_only_time`` looks at a
    part by itself.
    """
    plain = [part for part in clauses(words)[:_MOST] if _HINT.search(part) and (_wishes(part) or is_only_time(part))]
    return ", ".join(_wish_of(part) for part in plain)


def is_only_time(leftover: str | None) -> bool:
    """Tell whether nothing but small words is left of a part once its times are taken out."""
    return leftover is not None and not without_fillers(leftover)


def _wishes(part: str) -> bool:
    story = _STORY.search(part)
    wish = _WISH.search(part)
    if (wish and (not story or wish.start() < story.start())) or _STRONG_WISH.search(part):
        return True
    suits = _SUITS.search(part)
    return bool(suits and not story)


def _wish_of(part: str) -> str:
    """Return a part without the story that stands before a wish for an appointment, or follows a wish."""
    strong = _STRONG_WISH.search(part)
    part = part[strong.start() :] if strong else part
    story = _STORY.search(part)
    return part[: story.start()] if story else part

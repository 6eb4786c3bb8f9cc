"""Reads "2", "2.", "two" or "the second" as the number of a choice that is on offer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.sms.wording import Choice

_NAMES: Final = (
    ("1", "one", "first", "1st"),
    ("2", "two", "second", "2nd"),
    ("3", "three", "third", "3rd"),
    ("4", "four", "fourth", "4th"),
    ("5", "five", "fifth", "5th"),
    ("6", "six", "sixth", "6th"),
    ("7", "seven", "seventh", "7th"),
    ("8", "eight", "eighth", "8th"),
    ("9", "nine", "ninth", "9th"),
)
_PLACES: Final = {name: place for place, names in enumerate(_NAMES) for name in names}
_NUMBER: Final = re.compile(
    rf"^\W*(?:(?:reply|number|no|nr|option|choice|answer|the|#)\W*)*(?P<name>{'|'.join(_PLACES)}|last)(?:\s+(?:one|option|"
    r"choice))?(?:\W*(?:please|pls|thanks|thank you))?\W*$",
    re.IGNORECASE,
)
_MORE: Final = re.compile(r"^\W*more(?:\W*please)?\W*$", re.IGNORECASE)


def picked(choices: Sequence[Choice], text: str) -> Choice | None:
    """Return the choice that a message picks by its number or its title and nothing else, or None."""
    words = text.strip()
    by_title = (each for each in choices if each.title and each.title.casefold() == words.casefold())
    if chosen := next(by_title, None):
        return chosen
    if choices and choices[-1].does == "more" and _MORE.match(words):
        return choices[-1]
    found = _NUMBER.match(words)
    if found is None:
        return None
    name = found["name"].lower()
    place = len(choices) - 1 if name == "last" else _PLACES[name]
    return choices[place] if 0 <= place < len(choices) else None

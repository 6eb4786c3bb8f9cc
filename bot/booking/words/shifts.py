"""Which other time a visitor wants, told by the time that was booked: "a week later", "something later that day"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final, Literal

from bot.booking.words.tidy import tidy
from bot.booking.words.windows import Window

if TYPE_CHECKING:
    from bot.booking.slots import Slot

_LONGEST: Final = 1_000
_COUNTS: Final = {"a": 1, "an": 1, "one": 1, "two": 2, "a couple": 2, "three": 3, "a few": 3, "four": 4}
_UNITS: Final = {"day": timedelta(days=1), "week": timedelta(weeks=1), "hour": timedelta(hours=1)}
_AMOUNT: Final = r"(?P<count>an?|one|two|three|four|\d{1,2}|a couple(?: of)?|a few) (?P<unit>hour|day|week)s?"
_BACK: Final = r"(?:mov\w*|push\w*|put|shift\w*|postpone\w*|delay\w*)(?: \S+){0,4}?"
_FORTH: Final = r"(?:bring|mov\w*|pull|shift)(?: \S+){0,4}? (?:forward|up)"
_LATER: Final = re.compile(rf"\b(?:{_BACK}(?: back| out| off)?(?: by)? {_AMOUNT})\b(?! (?:earlier|sooner|before|from))")
_LATER_BY: Final = re.compile(rf"\b{_AMOUNT} (?:later|after (?:that|it)|out|back)\b")
_EARLIER_BY: Final = re.compile(
    rf"\b{_AMOUNT} (?:earlier|sooner|before)\b|\b{_FORTH}(?: by)? {_AMOUNT.replace('P<', 'P<_')}"
)
_WEEK: Final = re.compile(
    r"\b(?:the )?(?:(?:following|next) week after|(?:following|week after)(?: week)?|week (?P<before>before|prior))\b"
)
_DAY: Final = re.compile(r"\b(?:the )?(?:day after(?! tomorrow)|following day|day (?P<before>before|prior))\b")
_SAME_DAY: Final = re.compile(
    r"\b(?P<way>later|earlier|sooner)\b(?: \w+){0,2}? (?:that|the same|same|in the) day\b|"
    r"\b(?:that|same) day\b(?:,? \w+){0,3}? (?P<_way>later|earlier|sooner)\b"
)
_SAME_WEEK: Final = re.compile(r"\b(?P<way>later|earlier|sooner) (?:that|the same|same|in the|in that) week\b")
_ANY: Final = re.compile(
    r"\b(?:something|anything|some time|an?|to|any|come(?: in)?|little|bit|be|time)\b(?: \w+)?? "
    r"(?P<way>later|earlier|sooner)\b|"
    r"^\W*(?P<_way>later|earlier|sooner)\b"
)
_MOVED_AT_ALL: Final = re.compile(rf"\b(?P<forth>{_FORTH})\b|\b(?:push|put|move) (?:it|that) back\b")


@dataclass(frozen=True)
class Shift:
    """A wish for a time before or after the one booked, on the days of ``window``."""

    window: Window
    old: datetime
    way: Literal["later", "earlier"]

    def matches(self, slot: Slot) -> bool:
        """Tell whether a slot starts as wished."""
        fits = slot.starts_at > self.old if self.way == "later" else slot.starts_at < self.old
        return fits and self.window.matches(slot)


def read_shift(text: str, old: datetime, zone: tzinfo) -> Shift | None:
    """Return the wish that a message tells by the time booked, ``old`` (aware); None if it tells none like that."""
    words = tidy(text, _LONGEST).lower()
    day = old.astimezone(zone).date()
    return _by_amount(words, old, day, zone) or _by_day(words, old, day, zone) or _by_way(words, old, day, zone)


def _by_amount(words: str, old: datetime, day: date, zone: tzinfo) -> Shift | None:
    earlier = _EARLIER_BY.search(words)
    found = earlier or _LATER_BY.search(words) or _LATER.search(words)
    if found is None:
        return None
    groups = {name.lstrip("_"): value for name, value in found.groupdict().items() if value}
    count = _COUNTS.get(groups["count"].removesuffix(" of")) or int(groups["count"])
    if groups["unit"] == "hour":
        return _shift(old, zone, earlier is not None, day, day)
    moved = day + (-count if earlier else count) * _UNITS[groups["unit"]]
    return _shift(old, zone, earlier is not None, moved, moved)


def _by_day(words: str, old: datetime, day: date, zone: tzinfo) -> Shift | None:
    if found := _DAY.search(words):
        moved = day + timedelta(days=-1 if found["before"] else 1)
        return _shift(old, zone, bool(found["before"]), moved, moved)
    if found := _WEEK.search(words):
        monday = day - timedelta(days=day.weekday()) + timedelta(days=-7 if found["before"] else 7)
        return _shift(old, zone, bool(found["before"]), monday, monday + timedelta(days=6))
    return None


def _by_way(words: str, old: datetime, day: date, zone: tzinfo) -> Shift | None:
    if found := _SAME_DAY.search(words):
        return _shift(old, zone, (found["way"] or found["_way"]) != "later", day, day)
    if found := _SAME_WEEK.search(words):
        monday = day - timedelta(days=day.weekday())
        return _shift(old, zone, found["way"] != "later", monday, monday + timedelta(days=6))
    if found := _ANY.search(words):
        return _shift(old, zone, (found["way"] or found["_way"]) != "later", None, None)
    if found := _MOVED_AT_ALL.search(words):
        return _shift(old, zone, bool(found["forth"]), None, None)
    return None


def _shift(old: datetime, zone: tzinfo, earlier: bool, first: date | None, last: date | None) -> Shift:
    window = Window(first, last, None, frozenset(), zone)
    return Shift(window, old, "earlier" if earlier else "later")

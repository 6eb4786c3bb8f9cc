"""Weekdays in a visitor's words."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from bot.booking.words.days import DAY_NAMES, MOST, WEEK, Days, coming, excluded, monday_of, weekday_of
from bot.booking.words.tidy import Rest

_WEEKDAY: Final = re.compile(
    rf"(?:\b(?P<which>next|this coming|coming|this|last|"
    rf"past) )?(?<![a-z'])(?P<day>{DAY_NAMES})(?P<s>'?s)?(?![a-z])(?P<ago> ago)?"
)
_WEEKDAYS: Final = re.compile(rf"\b(?:from )?({DAY_NAMES})s?(?: ?- ?| (?:to|thru|through) )({DAY_NAMES})s?\b")
_KIND_OF_DAY: Final = re.compile(r"\b(?P<work>(?:any )?week ?days?)\b|\b(?P<free>week ?ends?)\b")


def read_week_days(rest: Rest, today: date, days: Days) -> None:
    """Take the weekdays of a message in plain words, its dates taken already.

    "next tuesday" is the one of next week; "tuesday" alone is any.
    """
    for found in rest.take_all(_WEEKDAYS):
        first, last = weekday_of(found[1]), weekday_of(found[2])
        days.weekdays |= {(first + each) % 7 for each in range((last - first) % 7 + 1)}
    for found in rest.take_all(_KIND_OF_DAY):
        named = {0, 1, 2, 3, 4} if found["work"] else {5, 6}
        (days.excluded if excluded(rest.text, found, plural=True) else days.weekdays).update(named)
    for found in list(_WEEKDAY.finditer(rest.text))[:MOST]:
        _weekday(found, rest.text, today, days)
        rest.blank(found)


def _weekday(found: re.Match[str], text: str, today: date, days: Days) -> None:
    weekday, which, plural = weekday_of(found["day"]), found["which"], bool(found["s"])
    if which in {"last", "past"} or found["ago"]:
        days.past = days.past or found[0].strip()
    elif excluded(text, found, plural=plural):
        days.excluded.add(weekday)
    elif which and not plural:
        next_week = monday_of(today) + WEEK + timedelta(days=weekday)
        days.name(next_week if which == "next" else coming(weekday, today))
    elif plural or not days.bound(coming(weekday, today), text[: found.start()]):
        days.weekdays.add(weekday)

"""Dates in a visitor's words, the month before the day, as people in the US write them."""

from __future__ import annotations

import calendar
import functools
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dateparser.date import DateDataParser  # type: ignore[import-untyped]

from bot.booking.words.days import DAY_NAMES, MONTH_NAMES, MOST, ONE_DAY, Days, monday_of, weekday_of
from bot.booking.words.tidy import Rest

if TYPE_CHECKING:
    from collections.abc import Callable

_HALF_YEAR: Final = timedelta(days=183)
_MONTHS: Final = 12
_ON: Final = (
    rf"(?:(?P<month>{MONTH_NAMES})\.? ?(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|"
    rf"th)?(?![\d:])(?! ?[ap]m\b)(?:,? (?P<year>20\d\d)\b)?"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month2>{MONTH_NAMES})\b(?:,? (?P<year2>20\d\d)\b)?"
    r"|(?P<iso>20\d\d[-/]\d{1,2}[-/]\d{1,2})"
    r"|(?<![\d/.-])(?P<m>\d{1,2})(?:/|-(?=\d{1,2}-\d))(?P<d>\d{1,2})(?:[/-](?P<y>20\d\d|\d\d))?(?![\d/-]| ?[ap]m\b)"
    r"|(?:\bthe |\bon )*(?<!\d)(?P<nth>\d{1,2})(?:st|nd|rd|th)\b(?! (?:one|option|choice|slot|time|week)))"
)
_DATE: Final = re.compile(rf"(?P<weekday>\b(?:{DAY_NAMES})\b,?(?: the)? )?(?<![a-z]){_ON}")
_TO_DAY: Final = re.compile(
    r" ?(?:-|to|thru|through|until|till) ?(?:the )?(\d{1,2})(?:st|nd|rd|th)?\b(?![:/]| ?[ap]m\b)"
)
_BETWEEN: Final = re.compile(r"^ ?(?:-|to|thru|through|until|till) ?(?:the )?$")
_AND: Final = re.compile(r" ?and\b")
_WEEK_OF: Final = re.compile(r"\bweek (?:of|beginning|starting|commencing) ?(?:the |monday )?$")
_AS_SPAN: Final = re.compile(r"\bbetween\b|\bfrom\b")


def read_dates(rest: Rest, today: date, days: Days) -> None:
    """Take the dates of a message in plain words; a date without a year is the next one, or one just gone."""
    last: tuple[date, int] | None = None
    named: set[date] = set()
    for _ in range(MOST):
        found = _DATE.search(rest.text)
        if not found:
            break
        before = rest.text[: found.start()]
        between = rest.text[last[1] : found.start()] if last else None
        rest.blank(found)
        day = _date(found, today)
        if day is None:
            days.impossible = days.impossible or found[0].strip()
        elif last and between is not None and _BETWEEN.match(between):
            days.span(last[0], day)
        elif not _spans(found, day, before, rest, days):
            if day < today:
                days.past = days.past or found[0].strip()
            else:
                named.add(day)
                days.name(day)
        last = (day, found.end()) if day else None
        if day and found["weekday"] and weekday_of(found["weekday"]) != day.weekday():
            days.span(day - ONE_DAY, day + ONE_DAY)  # date and weekday disagree: whoever asks must show what is around
            days.exact = False
    if len(named) > 1 and not _AS_SPAN.search(rest.text):
        days.weekdays |= {day.weekday() for day in named}


def day_of(number: int, since: date) -> date | None:
    """Return the next day with this number in a month, from a day on; None if no month has one."""
    for later in range(_MONTHS):
        year, month = divmod(since.year * _MONTHS + since.month - 1 + later, _MONTHS)
        if (later or number >= since.day) and 1 <= number <= calendar.monthrange(year, month + 1)[1]:
            return date(year, month + 1, number)
    return None


def _spans(found: re.Match[str], day: date, before: str, rest: Rest, days: Days) -> bool:
    """Take in a date that stands for several days: "dec 7-11", "the week of dec 7", "after dec 7"."""
    to_day = _TO_DAY.match(rest.text, found.end()) if found["month"] or found["nth"] else None
    if to_day:
        rest.blank(to_day)
        days.span(day, day_of(int(to_day[1]), day) or day)
    elif _WEEK_OF.search(before):
        days.span(monday_of(day), monday_of(day) + 6 * ONE_DAY)
    else:
        return not _AND.match(rest.text, found.end()) and days.bound(day, before)
    return True


def _date(found: re.Match[str], today: date) -> date | None:
    """Return the date that was meant, or None where there is no such day."""
    if found["iso"]:
        return _parsed(found["iso"].replace("/", "-"), today)
    if found["nth"]:
        return day_of(int(found["nth"]), today)
    if found["m"]:
        month, day, year = int(found["m"]), found["d"], found["y"]
        if not 1 <= month <= _MONTHS:
            return None
        name = calendar.month_name[month]
    else:
        name, day, year = (
            found["month"] or found["month2"],
            found["day"] or found["day2"],
            found["year"] or found["year2"],
        )
    if year:
        return _parsed(f"{name[:3]} {day} {int(year) % 100 + 2000}", today)
    coming = _parsed(f"{name[:3]} {day}", today)
    if coming and coming - today > _HALF_YEAR and (coming.month, coming.day) != (2, 29):
        before = coming.replace(year=coming.year - 1)
        return before if today - before < _HALF_YEAR else coming
    return coming


@functools.lru_cache(maxsize=4)
def _parser(today: date) -> Callable[[str], datetime | None]:
    """Return dateparser for one day. It keeps what it is made with for ever, so the time of day is left out."""
    settings = {
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),  # noqa: DTZ001 - the clinic's own wall clock
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "MDY",
        "STRICT_PARSING": False,
        "REQUIRE_PARTS": ["day", "month"],
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    parser = DateDataParser(languages=["en"], settings=settings)
    return lambda words: parser.get_date_data(words).date_obj


@functools.lru_cache(maxsize=64)
def _parsed(words: str, today: date) -> date | None:
    found = _parser(today)(words)
    return found.date() if found else None

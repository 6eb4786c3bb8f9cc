"""Days in a visitor's words: those counted from today, weeks and months; dates and weekdays are read beside."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Final

from bot.booking.words.dates import read_dates
from bot.booking.words.days import (
    DAY_NAMES,
    MONTH_NAMES,
    MOST,
    ONE_DAY,
    WEEK,
    Days,
    coming,
    excluded,
    monday_of,
    weekday_of,
)
from bot.booking.words.tidy import Rest
from bot.booking.words.week_days import read_week_days

_NUMBER: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_COUNT: Final = {"a": 1, "one": 1, "couple": 2, "a couple": 2, "a couple of": 2, "a few": 3}

_MONTH: Final = re.compile(
    rf"\b(?:(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|4th) week (?:of|in) |(?P<part>early|mid|middle of|"
    rf"late|end of|"
    rf"beginning of|start of)[ -]?(?:in )?|(?:in|during|any ?time in) )(?:the )?(?:(?P<name>{MONTH_NAMES})\b|"
    rf"(?P<rel>next|this|the) month)"
    rf"|\b(?P<bound>not until|not before|after|before|until) (?P<border>{MONTH_NAMES})\b(?! ?\d)"
    rf"|\b(?P<alone>next|this) month\b|^(?P<only>january|february|april|june|july|august|september|october|november|"
    rf"december)$"
)
_RELATIVE: Final = re.compile(
    r"\b(?P<after_tomorrow>(?:the )?day after tomorrow)\b|\b(?P<today>today\b|this (?=morning|afternoon|evening)|"
    r"(?=tonight\b))|\b(?P<tomorrow>tomorrow)\b|\b(?P<past>yesterday|last "
    r"(?:week|month|night))\b"
    r"|\b(?:in (?P<n>\d{1,2}|a|a couple(?: of)?|a few) (?P<unit>days?|weeks?|months?)|(?P<n2>\d{1,2}|a|"
    r"a couple(?: of)?|a few) "
    rf"(?P<unit2>days?|weeks?) from (?P<base>today|now|tomorrow|(?:{DAY_NAMES})\b))"
    r"|\b(?P<part>early|later?|end of|beginning of|start of|middle of|mid|"
    r"rest of)? ?(?:the )?(?P<week>week after next|week after|"
    r"following week|next week|this week|coming week)\b|\b(?P<end>(?:end of|later in) the week)\b|"
    r"\b(?P<weekend>(?:this |next |"
    r"coming )weekend)\b"
)


def read_days(rest: Rest, today: date) -> Days:
    """Take what a message in plain words says on days."""
    days = Days()
    for found in list(_RELATIVE.finditer(rest.text))[:MOST]:
        _relative(found, rest.text, today, days)
        rest.blank(found)
    month = rest.take(_MONTH)
    if month:
        _month(month, today, days)
    read_dates(rest, today, days)
    read_week_days(rest, today, days)
    return days


def _relative(found: re.Match[str], text: str, today: date, days: Days) -> None:
    if found["past"]:
        days.past = days.past or found[0].strip()
    elif found["today"] is not None or found["tomorrow"] or found["after_tomorrow"]:
        later = 2 if found["after_tomorrow"] else int(bool(found["tomorrow"]))
        day = today + later * ONE_DAY
        if excluded(text, found, plural=False):
            days.span(day + ONE_DAY, None)
        elif not days.bound(day, text[: found.start()]):
            days.name(day)
    elif excluded(text, found, plural=False):
        return
    elif found["unit"] or found["unit2"]:
        _counted(found, today, days)
    else:
        days.span(*_week(found, today))


def _counted(found: re.Match[str], today: date, days: Days) -> None:
    count = found["n"] or found["n2"]
    number = int(count) if count.isdigit() else _COUNT[count]
    base = _base(found["base"] or "today", today)
    if (found["unit"] or "").startswith("month"):
        days.span(base + number * 30 * ONE_DAY, base + (number * 30 + 30) * ONE_DAY)
        return
    weeks = (found["unit"] or found["unit2"]).startswith("week")
    day = base + number * (WEEK if weeks else ONE_DAY)
    if weeks and not found["base"]:  # "in two weeks" is no certain day
        days.span(monday_of(day), monday_of(day) + 6 * ONE_DAY)
    else:
        days.name(day)


def _base(name: str, today: date) -> date:
    if name in {"today", "now", "tomorrow"}:
        return today + int(name == "tomorrow") * ONE_DAY
    return coming(weekday_of(name), today)


def _week(found: re.Match[str], today: date) -> tuple[date, date]:
    monday = monday_of(today)
    if found["weekend"]:
        saturday = monday + timedelta(days=5) + int(found["weekend"].startswith("next")) * WEEK
        return max(today, saturday), saturday + ONE_DAY
    said, part = found["week"] or "this week", found["part"] or ("end of" if found["end"] else "")
    first = monday + (2 if "week after" in said else int(said != "this week")) * WEEK
    last = first + 6 * ONE_DAY
    if part.startswith(("early", "beginning", "start")):
        last = first + ONE_DAY
    elif part.startswith("mid"):
        first, last = first + ONE_DAY, first + 3 * ONE_DAY
    elif part.startswith(("late", "end")):
        first += 3 * ONE_DAY
    return max(first, today), max(last, today)


def _month(found: re.Match[str], today: date, days: Days) -> None:
    name, rel = found["name"] or found["only"] or found["border"], found["rel"] or found["alone"]
    if name:
        month = [each[:3].lower() for each in calendar.month_name].index(name[:3])
        year = today.year + int(month < today.month)
    else:
        year, month = divmod(today.year * 12 + today.month - 1 + int(rel == "next"), 12)
        month += 1
    first, last = _part_of_month(found["nth"], found["part"] or "", calendar.monthrange(year, month)[1])
    if found["bound"] == "after":
        days.span(date(year, month, last) + ONE_DAY, None)
    elif found["bound"]:
        begins = date(year, month, first)
        days.span(*((begins, None) if found["bound"].startswith("not") else (None, begins - ONE_DAY)))
    elif date(year, month, last) < today:
        days.past = days.past or found[0].strip()
    else:
        days.span(max(today, date(year, month, first)), date(year, month, last))


def _part_of_month(week: str | None, part: str, last: int) -> tuple[int, int]:
    if week:
        number = _NUMBER[week]
        return (last - 6, last) if number < 0 else (7 * number - 6, 7 * number)
    if part in {"late", "end of"}:
        return 21, last
    if part.startswith("mid"):
        return 10, 20
    return (1, 10) if part else (1, last)

"""Which of the offered times a visitor wants, or which other time."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from bot.booking.words import picking
from bot.booking.words.clock_words import Hours, bare_hours, part_of, read_hours
from bot.booking.words.dates import day_of
from bot.booking.words.day_words import read_days
from bot.booking.words.days import Days
from bot.booking.words.plain_times import is_only_time, plain_part
from bot.booking.words.tidy import Rest
from bot.booking.words.time_text import time_text
from bot.booking.words.windows import Chosen, Impossible, NoTime, Past, TimeRead, Window

if TYPE_CHECKING:
    from bot.booking.slots import Slot

_NEAR: Final = timedelta(minutes=60)
_EVERY_DAY: Final = frozenset(range(7))
_NO: Final = NoTime()
_PAST_HOUR: Final = re.compile(r"\b(?:yesterday|last (?:week|month|night)) (?:at|around|about|by) (?:\d|noon)")
# "the earliest after thanksgiving": where the bound was not understood, the earliest of all is not what is meant.
_UNREAD_BOUND: Final = re.compile(r"\b(?:after|before|until|except) (?:the |my )?[a-z]{3}")


@dataclass(frozen=True)
class _Asked:
    """What there is to choose from, in the order shown, and when."""

    offered: Sequence[Slot]
    all_free: Sequence[Slot]
    now: datetime
    zone: tzinfo

    def day(self, slot: Slot) -> date:
        return slot.starts_at.astimezone(self.zone).date()


def read_time(
    text: str, offered: Sequence[Slot], now: datetime, zone: tzinfo, *, asked: bool, all_free: Sequence[Slot] = ()
) -> TimeRead:
    """Return which slot is wanted, or which other time.

    ``offered`` in the order in which they were shown, numbered from 1. ``now`` is aware, ``zone`` the clinic's.
    ``asked``: the visitor was asked for a time; otherwise only a time that is plainly one counts, and numbers of the
    list do not. ``all_free``: every free slot, for a wish that names day and hour, or the earliest of all.
    """
    words = time_text(text)
    there = _Asked(offered, all_free, now.astimezone(zone), zone)
    if asked:
        return _read(words, there, asked=True)
    plain = plain_part(words, lambda part: is_only_time(_leftover(part, there)))
    return _read(plain, there, asked=False) if plain else _NO


def _leftover(part: str, there: _Asked) -> str | None:
    """Return what is left of a part of a message when its times are taken out; None if there are none."""
    rest = Rest(part)
    picked = picking.read_pick(rest, asked=False)
    days = read_days(rest, there.now.date())
    hours = read_hours(rest)
    if days.said or hours.said:
        bare_hours(rest, hours)
    said = days.said or hours.said or days.past or days.impossible or hours.impossible or picked.first
    return rest.text if said else None


def _read(words: str, there: _Asked, *, asked: bool) -> TimeRead:
    rest = Rest(words)
    pick = picking.read_pick(rest, asked=asked)
    days = read_days(rest, there.now.date())
    _place_or_date(pick, days, there, asked=asked)
    hours = read_hours(rest)
    _number(rest, pick, days, hours, there, asked=asked)
    window = _window(days, hours, there)
    if days.impossible or hours.impossible:
        return Impossible(days.impossible or hours.impossible or "")
    pick.first = pick.first and not _UNREAD_BOUND.search(rest.text)
    refused = pick.refused and not (pick.places or days.excluded or hours.excluded)
    only_past = days.past and not days.said and (not hours.said or _PAST_HOUR.search(words))
    chosen = None if refused or only_past else _choose(pick, window, days, hours, there)
    if chosen:
        return Chosen(chosen)
    if _is_past(window, there) or only_past:
        return Past(days.past or words.strip(" .,!?"))
    return window if days.said or hours.said else _NO


def _number(rest: Rest, pick: picking.Pick, days: Days, hours: Hours, there: _Asked, *, asked: bool) -> None:
    """Take a bare number for a place of the list, or for an hour."""
    if asked and pick.alone is not None and not pick.places and 0 < pick.alone <= len(there.offered):
        pick.places.append(pick.alone)
    elif asked and pick.alone is not None and not days.said and not hours.said:
        bare_hours(rest, hours)
        hours.at = [readings for readings in hours.at if _starts(there) & set(readings)]
    elif days.said or (asked and hours.parts and not pick.places):
        bare_hours(rest, hours)


def _place_or_date(pick: picking.Pick, days: Days, there: _Asked, *, asked: bool) -> None:
    """Take "3rd" for the third on the list, unless a slot is on such a day or the list is shorter.

    For "the 3rd" every free slot counts, for "3rd" those that were offered.
    """
    nth = pick.nth
    if nth is None:
        return
    among = (*there.offered, *there.all_free) if pick.the_nth else there.offered
    on_the_day = [slot for slot in among if there.day(slot).day == nth]
    if asked and not on_the_day and nth <= len(there.offered) and not days.said:
        pick.places.append(nth)
        return
    day = day_of(nth, there.now.date())
    if day is None:
        days.impossible = days.impossible or f"the {nth}"
        return
    days.span(day, day)
    days.exact = True


def _window(days: Days, hours: Hours, there: _Asked) -> Window:
    weekdays = frozenset(days.weekdays or (_EVERY_DAY if days.excluded else ())) - days.excluded
    if days.exact and days.from_ == days.to:
        weekdays = frozenset()
    part = next(iter(hours.parts)) if len(hours.parts) == 1 else None
    at = tuple(sorted({_likely(readings, hours, there) for readings in hours.at}))
    after, before = hours.after, hours.before
    if hours.around and not at:
        near = _likely(hours.around[0], hours, there)
        after, before = _moved(near, -_NEAR), _moved(near, _NEAR + timedelta(minutes=1))
    if part == "evening":
        after, before = _late(after), _late(before)
    elif len(hours.parts) > 1:
        after, before = _spanned(hours)
    return Window(days.from_, days.to, None if at else part, weekdays, there.zone, at, after, before)


def _spanned(hours: Hours) -> tuple[time | None, time | None]:
    if hours.parts == {"morning", "afternoon"}:
        return hours.after, time(17)
    return (time(12) if hours.parts == {"afternoon", "evening"} else hours.after), hours.before


def _late(moment: time | None) -> time | None:
    """Return a bound as it is meant in the evening: "between 6 and 8" is not in the morning."""
    return moment.replace(hour=moment.hour + 12) if moment and moment < time(12) else moment


def _moved(moment: time, by: timedelta) -> time:
    return (datetime.combine(date(2000, 1, 2), moment) + by).time()


def _likely(readings: tuple[time, ...], hours: Hours, there: _Asked) -> time:
    """Return the reading that fits the part of the day, else one that is offered, else the likelier."""
    fitting = [each for each in readings if part_of(each) in hours.parts] or list(readings)
    starts = {slot.starts_at.astimezone(there.zone).time() for slot in there.offered}
    return next((each for each in fitting if each in starts), fitting[0])


def _starts(there: _Asked) -> set[time]:
    return {slot.starts_at.astimezone(there.zone).time() for slot in (*there.offered, *there.all_free)}


def _choose(pick: picking.Pick, window: Window, days: Days, hours: Hours, there: _Asked) -> Slot | None:
    narrowed = days.said or hours.said
    fitting = [slot for slot in there.offered if window.matches(slot)] if narrowed else list(there.offered)
    if pick.places:
        placed = (_placed(place, fitting, there) for place in pick.places)
        return next((slot for slot in placed if slot), None)
    superlative = _superlative(pick, window, fitting, there, narrowed=narrowed)
    if superlative or not narrowed:
        return superlative
    if len(fitting) == 1:
        return fitting[0]
    exact = hours.at and (days.exact or days.weekdays)
    return _among_all(window, days, there) if exact and not fitting else None


def _superlative(
    pick: picking.Pick, window: Window, fitting: Sequence[Slot], there: _Asked, *, narrowed: bool
) -> Slot | None:
    every = [*fitting, *(slot for slot in there.all_free if window.matches(slot) and slot.starts_at > there.now)]
    if pick.first and every:
        return min(every, key=_start)
    if pick.last and fitting:
        return fitting[-1] if not narrowed else max(fitting, key=_start)
    return min(fitting, key=_start) if pick.any and not narrowed and fitting else None


def _start(slot: Slot) -> datetime:
    return slot.starts_at


def _placed(place: int, among: Sequence[Slot], there: _Asked) -> Slot | None:
    """Return the slot at a place of the list, if the rest of the message agrees; else at that place of what fits."""
    whole = there.offered[place - 1] if 0 < place <= len(there.offered) else None
    if place < 0 and among:
        return among[place]
    if whole in among:
        return whole
    return among[place - 1] if 0 < place <= len(among) else None


def _among_all(window: Window, days: Days, there: _Asked) -> Slot | None:
    """Return the one free slot on the named day at the named hour."""
    if not days.exact and len(days.weekdays) == 1:
        (weekday,) = days.weekdays
        day = there.now.date() + timedelta(days=(weekday - there.now.weekday() - 1) % 7 + 1)
        window = dataclasses.replace(window, from_=day, to=day)
    if window.from_ is None or window.from_ != window.to:
        return None
    free = [slot for slot in there.all_free if window.matches(slot)]
    return free[0] if len(free) == 1 else None


def _is_past(window: Window, there: _Asked) -> bool:
    today = there.now.date()
    if window.to and window.to < today:
        return True
    latest = max(window.at, default=None) or window.before
    return window.to == today == window.from_ and latest is not None and latest <= there.now.time()

"""Which times are free: the clinic's hours on the wall, turned into moments, without what is busy."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from bot.booking.hours import Availability, Schedule

Window = tuple[datetime, datetime]

_NOON = 12
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Slot:
    """A time of a schedule, by the schedule's id; both ends aware and in UTC."""

    schedule: str
    starts_at: datetime
    ends_at: datetime


def free_slots(
    availability: Availability, busy: Iterable[Slot], now: datetime, *, window: Window | None = None
) -> Iterator[Slot]:
    """Yield the times that can be offered, in order of time; of equal times, in the file's order of schedules.

    ``busy`` are times that others have; the buffer is kept from them. ``window``: only times that start at its first
    moment or later, and before its second. A time during which the clocks are changed is not offered; nor is one that
    the wall clock skips; of one that it shows twice, the first is meant.
    """
    zone = availability.zone
    earliest = max(now + _TICK, now + timedelta(hours=availability.notice_hours))
    last_day = now.astimezone(zone).date() + timedelta(days=availability.horizon_days)
    first_day = earliest.astimezone(zone).date()
    if window is not None:
        earliest = max(earliest, window[0])
        first_day = max(first_day, window[0].astimezone(zone).date())
        last_day = min(last_day, window[1].astimezone(zone).date())
    taken = _Busy(busy, timedelta(minutes=availability.buffer_minutes))
    day = first_day
    while day <= last_day:
        for slot in _of_day(availability, day):
            if slot.starts_at >= earliest and (window is None or slot.starts_at < window[1]) and slot not in taken:
                yield slot
        day += _DAY


def is_offered(availability: Availability, slot: Slot, now: datetime) -> bool:
    """Tell whether the clinic's hours have this time, whoever may have taken it."""
    return slot in free_slots(availability, (), now, window=(slot.starts_at, slot.starts_at + _TICK))


def is_within_hours(availability: Availability, slot: Slot) -> bool:
    """Tell whether a time, offered or not, lies within the hours of its schedule."""
    schedule = next((each for each in availability.schedules if each.id == slot.schedule), None)
    begins = slot.starts_at.astimezone(availability.zone).replace(tzinfo=None)
    ends = slot.ends_at.astimezone(availability.zone).replace(tzinfo=None)
    day = begins.date()
    if schedule is None or schedule.is_away(day) or availability.is_holiday(day):
        return False
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a time on the wall
    first, last = (begins - midnight) / _MINUTE, (ends - midnight) / _MINUTE
    return any(span.begins <= first and last <= span.ends for span in schedule.weekly.on(day))


def clash(slot: Slot, other: Slot, buffer_minutes: int = 0) -> bool:
    """Tell whether two times of one schedule overlap, or lie closer to each other than the buffer."""
    buffer = timedelta(minutes=buffer_minutes)
    return (
        slot.schedule == other.schedule
        and slot.starts_at < other.ends_at + buffer
        and other.starts_at < slot.ends_at + buffer
    )


def spread(slots: Iterable[Slot], count: int, zone: ZoneInfo) -> tuple[Slot, ...]:
    """Return up to ``count`` (in a chat 4 to 6) of the times, given in order of time, in that order.

    They are spread over mornings and afternoons, the next ones first; a half day gives a second time only after each
    has given one. Of times that start together, the first is kept.
    """
    halves: dict[tuple[dt.date, bool], list[Slot]] = {}
    seen: set[datetime] = set()
    for slot in slots:
        if slot.starts_at not in seen:
            seen.add(slot.starts_at)
            local = slot.starts_at.astimezone(zone)
            halves.setdefault((local.date(), local.hour >= _NOON), []).append(slot)
    ranked = sorted(
        ((rank, slot.starts_at, slot) for half in halves.values() for rank, slot in enumerate(half)),
        key=lambda each: each[:2],
    )
    return tuple(sorted((slot for _, _, slot in ranked[:count]), key=lambda slot: slot.starts_at))


def _of_day(availability: Availability, day: dt.date) -> list[Slot]:
    if availability.is_holiday(day):
        return []
    found = [
        slot
        for schedule in availability.schedules
        if not schedule.is_away(day)
        for slot in _of_schedule(availability, schedule, day)
    ]
    return sorted(found, key=lambda slot: slot.starts_at)


def _of_schedule(availability: Availability, schedule: Schedule, day: dt.date) -> Iterator[Slot]:
    minutes, zone = availability.minutes_of(schedule), availability.zone
    length, buffer = timedelta(minutes=minutes), timedelta(minutes=availability.buffer_minutes)
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a time on the wall
    free_from: datetime | None = None
    for span in schedule.weekly.on(day):
        for minute in range(span.begins, span.ends - minutes + 1, minutes + availability.buffer_minutes):
            wall = midnight + timedelta(minutes=minute)
            starts_at = wall.replace(tzinfo=zone).astimezone(UTC)
            if starts_at.astimezone(zone).replace(tzinfo=None) != wall:
                continue  # skipped by the clock
            ends_at = starts_at + length
            if starts_at.astimezone(zone).utcoffset() != (ends_at - _TICK).astimezone(zone).utcoffset():
                continue  # the clock is changed meanwhile
            # When an hour is skipped, two times lie closer to each other than they seem on the wall.
            if free_from is None or starts_at >= free_from:
                free_from = ends_at + buffer
                yield Slot(schedule.id, starts_at, ends_at)


class _Busy:
    """Busy times by schedule, merged, so that a look takes no longer with many."""

    def __init__(self, busy: Iterable[Slot], buffer: timedelta) -> None:
        times: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for slot in sorted(busy, key=lambda each: each.starts_at):
            merged = times[slot.schedule]
            if merged and slot.starts_at - buffer <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], slot.ends_at + buffer))
            else:
                merged.append((slot.starts_at - buffer, slot.ends_at + buffer))
        self._times: dict[str, Sequence[tuple[datetime, datetime]]] = dict(times)

    def __contains__(self, slot: Any) -> bool:
        times = self._times.get(slot.schedule, ())
        at = bisect_right(times, slot.starts_at, key=lambda each: each[1])
        return at < len(times) and times[at][0] < slot.ends_at

"""When the clinic is there again, by the hours of its booking file."""

from __future__ import annotations

import datetime as dt
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.booking.hours import Availability

_DAYS: Final = 31  # that are looked ahead; after a longer pause nothing is said


def next_opening(availability: Availability | None, now: datetime) -> datetime | None:
    """Return when the clinic's hours begin again, in its own time; None within them, or if that is not known."""
    if availability is None:
        return None
    today = now.astimezone(availability.zone).date()
    for ahead in range(_DAYS):
        for begins, ends in _spans(availability, today + timedelta(days=ahead)):
            if begins <= now < ends:
                return None
            if begins > now:
                return begins.astimezone(availability.zone)
    return None


def closed_text(availability: Availability | None, now: datetime) -> str | None:
    """Return what a visitor who waits for a person is told out of hours; None within them, or if they are not set."""
    opening = next_opening(availability, now)
    if availability is None or opening is None:
        return None
    moment = f"{opening:%A}, {opening:%B} {opening.day}, at {opening:%I:%M %p}".replace(" at 0", " at ")
    return f"It is outside of the clinic's hours now. They begin again on {moment} ({availability.time_zone})."


def _spans(availability: Availability, day: dt.date) -> list[tuple[datetime, datetime]]:
    if availability.is_holiday(day):
        return []
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a time on the wall
    wall = sorted(
        (midnight + timedelta(minutes=span.begins), midnight + timedelta(minutes=span.ends))
        for schedule in availability.schedules
        if not schedule.is_away(day)
        for span in schedule.weekly.on(day)
    )
    zone = availability.zone
    return [
        (begins.replace(tzinfo=zone).astimezone(UTC), ends.replace(tzinfo=zone).astimezone(UTC))
        for begins, ends in wall
    ]

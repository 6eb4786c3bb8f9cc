"""What visitors are told of what staff did with their appointment, and a time that staff typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.booking.slots import Slot

if TYPE_CHECKING:
    from bot.booking.hours import Availability
    from bot.booking.records import Appointment


def told(does: str, appointment: Appointment) -> str:
    """Return what the visitor is told; "" for what staff keep to themselves."""
    reference, when = appointment.reference, _time(appointment)
    if does == "confirm":
        return f"The clinic has confirmed your appointment {reference}: {when}."
    if does == "move":
        return f"The clinic has given your appointment {reference} this time: {when}."
    if does == "cancel":
        what = f"your appointment {reference}, {when}" if when else f"your request {reference}"
        return f"The clinic has cancelled {what}."
    return ""


def as_moved_time(hours: Availability, schedule: str, day: str, clock: str) -> Slot:
    """Return the time that a schedule has from a day (2026-11-25) and hour (14:30) of the clinic's clock on.

    Raises ValueError for what is no time, one that the clock skips, or a schedule that there is not.
    """
    chosen = next((each for each in hours.schedules if each.id == schedule), None)
    if chosen is None:
        raise ValueError("Choose a schedule.")
    starts_at = moment(hours, day, clock)
    return Slot(schedule, starts_at, starts_at + timedelta(minutes=hours.minutes_of(chosen)))


def moment(hours: Availability, day: str, clock: str) -> datetime:
    """Return the moment of a day and hour on the clinic's clock, in UTC. Raises ValueError."""
    try:
        wall = datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M")  # noqa: DTZ007 - a time on the wall
        found = wall.replace(tzinfo=hours.zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("Write the day as 2026-11-25 and the time as 14:30.") from None
    if found.astimezone(hours.zone).replace(tzinfo=None) != wall:
        raise ValueError("The clocks are changed at that time; choose another one.")
    return found


def _time(appointment: Appointment) -> str:
    local = appointment.local_start
    if local is None:
        return ""
    clock = f"{local:%I:%M %p}".lstrip("0")
    return f"{local:%A}, {local:%B} {local.day}, {local.year}, at {clock} ({appointment.time_zone})"

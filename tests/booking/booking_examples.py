"""Hours, requests and books for the tests of booking; also used by the processes that these start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.booking.hours import Availability
from bot.booking.records import Request
from bot.storage.encryption import Cipher

SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CIPHER = Cipher([bytes(32)])
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
REQUEST = Request(
    patient_name="Ann Example",
    contact="+14045550190",
    contact_kind="phone",
    reason="pain after surgery",
    for_whom=None,
    summary="Ann Example, +1 404 555 0190, pain after surgery",
)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, time=SUNDAY):
        self.time = time

    def __call__(self):
        return self.time

    def advance(self, **units):
        self.time += timedelta(**units)


def hours(**changes):
    """Invented hours: two rooms, on weekdays."""
    weekly = {day: ["09:00-12:00", "13:00-16:30"] for day in WEEKDAYS}
    given = {
        "time_zone": "America/New_York",
        "confirmation": "staff",
        "length_minutes": 30,
        "buffer_minutes": 10,
        "notice_hours": 24,
        "horizon_days": 30,
        "holidays": [],
        "schedules": [
            {"id": "room-1", "name": "Room 1", "weekly": weekly},
            {"id": "room-2", "name": "Room 2", "weekly": weekly},
        ],
    }
    return Availability.parse_obj(given | changes)


def around_the_clock(**changes):
    """Invented hours: one room, open day and night, many times."""
    days = (*WEEKDAYS, "saturday", "sunday")
    room = {"id": "room-1", "name": "Room 1", "weekly": {day: ["00:00-24:00"] for day in days}}
    given = {"schedules": [room], "length_minutes": 15, "buffer_minutes": 0, "notice_hours": 0, "horizon_days": 60}
    return hours(**given | changes)

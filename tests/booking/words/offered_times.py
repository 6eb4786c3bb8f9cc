"""What the tests of reading times offer, and a short way to write down what was read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.booking.slots import Slot
from bot.booking.words.windows import Chosen, Impossible, NoTime, Past, Window

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZONE)  # a Wednesday
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def slot(month, day, hour, minute=0, schedule="clinic"):
    start = datetime(2026, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)
    return Slot(schedule, start, start + timedelta(minutes=30))


# 1: Friday 9:00, 2: Friday 14:00, 3: Tuesday 9:00, 4: Tuesday 15:30, 5: Thursday 10:30
OFFERED = (slot(11, 27, 9), slot(11, 27, 14), slot(12, 1, 9), slot(12, 1, 15, 30), slot(12, 3, 10, 30))
_DAYS = ((11, 27), (11, 30), (12, 1), (12, 2), (12, 3), (12, 4), (12, 7), (12, 8), (12, 9), (12, 10), (12, 11))
_TIMES = ((9, 0), (9, 30), (10, 0), (10, 30), (11, 0), (14, 0), (14, 30), (15, 0), (15, 30), (16, 0))
ALL_FREE = tuple(slot(month, day, hour, minute) for month, day in _DAYS for hour, minute in _TIMES)


def written(read, offered=OFFERED):
    """Return what was read in short: "2" for the second on the list, "12-08 10:30" for another slot, or the wish."""
    if isinstance(read, Chosen):
        start = read.slot.starts_at.astimezone(ZONE)
        return str(offered.index(read.slot) + 1) if read.slot in offered else f"{start:%m-%d %H:%M}"
    if isinstance(read, Window):
        return _window(read)
    return {Past: "past", Impossible: "impossible", NoTime: "none"}[type(read)]


def _window(window):
    parts = []
    if window.from_ or window.to:
        parts.append(f"{window.from_:%m-%d}.." if window.from_ else "..")
        parts[-1] += f"{window.to:%m-%d}" if window.to else ""
    if window.weekdays:
        parts.append("+".join(DAY_NAMES[day] for day in sorted(window.weekdays)))
    if window.part:
        parts.append(window.part)
    parts += [f"at {each:%H:%M}" for each in window.at]
    if window.after:
        parts.append(f"after {window.after:%H:%M}")
    if window.before:
        parts.append(f"before {window.before:%H:%M}")
    return "wish: " + " ".join(parts)

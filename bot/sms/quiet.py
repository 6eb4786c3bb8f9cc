"""The hours in which nothing is texted but alarms and answers to what was just asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BEGINS: Final = time(21)
ENDS: Final = time(8)
JUST_ASKED: Final = timedelta(minutes=30)
# Where the clinic's zone is not known, it must be day on both coasts.
ANYWHERE: Final = (ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles"))
_STEP: Final = timedelta(minutes=15)


def may_send_at(moment: datetime, asked_at: datetime, zones: Sequence[ZoneInfo]) -> datetime:
    """Return when the answer to what was asked then may be sent: at that moment, or the next morning.

    ``zones``: it must be between 8:00 and 21:00 in each of them.
    """
    if moment - asked_at <= JUST_ASKED:
        return moment
    allowed = moment
    while not all(ENDS <= allowed.astimezone(zone).time() < BEGINS for zone in zones):
        # On to the next quarter of an hour: every zone is so many quarters from UTC.
        allowed = allowed.replace(minute=allowed.minute // 15 * 15, second=0, microsecond=0) + _STEP
    return allowed

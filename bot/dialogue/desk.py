"""What the dialogue needs of the appointment book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.booking.slots import Slot


class Desk(Protocol):
    """The appointment book as seen from one conversation."""

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""

    @property
    def now(self) -> datetime:
        """The present moment, with its zone."""

    @property
    def free(self) -> Sequence[Slot]:
        """All times that can be booked now, in order; empty where the clinic offers none."""

    def some(self, fits: Callable[[Slot], bool]) -> tuple[Slot, ...]:
        """Return a few of the free times that fit, spread over days, in order."""

    def hold(self, slot: Slot) -> bool:
        """Hold a time for this conversation for some minutes; False if it is not free any more."""

    def release(self) -> None:
        """Give back what this conversation holds."""

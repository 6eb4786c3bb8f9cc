"""What reading a time comes to: a slot, a wish, or why neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, tzinfo
from typing import TYPE_CHECKING

from bot.booking.words.clock_words import Part, part_of

if TYPE_CHECKING:
    from bot.booking.slots import Slot


@dataclass(frozen=True)
class Window:
    """A wish, on the clinic's clock. What is None or empty does not narrow it.

    ``from_`` and ``to``: first and last day, both included. ``weekdays``: Monday is 0. ``at``: times of day, any of
    which will do. ``after`` and ``before``: a slot may start at ``after``, and starts earlier than ``before``.
    ``zone``: the clinic's.
    """

    from_: date | None
    to: date | None
    part: Part | None
    weekdays: frozenset[int]
    zone: tzinfo
    at: tuple[time, ...] = ()
    after: time | None = None
    before: time | None = None

    def matches(self, slot: Slot) -> bool:
        """Tell whether a slot starts as wished."""
        start = slot.starts_at.astimezone(self.zone)
        day, moment = start.date(), start.time().replace(tzinfo=None)
        return (
            (self.from_ is None or self.from_ <= day)
            and (self.to is None or day <= self.to)
            and (not self.weekdays or day.weekday() in self.weekdays)
            and (self.part is None or part_of(moment) == self.part)
            and (not self.at or moment in self.at)
            and (self.after is None or self.after <= moment)
            and (self.before is None or moment < self.before)
        )


@dataclass(frozen=True)
class Chosen:
    """The visitor wants this slot."""

    slot: Slot


@dataclass(frozen=True)
class Past:
    """The visitor names a time that is over, in these words."""

    text: str


@dataclass(frozen=True)
class Impossible:
    """The visitor names a day or an hour that does not exist, in these words."""

    text: str


@dataclass(frozen=True)
class NoTime:
    """The message names no time."""


TimeRead = Chosen | Window | Past | Impossible | NoTime

"""The appointment book as the actions use it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.booking.book import Book
from bot.booking.errors import BookingError
from bot.booking.hours import Availability, load_availability
from bot.booking.slots import Slot, spread
from bot.notices.delivery import ways
from bot.settings import load_settings
from bot.storage.encryption import cipher_of
from bot.storage.engine import Database, make_engine

_SHOWN = 5  # times offered at once
_NO_ZONE = ZoneInfo("UTC")


@functools.cache
def availability() -> Availability | None:
    """Return the clinic's hours, None if they are not set. Raises ConfigurationError for a wrong file."""
    file = load_settings().booking_file
    return None if file is None else load_availability(file)


@functools.cache
def book() -> Book:
    """Return the process's appointment book."""
    settings = load_settings()
    database = Database(make_engine(settings.database))
    return Book(database, availability(), cipher=cipher_of(settings), ways=ways(settings))


class BookDesk:
    """The book as seen from one conversation."""

    def __init__(self, conversation_id: str) -> None:
        self._conversation_id = conversation_id
        self.now = datetime.now(UTC)

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        hours = availability()
        return hours.zone if hours else _NO_ZONE

    @functools.cached_property
    def free(self) -> Sequence[Slot]:
        """All times that can be booked now."""
        return book().offered(conversation_id=self._conversation_id)

    def some(self, fits: Callable[[Slot], bool]) -> tuple[Slot, ...]:
        """Return a few of the free times that fit."""
        return spread(filter(fits, self.free), _SHOWN, self.zone)

    def hold(self, slot: Slot) -> bool:
        """Hold a time for ten minutes; False if it cannot be had any more."""
        try:
            book().hold(self._conversation_id, slot)
        except BookingError:
            self.__dict__.pop("free", None)  # read before: it is not up to date
            return False
        return True

    def release(self) -> None:
        """Give back what is held."""
        book().release(self._conversation_id)

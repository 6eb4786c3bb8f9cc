"""Staff who change appointments: in one transaction with the audit log's line and what the visitor is told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.console.appointment_words import told
from bot.conversations import charge
from bot.conversations.errors import NotFound
from bot.conversations.records import BookingStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.booking.book import Book
    from bot.booking.entries import Then
    from bot.booking.records import Appointment, Outcome
    from bot.booking.slots import Slot
    from bot.console.acting import Actor
    from bot.console.takeover import Deliver


class AppointmentDesk:
    """Each method is one transaction of its own, and raises what the book's of the same name raises.

    They do nothing the second time a key is given. They block, and may be called from any thread or process at once.
    """

    def __init__(self, book: Book, deliver: Deliver, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._book = book
        self._deliver = deliver
        self._clock = clock

    def confirm(self, by: Actor, key: str, appointment_id: str) -> Appointment:
        """Book what waits for staff."""
        return self._book.confirm(_own(key), appointment_id, then=self._then(by, "confirm"))

    def move(self, by: Actor, key: str, appointment_id: str, slot: Slot) -> Appointment:
        """Give an appointment another time, or a request its first one."""
        return self._book.move(_own(key), appointment_id, slot, "staff", then=self._then(by, "move"))

    def cancel(self, by: Actor, key: str, appointment_id: str) -> Appointment:
        """Cancel an appointment or a request."""
        return self._book.cancel(_own(key), appointment_id, "staff", then=self._then(by, "cancel"))

    def close(self, by: Actor, key: str, appointment_id: str, outcome: Outcome) -> Appointment:
        """Put down what became of an appointment."""
        return self._book.close(_own(key), appointment_id, outcome, then=self._then(by, "close"))

    def _then(self, by: Actor, does: str) -> Then:
        def then(session: Session, appointment: Appointment) -> None:
            now = self._clock()
            text = told(does, appointment)
            if text and appointment.conversation_id:
                with contextlib.suppress(NotFound):  # erased in this moment
                    self._tell(session, appointment.conversation_id, appointment, text, now)
            by.did(session, f"appointment.{does}", f"appointment:{appointment.id}", now)

        return then

    def _tell(self, session: Session, whose: str, appointment: Appointment, text: str, now: datetime) -> None:
        is_cancelled = appointment.status == "cancelled"
        booking = BookingStatus("cancelled" if is_cancelled else "confirmed", appointment.reference)
        message = charge.note(session, whose, text, now, booking)
        self._deliver(session, whose, [message], now)


def _own(key: str) -> str:
    """Return the key as one of staff, which no key of a visitor's can be."""
    return f"staff:{key}"

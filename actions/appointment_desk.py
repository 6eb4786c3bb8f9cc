"""The appointments that there are, as the actions see them from one message of a conversation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from actions import appointments
from actions.appointments import BookDesk

if TYPE_CHECKING:
    from bot.booking.records import Appointment
    from bot.booking.slots import Slot

_LAST = datetime.max.replace(tzinfo=UTC)


class AppointmentDesk(BookDesk):
    """The book as seen from one message. What it stores, it stores once for that message, whatever happens between."""

    def __init__(self, conversation_id: str, message_id: str | None) -> None:
        super().__init__(conversation_id)
        self._conversation_id = conversation_id
        self._message_id = message_id

    def standing(self) -> tuple[Appointment, ...]:
        """Return what this conversation has made and can still change: those with a time in order, then requests."""
        made = appointments.book().standing_of(self._conversation_id)
        return tuple(sorted(made, key=lambda each: each.slot.starts_at if each.slot else _LAST))

    def get(self, appointment_id: str) -> Appointment:
        """Return an appointment as it is now. Raises NoSuchAppointment."""
        return appointments.book().get(appointment_id)

    def find(self, reference: str, contact: str) -> Appointment:
        """Return the appointment with this reference and contact. Raises NoSuchAppointment, TooManyTries."""
        return appointments.book().find(reference, contact, asked_by=self._conversation_id)

    def move(self, appointment_id: str, slot: Slot) -> Appointment:
        """Give it another time."""
        conversation_id = self._conversation_id
        return appointments.book().move(
            self._key("move"), appointment_id, slot, "visitor", conversation_id=conversation_id
        )

    def cancel(self, appointment_id: str) -> Appointment:
        """Cancel it."""
        return appointments.book().cancel(self._key("cancel"), appointment_id, "visitor")

    def _key(self, verb: str) -> str:
        return f"{self._conversation_id}:{self._message_id}:{verb}"

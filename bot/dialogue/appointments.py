"""What the dialogue needs of the appointments that there are."""

from __future__ import annotations

from typing import Protocol

from bot.booking.records import Appointment
from bot.booking.slots import Slot
from bot.dialogue.desk import Desk


class Appointments(Desk, Protocol):
    """The appointment book as seen from one message of one conversation. What it raises: bot/booking/errors.py."""

    def standing(self) -> tuple[Appointment, ...]:
        """Return what this conversation has made and can still change: those with a time in order, then requests."""

    def get(self, appointment_id: str) -> Appointment:
        """Return an appointment as it is now. Raises NoSuchAppointment."""

    def find(self, reference: str, contact: str) -> Appointment:
        """Return the appointment with this reference and contact. Raises NoSuchAppointment, TooManyTries."""

    def move(self, appointment_id: str, slot: Slot) -> Appointment:
        """Give it another time, once for this message. Raises SlotTaken, NotOffered, AppointmentOver and others."""

    def cancel(self, appointment_id: str) -> Appointment:
        """Cancel it, once for this message. Raises AppointmentOver, NoSuchAppointment."""

"""The appointment book: the only way to the tables of appointments."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot.booking import attempts, changed_hours, entries, times
from bot.booking.desk import Desk
from bot.booking.entries import Entry, to_appointment
from bot.booking.errors import NoSuchAppointment, NotOffered
from bot.booking.locks import alone
from bot.booking.models import AppointmentRow
from bot.booking.records import Appointment, Hold, Request
from bot.booking.references import as_stored, same_contact
from bot.booking.slots import free_slots
from bot.storage.retry import retried

if TYPE_CHECKING:
    from bot.booking.slots import Slot, Window

HOLD_FOR: Final = timedelta(minutes=10)


class Book(Desk):
    """Times offered, holds, and appointments.

    Each method is one transaction of its own, done again a few times where the database is busy. They block, and may be
    called from any thread or process at once. The clock must give times with their zone.

    Methods with a ``key`` do nothing the second time the key is given: they return the appointment that the first call
    made or changed, as it is now. Raises ValueError for a key that is empty or longer than KEY_MAX. After an error
    nothing is written, and the key is as if it had not been used.
    """

    @retried
    def offered(self, window: Window | None = None, *, conversation_id: str | None = None) -> tuple[Slot, ...]:
        """Return the free times in order, all of the horizon or those that start in the window; none without hours.

        What the conversation holds itself counts as free.
        """
        now = self._clock()
        with self._database.read() as session:
            busy = times.busy(session, now, conversation_id)
            hours = changed_hours.present(session, self._availability)
        return tuple(free_slots(hours, busy, now, window=window)) if hours else ()

    @retried
    def hold(self, conversation_id: str, slot: Slot) -> Hold:
        """Keep a time for a conversation for ten minutes from now, in place of what it held before.

        Raises SlotTaken, NotOffered, NoSuchConversation; the conversation then keeps what it held.
        """
        with self._writing() as session:
            alone(session, "conversation", conversation_id)
            alone(session, "schedule", slot.schedule)
            now = self._clock()
            self._check(session, slot, now, conversation_id=conversation_id)
            times.end_hold(session, conversation_id)
            row = entries.new_row(session, now, self._time_zone, conversation_id, slot)
            row.expires_at = now + HOLD_FOR
            session.add(row)
            session.flush()
            return Hold(conversation_id, slot, now + HOLD_FOR)

    @retried
    def release(self, conversation_id: str) -> None:
        """Give back what the conversation holds, if anything."""
        with self._database.write() as session:
            times.end_hold(session, conversation_id)

    @retried
    def book(self, key: str, conversation_id: str | None, request: Request, slot: Slot) -> Appointment:
        """Make an appointment of the time that the conversation holds, or of one that is still free; return it.

        Its status is booked where ``confirmation`` is at_once, else pending. Any other hold of the conversation ends.

        Raises SlotTaken, NotOffered, NoSuchConversation.
        """
        with self._writing() as session:
            before = entries.done_before(session, key, self._cipher)
            if before is not None:
                return before
            if conversation_id is not None:
                alone(session, "conversation", conversation_id)
            alone(session, "schedule", slot.schedule)
            now = self._clock()
            if slot.starts_at <= now:
                raise NotOffered
            row = None if conversation_id is None else times.held(session, conversation_id, slot, now)
            if row is None:
                self._check(session, slot, now, conversation_id=conversation_id)
                if conversation_id is not None:
                    times.end_hold(session, conversation_id)
                row = entries.new_row(session, now, self._time_zone, conversation_id, slot)
            entry = Entry(session, row, key, now, self._cipher)
            entries.fill(row, request, self._cipher)
            row.status, row.expires_at, row.created_at = self._first_status(), None, now
            return entry.write("booked", "visitor", self._ways, self._availability)

    @retried
    def request_callback(
        self, key: str, conversation_id: str | None, request: Request, requested_period: str | None
    ) -> Appointment:
        """Put down that staff should call and find a time; return the request. A hold of the conversation ends.

        ``requested_period``: when the visitor would like to come, in the visitor's words. Raises NoSuchConversation.
        """
        with self._writing() as session:
            before = entries.done_before(session, key, self._cipher)
            if before is not None:
                return before
            if conversation_id is not None:
                alone(session, "conversation", conversation_id)
                times.end_hold(session, conversation_id)
            now = self._clock()
            row = entries.new_row(session, now, self._time_zone, conversation_id)
            entry = Entry(session, row, key, now, self._cipher)
            entries.fill(row, request, self._cipher, requested_period)
            return entry.write("requested", "visitor", self._ways, self._availability)

    def find(self, reference: str, contact: str, *, asked_by: str) -> Appointment:
        """Return the appointment with this reference and contact, both compared as people type them.

        ``asked_by`` is whoever asks, as the conversation's id. Raises NoSuchAppointment, which does not tell what is
        wrong, and TooManyTries after five wrong tries by one in an hour or twenty of one reference.
        """
        found = self._find(as_stored(reference), contact, asked_by)
        if found is None:
            raise NoSuchAppointment
        return found

    @retried
    def expire(self) -> int:
        """Remove holds that have run out, and tries that do not count any more; return how many holds.

        Not needed for times to be free again, but for tables that do not grow.
        """
        with self._database.write() as session:
            now = self._clock()
            attempts.forget(session, now)
            return times.end_all_expired(session, now)

    @retried
    def _find(self, reference: str, contact: str, asked_by: str) -> Appointment | None:
        with self._database.write() as session:
            now = self._clock()
            attempts.check(session, asked_by, reference, now)
            chosen = select(AppointmentRow).where(
                AppointmentRow.reference == reference,
                AppointmentRow.expires_at.is_(None),
                AppointmentRow.status != "entered-in-error",
            )
            row = session.execute(chosen).scalars().first()
            found = None if row is None else to_appointment(row, self._cipher)
            if found is not None and same_contact(found.contact, contact):
                return found
            attempts.note(session, asked_by, reference, now)
            return None

"""The side of the book that changes appointments there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from bot.booking import changed_hours, entries, times
from bot.booking.entries import Entry
from bot.booking.errors import (
    AppointmentOver,
    NoSuchConversation,
    NoTimeYet,
    NotOffered,
    NotOverYet,
)
from bot.booking.lists import STANDING, Lists
from bot.booking.locks import alone
from bot.booking.models import AppointmentRow
from bot.booking.records import Appointment, By, Outcome
from bot.booking.slots import is_offered
from bot.storage.retry import retried

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.booking.entries import Then
    from bot.booking.slots import Slot

_NO_ZONE = "UTC"  # of a request for a call back where the clinic's hours are not set
_SQLITE_FOREIGN_KEY = 787  # https://www.sqlite.org/rescode.html#constraint_foreignkey
_POSTGRESQL_FOREIGN_KEY = "23503"


class Desk(Lists):
    """What visitors and staff do with an appointment that there is. The class to use is Book.

    ``then`` is done with what was changed, in the same transaction: either both are kept or neither.
    """

    @retried
    def move(
        self,
        key: str,
        appointment_id: str,
        slot: Slot,
        by: By,
        *,
        conversation_id: str | None = None,
        then: Then | None = None,
    ) -> Appointment:
        """Give an appointment another time, or a request its first one; return it. The old time is free at once.

        What a visitor moves waits for staff again where ``confirmation`` is staff; what staff move is booked. Staff may
        choose any time to come that is free, visitors one that is offered. ``conversation_id``: the hold of this
        conversation counts as free, and ends.

        Raises SlotTaken, NotOffered, NoSuchAppointment, and AppointmentOver for one that is past or cancelled.
        """
        with self._writing() as session:
            before = entries.done_before(session, key, self._cipher)
            if before is not None:
                return before
            if conversation_id is not None:
                alone(session, "conversation", conversation_id)
            alone(session, "schedule", slot.schedule)
            now = self._clock()
            row = _changeable(session, appointment_id, now)
            entry = Entry(session, row, key, now, self._cipher)
            if entries.slot_of(row) == slot:
                return entry.leave("moved")
            own = conversation_id is not None and times.held(session, conversation_id, slot, now) is not None
            self._check(session, slot, now, by=by, own=own, conversation_id=conversation_id, but=row.id)
            if conversation_id is not None:
                times.end_hold(session, conversation_id)
            entries.place(row, slot)
            row.status = "booked" if by == "staff" else self._first_status()
            return entry.write("moved", by, self._ways, self._availability, then)

    @retried
    def cancel(self, key: str, appointment_id: str, by: By, *, then: Then | None = None) -> Appointment:
        """Cancel an appointment or a request; return it. One that is cancelled stays so.

        Raises NoSuchAppointment, and AppointmentOver for one that is past.
        """
        with self._writing() as session:
            before = entries.done_before(session, key, self._cipher)
            if before is not None:
                return before
            now = self._clock()
            row = entries.locked(session, appointment_id)
            entry = Entry(session, row, key, now, self._cipher)
            if row.status == "cancelled":
                return entry.leave("cancelled")
            _check_standing(row, now)
            row.status = "cancelled"
            return entry.write("cancelled", by, self._ways, self._availability, then)

    @retried
    def confirm(self, key: str, appointment_id: str, *, then: Then | None = None) -> Appointment:
        """Book what waits for staff; return it. One that is booked stays so.

        Raises NoSuchAppointment, AppointmentOver for one that is past or cancelled, NoTimeYet for a request.
        """
        with self._writing() as session:
            before = entries.done_before(session, key, self._cipher)
            if before is not None:
                return before
            now = self._clock()
            row = _changeable(session, appointment_id, now)
            entry = Entry(session, row, key, now, self._cipher)
            if row.starts_at is None:
                raise NoTimeYet
            if row.status == "booked":
                return entry.leave("confirmed")
            row.status = "booked"
            return entry.write("confirmed", "staff", self._ways, self._availability, then)

    @retried
    def close(self, key: str, appointment_id: str, outcome: Outcome, *, then: Then | None = None) -> Appointment:
        """Put down what became of an appointment, for staff; return it. The outcome can be corrected.

        Raises NoSuchAppointment, NoTimeYet for a request, AppointmentOver for one that is cancelled, and NotOverYet
        where it has not begun, unless it was entered in error.
        """
        with self._writing() as session:
            before = entries.done_before(session, key, self._cipher)
            if before is not None:
                return before
            now = self._clock()
            row = entries.locked(session, appointment_id)
            entry = Entry(session, row, key, now, self._cipher)
            if row.status == "cancelled":
                raise AppointmentOver
            if row.starts_at is None:
                raise NoTimeYet
            if row.starts_at > now and outcome != "entered-in-error":
                raise NotOverYet
            if row.status == outcome:
                return entry.leave("closed")
            row.status = outcome
            return entry.write("closed", "staff", self._ways, self._availability, then)

    def _check(
        self,
        session: Session,
        slot: Slot,
        now: datetime,
        *,
        by: By = "visitor",
        own: bool = False,
        conversation_id: str | None = None,
        but: str | None = None,
    ) -> None:
        """Raise NotOffered or SlotTaken unless the time can be had. ``own``: it is held already, so it was offered."""
        anytime = own or by == "staff"
        availability = None if anytime else changed_hours.present(session, self._availability)
        if slot.starts_at <= now or (availability is None and not anytime):
            raise NotOffered
        buffer = availability.buffer_minutes if availability else 0
        # First what most fail at when many want one time.
        times.check_free(session, slot, now, conversation_id=conversation_id, but=but, buffer_minutes=buffer)
        if availability and not is_offered(availability, slot, now):
            raise NotOffered
        times.end_expired(session, now, slot.schedule)

    @property
    def _time_zone(self) -> str:
        return self._availability.time_zone if self._availability else _NO_ZONE

    def _first_status(self) -> str:
        at_once = self._availability is not None and self._availability.confirmation == "at_once"
        return "booked" if at_once else "pending"

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        try:
            with self._database.write() as session:
                yield session
        except IntegrityError as error:
            code = getattr(error.orig, "pgcode", None) or getattr(error.orig, "sqlite_errorcode", None)
            if code in {_SQLITE_FOREIGN_KEY, _POSTGRESQL_FOREIGN_KEY}:
                raise NoSuchConversation from error
            raise


def _changeable(session: Session, appointment_id: str, now: datetime) -> AppointmentRow:
    row = entries.locked(session, appointment_id)
    _check_standing(row, now)
    return row


def _check_standing(row: AppointmentRow, now: datetime) -> None:
    if row.status not in STANDING or (row.starts_at is not None and row.starts_at <= now):
        raise AppointmentOver

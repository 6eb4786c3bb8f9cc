"""The side of the book that deals with appointments there are: changing them, and the lists for staff."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from bot.booking import entries, times
from bot.booking.entries import Entry, to_appointment
from bot.booking.errors import (
    AppointmentOver,
    NoSuchAppointment,
    NoSuchConversation,
    NoTimeYet,
    NotOffered,
    NotOverYet,
)
from bot.booking.locks import alone
from bot.booking.models import AppointmentChangeRow, AppointmentRow
from bot.booking.records import Appointment, By, Change, Outcome
from bot.booking.references import as_stored
from bot.booking.slots import is_offered
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.booking.hours import Availability
    from bot.booking.slots import Slot
    from bot.notices.outbox import Way
    from bot.storage.encryption import Cipher
    from bot.storage.engine import Database

_NO_ZONE = "UTC"  # of a request for a call back where the clinic's hours are not set
_STANDING = ("proposed", "pending", "booked")
_SQLITE_FOREIGN_KEY = 787  # https://www.sqlite.org/rescode.html#constraint_foreignkey
_POSTGRESQL_FOREIGN_KEY = "23503"


class Desk:
    """What visitors and staff do with an appointment that there is. The class to use is Book."""

    def __init__(
        self,
        database: Database,
        availability: Availability | None,
        *,
        cipher: Cipher,
        ways: Sequence[Way] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        """``availability``: None offers no times; ``ways``: how staff are told; ``cipher`` is for patients' words."""
        self._database = database
        self._cipher = cipher
        self._availability = availability
        self._ways = tuple(ways)
        self._clock = clock
        self.sleep = sleep

    @retried
    def move(
        self, key: str, appointment_id: str, slot: Slot, by: By, *, conversation_id: str | None = None
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
            return entry.write("moved", by, self._ways, self._availability)

    @retried
    def cancel(self, key: str, appointment_id: str, by: By) -> Appointment:
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
            return entry.write("cancelled", by, self._ways, self._availability)

    @retried
    def confirm(self, key: str, appointment_id: str) -> Appointment:
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
            return entry.write("confirmed", "staff", self._ways, self._availability)

    @retried
    def close(self, key: str, appointment_id: str, outcome: Outcome) -> Appointment:
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
            return entry.write("closed", "staff", self._ways, self._availability)

    @retried
    def get(self, appointment_id: str) -> Appointment:
        """Return an appointment as it is now. Raises NoSuchAppointment."""
        with self._database.read() as session:
            row = session.get(AppointmentRow, appointment_id)
            if row is None or row.expires_at is not None:
                raise NoSuchAppointment
            return to_appointment(row, self._cipher)

    @retried
    def made_in(self, conversation_id: str, reference: str) -> Appointment:
        """Return the appointment with this reference that was made in a conversation. Raises NoSuchAppointment."""
        chosen = select(AppointmentRow).where(
            AppointmentRow.conversation_id == conversation_id,
            AppointmentRow.reference == as_stored(reference),
            AppointmentRow.expires_at.is_(None),
        )
        with self._database.read() as session:
            row = session.execute(chosen).scalars().first()
            if row is None:
                raise NoSuchAppointment
            return to_appointment(row, self._cipher)

    @retried
    def of_conversation(self, conversation_id: str) -> tuple[Appointment, ...]:
        """Return the appointments and requests that were made in a conversation, the first one first."""
        made = (AppointmentRow.conversation_id == conversation_id, AppointmentRow.expires_at.is_(None))
        return self._list(*made, order=(AppointmentRow.created_at, AppointmentRow.id))

    @retried
    def upcoming(self) -> tuple[Appointment, ...]:
        """Return the appointments that are not over, booked or waiting for staff, in order of time."""
        lasting = (AppointmentRow.status.in_(("pending", "booked")), AppointmentRow.ends_at > self._clock())
        return self._list(*lasting, order=(AppointmentRow.starts_at, AppointmentRow.id))

    @retried
    def between(self, first: datetime, last: datetime) -> tuple[Appointment, ...]:
        """Return the appointments with a part between two moments that were not cancelled, in order of time."""
        kept = AppointmentRow.status.in_(("pending", "booked", "fulfilled", "noshow"))
        within = (AppointmentRow.starts_at < last, AppointmentRow.ends_at > first)
        return self._list(kept, *within, order=(AppointmentRow.starts_at, AppointmentRow.id))

    @retried
    def requests(self) -> tuple[Appointment, ...]:
        """Return what waits for staff, the longest waiting first: requests for a call back, times to confirm."""
        callback = (AppointmentRow.status == "proposed") & AppointmentRow.starts_at.is_(None)
        waiting = or_(callback, AppointmentRow.status == "pending")
        return self._list(waiting, order=(AppointmentRow.changed_at, AppointmentRow.id))

    @retried
    def standing_of(self, conversation_id: str) -> tuple[Appointment, ...]:
        """Return what a conversation has booked or requested and can still be changed, the oldest first."""
        row = AppointmentRow
        own = (row.conversation_id == conversation_id, row.status.in_(_STANDING), row.expires_at.is_(None))
        ahead = or_(row.starts_at.is_(None), row.starts_at > self._clock())
        return self._list(*own, ahead, order=(row.created_at, row.id))

    @retried
    def history(self, appointment_id: str) -> tuple[Change, ...]:
        """Return the changes of an appointment, the first one first; none for an unknown one."""
        chosen = select(AppointmentChangeRow).where(AppointmentChangeRow.appointment_id == appointment_id)
        with self._database.read() as session:
            rows = session.execute(chosen.order_by(AppointmentChangeRow.version)).scalars()
            return tuple(Change(row.version, row.at, row.made_by, row.what) for row in rows)

    def _list(self, *where: Any, order: Sequence[Any]) -> tuple[Appointment, ...]:
        with self._database.read() as session:
            rows = session.execute(select(AppointmentRow).where(*where).order_by(*order)).scalars()
            return tuple(to_appointment(row, self._cipher) for row in rows)

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
        availability = None if anytime else self._availability
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
    if row.status not in _STANDING or (row.starts_at is not None and row.starts_at <= now):
        raise AppointmentOver

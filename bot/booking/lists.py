"""What there is in the appointment book: one appointment, those of a conversation, and the lists for staff."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, or_, select

from bot.booking.entries import to_appointment
from bot.booking.errors import NoSuchAppointment
from bot.booking.models import AppointmentChangeRow, AppointmentRow
from bot.booking.records import Appointment, Change
from bot.booking.references import as_stored
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from bot.booking.hours import Availability
    from bot.notices.outbox import Way
    from bot.storage.encryption import Cipher
    from bot.storage.engine import Database

STANDING: Final = ("proposed", "pending", "booked")
# A request for a call back, or a time to confirm; a proposed time is one that somebody holds.
WAITS_FOR_STAFF: Final = or_(
    and_(AppointmentRow.status == "proposed", AppointmentRow.starts_at.is_(None)), AppointmentRow.status == "pending"
)


class Lists:
    """The side of the book that changes nothing. The class to use is Book."""

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
        """``availability``: the file's hours, None offers no times; ``ways``: how staff are told.

        ``cipher`` is for patients' words.
        """
        self._database = database
        self._cipher = cipher
        self._availability = availability
        self._ways = tuple(ways)
        self._clock = clock
        self.sleep = sleep

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
    def of_conversations(self, conversation_ids: Collection[str]) -> dict[str, tuple[Appointment, ...]]:
        """Return the same of several conversations at once; those without any are left out."""
        made = (AppointmentRow.conversation_id.in_(conversation_ids), AppointmentRow.expires_at.is_(None))
        found: defaultdict[str, list[Appointment]] = defaultdict(list)
        for each in self._list(*made, order=(AppointmentRow.created_at, AppointmentRow.id)):
            found[each.conversation_id or ""].append(each)
        return {conversation_id: tuple(those) for conversation_id, those in found.items()}

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
        return self._list(WAITS_FOR_STAFF, order=(AppointmentRow.changed_at, AppointmentRow.id))

    @retried
    def standing_of(self, conversation_id: str) -> tuple[Appointment, ...]:
        """Return what a conversation has booked or requested and can still be changed, the oldest first."""
        row = AppointmentRow
        own = (row.conversation_id == conversation_id, row.status.in_(STANDING), row.expires_at.is_(None))
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

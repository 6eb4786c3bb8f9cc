"""The queue of bookings and requests that wait for staff: who has seen each, who looks after it, and how it leaves.

What is done leaves the queue though its appointment may still wait; a change of the appointment brings it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, or_, select

from bot.booking import entries
from bot.booking.errors import NotWaiting
from bot.booking.lists import WAITS_FOR_STAFF
from bot.booking.models import AppointmentRow, HandlingRow
from bot.booking.references import shown
from bot.booking.slots import Slot

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

_NOT_DONE: Final = or_(HandlingRow.done_by.is_(None), HandlingRow.version < AppointmentRow.version)


@dataclass(frozen=True)
class Waiting:
    """An appointment or request that waits for staff, without the patient's words.

    ``waits_since``: its last change; ``seen_by``: who has seen it as it is now; ``note``: of the last time it was done.
    """

    id: str
    reference: str
    status: str
    slot: Slot | None
    conversation_id: str | None
    waits_since: datetime
    seen_by: str | None
    assigned_to: str | None
    note: str | None


def count(session: Session) -> int:
    """Return how many wait, inside the caller's transaction."""
    return int(session.execute(_queue(select(func.count()).select_from(AppointmentRow))).scalar_one())


def conversations(session: Session) -> list[str]:
    """Return the ids of the conversations in which something that waits was made."""
    chosen = _queue(select(AppointmentRow.conversation_id).distinct())
    return list(session.execute(chosen.where(AppointmentRow.conversation_id.isnot(None))).scalars())


def queue(session: Session, limit: int) -> list[Waiting]:
    """Return the first ``limit`` that wait: what nobody has seen before the rest, the longest waiting first."""
    is_seen = and_(HandlingRow.seen_by.isnot(None), HandlingRow.version == AppointmentRow.version)
    order = (func.coalesce(is_seen, False), AppointmentRow.changed_at, AppointmentRow.id)
    chosen = _queue(select(AppointmentRow, HandlingRow)).order_by(*order).limit(limit)
    return [_waiting(row, handling) for row, handling in session.execute(chosen)]


def of(session: Session, appointment_id: str) -> Waiting | None:
    """Return an appointment or request if it waits, else None."""
    found = session.execute(_queue(select(AppointmentRow, HandlingRow)).where(AppointmentRow.id == appointment_id))
    row = found.first()
    return _waiting(*row) if row else None


def note(session: Session, appointment_id: str, now: datetime, *, seen_by: str, **values: Any) -> None:
    """Keep what somebody, ``seen_by``, did about one that waits: columns of HandlingRow. The first who saw it stays.

    Raises NoSuchAppointment, and NotWaiting where it does not wait any more.
    """
    row = entries.locked(session, appointment_id)
    if of(session, appointment_id) is None:
        raise NotWaiting
    handling = session.get(HandlingRow, appointment_id) or HandlingRow(appointment_id=appointment_id, version=0)
    if handling.version < row.version:
        handling.version, handling.seen_by, handling.done_by = row.version, None, None
    handling.seen_by = handling.seen_by or seen_by
    for name, value in values.items():
        setattr(handling, name, value)
    handling.at = now
    session.add(handling)
    session.flush()


def _queue(chosen: Any) -> Any:
    joined = chosen.outerjoin(HandlingRow, HandlingRow.appointment_id == AppointmentRow.id)
    return joined.where(WAITS_FOR_STAFF, _NOT_DONE)


def _waiting(row: AppointmentRow, handling: HandlingRow | None) -> Waiting:
    is_current = handling is not None and handling.version == row.version
    return Waiting(
        id=row.id,
        reference=shown(row.reference),
        status=row.status,
        slot=entries.slot_of(row),
        conversation_id=row.conversation_id,
        waits_since=row.changed_at,
        seen_by=handling.seen_by if handling and is_current else None,
        assigned_to=handling.assigned_to if handling else None,
        note=handling.note if handling else None,
    )

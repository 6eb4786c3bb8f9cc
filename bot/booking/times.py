"""Times in the tables: which are taken, holds, and their end. Inside a transaction that the caller opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select

from bot.booking import blocks
from bot.booking.errors import SlotTaken
from bot.booking.models import ACTIVE, AppointmentRow
from bot.booking.slots import Slot, clash

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_IS_HOLD = AppointmentRow.expires_at.isnot(None)


def busy(session: Session, now: datetime, conversation_id: str | None = None) -> list[Slot]:
    """Return the times from now on that are taken or blocked; the conversation's own hold is not."""
    taken = [slot for _, slot in _taken(session, now, conversation_id, AppointmentRow.ends_at > now)]
    return taken + blocks.times_after(session, now)


def check_free(
    session: Session,
    slot: Slot,
    now: datetime,
    *,
    conversation_id: str | None = None,
    but: str | None = None,
    buffer_minutes: int = 0,
) -> None:
    """Raise SlotTaken where somebody has the time, or one nearer than the buffer, or where it is blocked.

    Not counted are the conversation's own hold and the appointment ``but``, which is to be moved here.
    """
    buffer = timedelta(minutes=buffer_minutes)
    near = (
        AppointmentRow.schedule == slot.schedule,
        AppointmentRow.starts_at < slot.ends_at + buffer,
        AppointmentRow.ends_at > slot.starts_at - buffer,
    )
    others = _taken(session, now, conversation_id, *near)
    if any(clash(slot, other, buffer_minutes) for row_id, other in others if row_id != but):
        raise SlotTaken
    if any(clash(slot, other) for other in blocks.times_after(session, slot.starts_at)):
        raise SlotTaken


def end_expired(session: Session, now: datetime, schedule: str) -> None:
    """Remove the holds of a schedule that have run out, so that the tables let others have their times."""
    _remove(session, AppointmentRow.expires_at <= now, AppointmentRow.schedule == schedule)


def end_hold(session: Session, conversation_id: str) -> None:
    """Remove the conversation's hold, if there is one."""
    _remove(session, _IS_HOLD, AppointmentRow.conversation_id == conversation_id)


def end_all_expired(session: Session, now: datetime) -> int:
    """Remove all holds that have run out, but those that somebody is about to remove; return how many."""
    expired = select(AppointmentRow.id).where(AppointmentRow.expires_at <= now).with_for_update(skip_locked=True)
    ids = list(session.execute(expired).scalars())
    _remove(session, AppointmentRow.id.in_(ids))
    return len(ids)


def held(session: Session, conversation_id: str, slot: Slot, now: datetime) -> AppointmentRow | None:
    """Return the conversation's hold of this time, if it has not run out."""
    found = session.execute(
        select(AppointmentRow)
        .where(
            AppointmentRow.conversation_id == conversation_id,
            AppointmentRow.expires_at > now,
            AppointmentRow.schedule == slot.schedule,
            AppointmentRow.starts_at == slot.starts_at,
            AppointmentRow.ends_at == slot.ends_at,
        )
        .with_for_update()
    )
    row: AppointmentRow | None = found.scalars().first()
    return row


def _taken(session: Session, now: datetime, conversation_id: str | None, *where: Any) -> list[tuple[str, Slot]]:
    columns = (AppointmentRow.id, AppointmentRow.schedule, AppointmentRow.starts_at, AppointmentRow.ends_at)
    chosen = select(*columns).where(
        AppointmentRow.status.in_(ACTIVE),
        AppointmentRow.starts_at.isnot(None),
        or_(AppointmentRow.expires_at.is_(None), AppointmentRow.expires_at > now),
        *where,
    )
    if conversation_id is not None:
        not_own = or_(AppointmentRow.conversation_id.is_(None), AppointmentRow.conversation_id != conversation_id)
        chosen = chosen.where(or_(AppointmentRow.expires_at.is_(None), not_own))
    return [(row_id, Slot(*time)) for row_id, *time in session.execute(chosen)]


def _remove(session: Session, *where: Any) -> None:
    session.execute(delete(AppointmentRow).where(*where).execution_options(synchronize_session=False))

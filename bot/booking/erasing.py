"""Erasing appointments that are long over, inside a transaction that the caller opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select

from bot.booking.models import AppointmentRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def over_since(session: Session, moment: datetime) -> list[str]:
    """Return the ids of appointments and requests that are over and were not changed since, the oldest first.

    A request without a time is over when it has not been changed since.
    """
    over = or_(AppointmentRow.ends_at.is_(None), AppointmentRow.ends_at < moment)
    found = session.execute(
        select(AppointmentRow.id)
        .where(over, AppointmentRow.changed_at < moment, AppointmentRow.expires_at.is_(None))
        .order_by(AppointmentRow.changed_at, AppointmentRow.id)
    )
    return list(found.scalars())


def erase(session: Session, appointment_id: str, moment: datetime) -> bool:
    """Delete an appointment with its history if it has not been changed since; tell whether it was."""
    gone = session.execute(
        delete(AppointmentRow)
        .where(AppointmentRow.id == appointment_id, AppointmentRow.changed_at < moment)
        .execution_options(synchronize_session=False)
    )
    return bool(gone.rowcount)

"""Erasing notices, inside a transaction that the caller opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from bot.notices.models import NoticeRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def erase_of(session: Session, conversation_id: str) -> int:
    """Delete the delivered notices that name a conversation; return how many.

    One that still waits stays until it is delivered: staff must hear of an alarm though the visitor erases it.
    """
    names_it = NoticeRow.content["conversation"].as_string() == conversation_id
    return _delete(session, names_it, NoticeRow.delivered_at.isnot(None))


def count_before(session: Session, moment: datetime) -> int:
    """Return how many notices were made before that time."""
    counted = select(func.count()).select_from(NoticeRow).where(NoticeRow.created_at < moment)
    return int(session.execute(counted).scalar_one())


def erase_before(session: Session, moment: datetime) -> int:
    """Delete the notices that were made before that time, delivered or not; return how many."""
    return _delete(session, NoticeRow.created_at < moment)


def _delete(session: Session, *where: object) -> int:
    gone = session.execute(delete(NoticeRow).where(*where).execution_options(synchronize_session=False))
    return int(gone.rowcount)

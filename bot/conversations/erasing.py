"""Erasing conversations, inside a transaction that the caller opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.conversations.models import ConversationRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def erase(session: Session, conversation_id: str) -> bool:
    """Delete a conversation with all that belongs to it: messages, feedback, labels, triage, alarms.

    Tells whether there was one.
    """
    gone = session.execute(
        delete(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .execution_options(synchronize_session=False)
    )
    return bool(gone.rowcount)


def idle_since(session: Session, moment: datetime) -> list[str]:
    """Return the ids of conversations in which nothing has happened since, those that are silent longest first."""
    found = session.execute(
        select(ConversationRow.id)
        .where(ConversationRow.last_activity_at < moment)
        .order_by(ConversationRow.last_activity_at, ConversationRow.id)
    )
    return list(found.scalars())


def is_idle(session: Session, conversation_id: str, moment: datetime) -> bool:
    """Tell whether there is the conversation and nothing has happened in it since; nobody adds to it until the end."""
    found = session.execute(
        select(ConversationRow.last_activity_at).where(ConversationRow.id == conversation_id).with_for_update()
    ).scalar_one_or_none()
    return found is not None and bool(found < moment)

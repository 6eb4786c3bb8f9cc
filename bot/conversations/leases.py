"""Who answers a conversation: one worker at a time, for a limited time.

A lease may run out under a worker that is only slow. Nothing breaks: what it wants to write is checked against the
lease in the same transaction (``transcript.hold``), so of two workers that believe they have it, one writes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update

from bot.conversations.alarms import IS_OPEN
from bot.conversations.models import AlarmRow, ChargeRow, ConversationRow, MessageRow
from bot.conversations.transcript import IS_PENDING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def take(session: Session, conversation_id: str, owner: str, now: datetime, seconds: float) -> bool:
    """Take or renew the lease in one statement; tell whether it is the owner's now."""
    taken = session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id, or_(_is_free(now), ConversationRow.lease_owner == owner))
        .values(lease_owner=owner, lease_until=now + timedelta(seconds=seconds))
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)


def give_back(session: Session, conversation_id: str, owner: str) -> None:
    """End the lease if it is the owner's."""
    session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id, ConversationRow.lease_owner == owner)
        .values(lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def waiting(session: Session, now: datetime, limit: int) -> list[str]:
    """Return ids of conversations with a pending message that nobody answers, the longest waiting first.

    While an alarm is open, or somebody of the staff answers, the assistant's answers wait.
    """
    found = session.execute(
        select(MessageRow.conversation_id)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(
            IS_PENDING,
            _is_free(now),
            MessageRow.conversation_id.not_in(_alarmed()),
            MessageRow.conversation_id.not_in(select(ChargeRow.conversation_id)),
        )
        .group_by(MessageRow.conversation_id)
        .order_by(func.min(MessageRow.created_at), MessageRow.conversation_id)
        .limit(limit)
    )
    return list(found.scalars())


def _alarmed() -> Any:
    return select(AlarmRow.conversation_id).where(IS_OPEN)


def _is_free(now: datetime) -> Any:
    return or_(ConversationRow.lease_owner.is_(None), ConversationRow.lease_until <= now)

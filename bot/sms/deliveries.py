"""How far the text messages of a conversation are, for staff. Inside a transaction that the caller opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.sms.models import TextInRow, TextOutRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Delivery:
    """A text message that went out, by the visitor's message that it answers.

    ``state``: waiting, handed, dropped, refused; ``status`` and ``error``: what the carrier said, if anything.
    """

    message_id: str | None
    state: str
    status: str | None
    error: int | None
    created_at: datetime


def of_conversation(session: Session, conversation_id: str) -> list[Delivery]:
    """Return the text messages that went out in a conversation, the oldest first."""
    chosen = (
        select(TextInRow.message_id, TextOutRow.state, TextOutRow.status, TextOutRow.error, TextOutRow.created_at)
        .join(TextInRow, TextInRow.sid == TextOutRow.reply_to)
        .where(TextOutRow.conversation_id == conversation_id)
        .order_by(TextOutRow.created_at, TextOutRow.id)
    )
    return [Delivery(*row) for row in session.execute(chosen)]


def last_text(session: Session, conversation_id: str) -> TextInRow | None:
    """Return the last text that came into a conversation; None if none has."""
    chosen = select(TextInRow).where(TextInRow.conversation_id == conversation_id)
    row: TextInRow | None = (
        session.execute(chosen.order_by(TextInRow.received_at.desc(), TextInRow.sid.desc()).limit(1)).scalars().first()
    )
    return row

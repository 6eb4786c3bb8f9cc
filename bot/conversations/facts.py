"""What a conversation is found by, kept beside it while it grows. Inside a transaction that the caller opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, update

from bot.conversations.models import FactsRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def begin(session: Session, conversation_id: str) -> None:
    """Give a new conversation its number."""
    session.add(FactsRow(conversation_id=conversation_id))
    session.flush()


def speaks(session: Session, conversation_id: str, language: str) -> None:
    """Keep the language of a conversation's last message, a code of two letters."""
    _set(session, FactsRow.conversation_id == conversation_id, language=language)


def understood(session: Session, conversation_id: str, confidence: float | None) -> None:
    """Keep with how little confidence, of 1, a message of the conversation was understood."""
    if confidence is None:
        return
    lower = or_(FactsRow.lowest_confidence.is_(None), FactsRow.lowest_confidence > confidence)
    _set(session, FactsRow.conversation_id == conversation_id, lower, lowest_confidence=confidence)


def _set(session: Session, *where: object, **values: object) -> None:
    session.execute(update(FactsRow).where(*where).values(**values).execution_options(synchronize_session=False))

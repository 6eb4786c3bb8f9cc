"""Forgetting telephones whose conversations are erased, inside a transaction that the caller opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.sms.models import ConsentRow, PhoneConversationRow, PhoneRow, TextInRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def phones_of(session: Session, conversation_id: str) -> list[str]:
    """Return the ids of telephones that have been in a conversation."""
    found = session.execute(
        select(PhoneConversationRow.phone_id).where(PhoneConversationRow.conversation_id == conversation_id)
    )
    return list(found.scalars())


def forget_unused(session: Session, phone_ids: Sequence[str]) -> int:
    """Delete those telephones that are in no conversation any more, with their texts; return how many.

    One that has opted out or in again stays, encrypted: a refusal has to be kept to be heeded, and a consent to be
    proven. One whose text is just being answered stays until the next erasure.
    """
    gone = session.execute(
        delete(PhoneRow)
        .where(
            PhoneRow.id.in_(phone_ids),
            PhoneRow.id.not_in(select(PhoneConversationRow.phone_id)),
            PhoneRow.id.not_in(select(ConsentRow.phone_id)),
            PhoneRow.id.not_in(select(TextInRow.phone_id).where(TextInRow.state == "open")),
        )
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)

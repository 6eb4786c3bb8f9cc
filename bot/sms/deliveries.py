"""How far the text messages of a conversation are, for staff. Inside a transaction that the caller opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import column, func, or_, select, table

from bot.sms.models import CarriedMessageRow, PhoneConversationRow, PhoneRow, TextInRow, TextOutRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

_CONVERSATIONS: Final = table("conversations", column("id"), column("channel"))  # of another room
_MESSAGES: Final = table("messages", column("id"), column("conversation_id"))
# The conversations of which a telephone wants no texts: their id's column, and the query for them.
OPTED_OUT: Final = (
    PhoneConversationRow.conversation_id,
    select(PhoneConversationRow.conversation_id)
    .join(PhoneRow, PhoneRow.id == PhoneConversationRow.phone_id)
    .where(PhoneRow.opted_out_at.isnot(None)),
)


@dataclass(frozen=True)
class Delivery:
    """A text message that went out, by the visitor's message that it answers, or the message that it carries.

    ``state``: waiting, handed, dropped, refused; ``status`` and ``error``: what the carrier said, if anything.
    """

    message_id: str | None
    state: str
    status: str | None
    error: int | None
    created_at: datetime


def of_conversation(session: Session, conversation_id: str) -> list[Delivery]:
    """Return the text messages that went out in a conversation, the oldest first."""
    message_id = func.coalesce(CarriedMessageRow.message_id, TextInRow.message_id)
    own = select(_MESSAGES.c.id).where(_MESSAGES.c.conversation_id == conversation_id)
    chosen = (
        select(message_id, TextOutRow.state, TextOutRow.status, TextOutRow.error, TextOutRow.created_at)
        .outerjoin(TextInRow, TextInRow.sid == TextOutRow.reply_to)
        .outerjoin(CarriedMessageRow, CarriedMessageRow.text_id == TextOutRow.id)
        .where(or_(TextOutRow.conversation_id == conversation_id, CarriedMessageRow.message_id.in_(own)))
        .order_by(TextOutRow.created_at, TextOutRow.id)
    )
    return [Delivery(*row) for row in session.execute(chosen)]


def opted_out(session: Session, conversation_ids: Collection[str]) -> set[str]:
    """Return those of the conversations of which a telephone wants no texts."""
    if not conversation_ids:
        return set()
    _, chosen = OPTED_OUT
    return set(session.execute(chosen.where(PhoneConversationRow.conversation_id.in_(conversation_ids))).scalars())


def moved_on(session: Session, conversation_id: str) -> list[PhoneRow]:
    """Return the telephones of a conversation by text message that have gone on in a later one.

    None for a conversation of the widget: whoever left it by telephone is told there.
    """
    by_text = select(_CONVERSATIONS.c.id).where(_CONVERSATIONS.c.channel == "sms")
    chosen = (
        select(PhoneRow)
        .join(PhoneConversationRow, PhoneConversationRow.phone_id == PhoneRow.id)
        .where(PhoneConversationRow.conversation_id == conversation_id)
        .where(PhoneConversationRow.conversation_id.in_(by_text))
        .where(PhoneRow.conversation_id != conversation_id)
    )
    return list(session.execute(chosen).scalars())

"""Reading and writing a conversation's messages inside a transaction that the caller opened.

Whatever numbers messages locks the conversation's row first: on SQLite the one writer has the whole file, on PostgreSQL
writers of one conversation follow one another, those of others do not wait, and no two can wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from ulid import ULID

from bot.conversations import queues
from bot.conversations.errors import NotFound
from bot.conversations.models import ConversationRow, MessageRow, StaffMessageRow
from bot.conversations.records import Staff
from bot.conversations.rows import reply_columns_of, to_message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.conversations.records import Message

IS_PENDING = MessageRow.state == "pending"


def new_id(now: datetime) -> str:
    """Return a new ULID of that time."""
    return str(ULID.from_datetime(now))


def lock(session: Session, conversation_id: str) -> None:
    """Let other writers of the conversation wait for the end of this transaction. Raises NotFound."""
    found = session.execute(
        select(ConversationRow.id).where(ConversationRow.id == conversation_id).with_for_update(key_share=True)
    )
    if found.first() is None:
        raise NotFound("There is no such conversation.")


def hold(session: Session, message_id: str) -> tuple[MessageRow, str | None]:
    """Lock the conversation of a message; return the message's row and the owner of the lease. Raises NotFound."""
    found = session.execute(
        select(ConversationRow.lease_owner)
        .join(MessageRow, MessageRow.conversation_id == ConversationRow.id)
        .where(MessageRow.id == message_id)
        .with_for_update(of=ConversationRow, key_share=True)
    ).first()
    # Read after the lock is had, so that it shows what the writer before us left.
    row = None if found is None else session.get(MessageRow, message_id)
    if found is None or row is None:
        raise NotFound("There is no such message.")
    return row, found.lease_owner


def append(
    session: Session, conversation_id: str, now: datetime, messages: Sequence[Mapping[str, Any]]
) -> list[Message]:
    """Write messages, given as columns, with the next numbers; return them as stored. Raises NotFound."""
    numbered = session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .values(last_seq=ConversationRow.last_seq + len(messages), last_activity_at=now)
        .execution_options(synchronize_session=False)
    )
    if not numbered.rowcount:
        raise NotFound("There is no such conversation.")
    last = session.execute(select(ConversationRow.last_seq).where(ConversationRow.id == conversation_id)).scalar_one()
    rows = [
        MessageRow(id=new_id(now), conversation_id=conversation_id, seq=seq, created_at=now, **columns)
        for seq, columns in enumerate(messages, start=last - len(messages) + 1)
    ]
    session.add_all(rows)
    session.flush()
    for row in rows:
        session.refresh(row)  # the column types may have changed what was given
        queues.put_reply(session, row)
    return [to_message(row) for row in rows]


def by_client_id(session: Session, conversation_id: str, client_message_id: str) -> Message | None:
    """Return the message that the client sent under its own id."""
    where = (MessageRow.conversation_id == conversation_id, MessageRow.client_message_id == client_message_id)
    row = session.execute(select(MessageRow).where(*where)).scalar_one_or_none()
    return None if row is None else to_message(row)


def after(session: Session, conversation_id: str, seq: int, limit: int | None) -> list[Message]:
    """Return the messages after a number, in order."""
    found = session.execute(
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation_id, MessageRow.seq > seq)
        .order_by(MessageRow.seq)
        .limit(limit)
    )
    return messages(session, list(found.scalars()))


def replies(session: Session, message_id: str) -> list[Message]:
    """Return the replies to a message, in order."""
    found = session.execute(select(MessageRow).where(MessageRow.in_reply_to == message_id).order_by(MessageRow.seq))
    return messages(session, list(found.scalars()))


def settled_among(session: Session, message_ids: Any) -> set[str]:
    """Return those of some visitors' messages, a list or a query of their ids, that wait for no answer any more."""
    found = session.execute(select(MessageRow.id).where(MessageRow.id.in_(message_ids), MessageRow.state != "pending"))
    return set(found.scalars())


def last_said(session: Session, conversation_id: str, except_for: Any = ()) -> Message | None:
    """Return the last message of our side; ``except_for``: a list or a query of ids of messages that do not count."""
    row = _last(session, conversation_id, MessageRow.author != "visitor", MessageRow.id.not_in(except_for))
    return None if row is None else to_message(row)


def asked_last(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """Return the columns of what a booking asked last, to ask it again after an alarm; none if it asked nothing."""
    about_alarms = MessageRow.kind.in_(("emergency", "crisis"))
    row = _last(session, conversation_id, MessageRow.author == "assistant", ~about_alarms)
    return [reply_columns_of(row)] if row is not None and row.asks else []


def _last(session: Session, conversation_id: str, *where: Any) -> MessageRow | None:
    chosen = select(MessageRow).where(MessageRow.conversation_id == conversation_id, *where)
    row: MessageRow | None = session.execute(chosen.order_by(MessageRow.seq.desc()).limit(1)).scalars().first()
    return row


def oldest_pending(session: Session, conversation_id: str) -> Message | None:
    """Return the conversation's first message that waits for its answer."""
    found = session.execute(
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation_id, IS_PENDING)
        .order_by(MessageRow.seq)
        .limit(1)
    )
    row = found.scalars().first()
    return None if row is None else to_message(row)


def messages(session: Session, rows: Sequence[MessageRow]) -> list[Message]:
    """Return the records of messages' rows, with who of the staff wrote them."""
    by_staff = [row.id for row in rows if row.author == "staff"]
    who = {}
    if by_staff:
        found = session.execute(select(StaffMessageRow).where(StaffMessageRow.message_id.in_(by_staff)))
        who = {each.message_id: Staff(each.name, each.role) for each in found.scalars()}
    return [to_message(row, who.get(row.id)) for row in rows]


def pending(session: Session, conversation_id: str) -> list[str]:
    """Return the ids of the visitor's messages that wait for their answer, in order."""
    found = session.execute(
        select(MessageRow.id).where(MessageRow.conversation_id == conversation_id, IS_PENDING).order_by(MessageRow.seq)
    )
    return list(found.scalars())

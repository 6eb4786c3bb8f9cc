"""Who answers a conversation: the assistant, or somebody of the staff. Inside a transaction that the caller opened.

Whoever takes a conversation, gives it back or answers it holds its row first. So an answer of the assistant is written
either before somebody takes the conversation, or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import update

from bot.conversations import alarms, transcript
from bot.conversations.errors import NotInCharge, TakenOver
from bot.conversations.models import ChargeRow, MessageRow, StaffMessageRow
from bot.conversations.records import Charge, Reply, Staff
from bot.conversations.rows import reply_columns

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.conversations.records import BookingStatus, Message

_SETTLED: Final = "staff"


def of(session: Session, conversation_id: str) -> Charge | None:
    """Return who of the staff answers a conversation; None while the assistant does."""
    row = session.get(ChargeRow, conversation_id, populate_existing=True)
    return None if row is None else Charge(row.account_id, Staff(row.name, row.role), row.taken_at)


def take(session: Session, conversation_id: str, account_id: str, staff: Staff, now: datetime) -> Message | None:
    """Let somebody answer a conversation in the assistant's place; return what the visitor is told of it.

    What the assistant had not answered is with that person now. None where they had the conversation already. Raises
    NotFound, and TakenOver where somebody else has it.
    """
    transcript.lock(session, conversation_id)
    held = of(session, conversation_id)
    if held is not None:
        if held.account_id != account_id:
            raise TakenOver(f"{held.staff.name} answers this conversation. Ask them to give it back.")
        return None
    session.add(
        ChargeRow(
            conversation_id=conversation_id, account_id=account_id, name=staff.name, role=staff.role, taken_at=now
        )
    )
    waiting = transcript.pending(session, conversation_id)
    session.execute(
        update(MessageRow)
        .where(MessageRow.id.in_(waiting))
        .values(state="answered")
        .execution_options(synchronize_session=False)
    )
    who = f"{staff.name} ({staff.role})" if staff.role else staff.name
    session.flush()
    return note(
        session, conversation_id, f"{who} has joined the chat. The automated assistant is silent meanwhile.", now
    )


def give_back(
    session: Session, conversation_id: str, account_id: str, now: datetime, *, even_anothers: bool
) -> Message:
    """Let the assistant answer again; return what the visitor is told. An alarm that is still open was dealt with.

    ``even_anothers``: also where somebody else answers it. Raises NotFound, and NotInCharge.
    """
    transcript.lock(session, conversation_id)
    held = of(session, conversation_id)
    if held is None or (held.account_id != account_id and not even_anothers):
        raise NotInCharge("You do not answer this conversation.")
    session.delete(session.get(ChargeRow, conversation_id))
    session.flush()
    alarms.settle(session, conversation_id, _SETTLED, now)
    return note(
        session,
        conversation_id,
        f"{held.staff.name} has left the chat. The automated assistant answers again; it is not a person.",
        now,
    )


def say(session: Session, conversation_id: str, account_id: str, text: str, now: datetime) -> Message:
    """Write a message of whoever answers the conversation; return it. Raises NotFound, and NotInCharge."""
    transcript.lock(session, conversation_id)
    held = of(session, conversation_id)
    if held is None or held.account_id != account_id:
        raise NotInCharge("Take the conversation over before you write in it.")
    (message,) = transcript.append(session, conversation_id, now, [reply_columns(Reply(text, author="staff"))])
    session.add(
        StaffMessageRow(message_id=message.id, account_id=account_id, name=held.staff.name, role=held.staff.role)
    )
    session.flush()
    return message


def note(
    session: Session, conversation_id: str, text: str, now: datetime, booking: BookingStatus | None = None
) -> Message:
    """Tell the visitor something that neither the assistant nor a person says; return the message. Raises NotFound.

    ``booking``: what became of an appointment, if it is about one.
    """
    reply = Reply(text, author="system", kind="booking" if booking else None, booking=booking)
    transcript.lock(session, conversation_id)
    (message,) = transcript.append(session, conversation_id, now, [reply_columns(reply)])
    return message


def note_closed(session: Session, conversation_id: str, text: str, until: datetime, now: datetime) -> Message | None:
    """Tell a visitor who waits for somebody of the staff that the clinic is closed, once until it opens ``until``.

    None where nobody is in charge, or the visitor was told.
    """
    transcript.lock(session, conversation_id)
    row = session.get(ChargeRow, conversation_id, populate_existing=True)
    if row is None or row.told_closed_until == until:
        return None
    row.told_closed_until = until
    return note(session, conversation_id, text, now)

"""Telephones inside a transaction that the caller opened: found by number, opted out and in, in a conversation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import column, delete, select, table, update
from sqlalchemy.dialects import postgresql, sqlite
from ulid import ULID

from bot.sms.models import ConsentRow, OfferRow, PhoneConversationRow, PhoneRow, TextOutRow
from bot.sms.wording import Choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from bot.storage.encryption import Cipher

PAUSE: Final = timedelta(minutes=60)  # a longer one begins a new conversation, as in Rasa (domain.yml)
_CONVERSATIONS: Final = table("conversations", column("id"), column("last_seq"))  # of another room
_INSERTS: Final = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def held(session: Session, cipher: Cipher, number: str, now: datetime) -> PhoneRow:
    """Return the row of a number, made if there is none; other texts of it wait for the end of this transaction."""
    hashes = cipher.keyed_hashes(number)  # the number may have been stored under an older key
    known = select(PhoneRow).where(PhoneRow.number_hash.in_(hashes)).with_for_update()
    row: PhoneRow | None = session.execute(known).scalars().first()
    if row is None:
        values = {
            "id": str(ULID.from_datetime(now)),
            "number_hash": hashes[0],
            "number": cipher.encrypt(number),
            "created_at": now,
            "wrong_codes": 0,
            "seen_seq": 0,
        }
        insert = _INSERTS[session.get_bind().dialect.name]
        session.execute(insert(PhoneRow).values(values).on_conflict_do_nothing())
        made: PhoneRow = session.execute(known).scalars().one()
        return made
    return row


def opt_out(session: Session, phone: PhoneRow, how: str, now: datetime) -> bool:
    """Keep that a telephone wants no texts, and drop those that wait; tell whether this is new."""
    phone.asked_to_stop_at = None
    if phone.opted_out_at is not None:
        return False
    phone.opted_out_at, phone.opted_out_how = now, how
    waiting = (TextOutRow.phone_id == phone.id, TextOutRow.state == "waiting")
    dropped = update(TextOutRow).where(*waiting).values(state="dropped")
    session.execute(dropped.execution_options(synchronize_session=False))
    _note(session, phone, "out", how, now)
    return True


def opt_in(session: Session, phone: PhoneRow, how: str, now: datetime) -> bool:
    """Keep that a telephone wants texts again; tell whether it had opted out."""
    if phone.opted_out_at is None:
        return False
    phone.opted_out_at = phone.opted_out_how = None
    _note(session, phone, "in", how, now)
    return True


def is_idle(phone: PhoneRow, now: datetime) -> bool:
    """Tell whether its last text is so long ago that a new conversation begins."""
    return phone.last_text_at is None or now - phone.last_text_at > PAUSE


def enter(session: Session, phone: PhoneRow, conversation_id: str, now: datetime) -> None:
    """Put a telephone into a conversation, and link it to the one that it was in; nothing stays on offer."""
    link = session.get(PhoneConversationRow, (conversation_id, phone.id))
    if link is None:
        previous = phone.conversation_id if phone.conversation_id != conversation_id else None
        session.add(
            PhoneConversationRow(conversation_id=conversation_id, phone_id=phone.id, previous_id=previous, began_at=now)
        )
    phone.conversation_id = conversation_id
    # What stands there already is not sent to it.
    last = select(_CONVERSATIONS.c.last_seq).where(_CONVERSATIONS.c.id == conversation_id)
    phone.seen_seq = session.execute(last).scalar_one()
    offer(session, phone, ())
    session.flush()


def offered(session: Session, phone: PhoneRow) -> tuple[Choice, ...]:
    """Return what a telephone can pick by number."""
    row = session.get(OfferRow, phone.id)
    return tuple(map(Choice.from_json, row.choices)) if row and row.conversation_id == phone.conversation_id else ()


def offer(session: Session, phone: PhoneRow, choices: Sequence[Choice]) -> None:
    """Put choices on offer, in place of those before."""
    where = OfferRow.phone_id == phone.id
    if not choices or phone.conversation_id is None:
        session.execute(delete(OfferRow).where(where).execution_options(synchronize_session="fetch"))
        return
    kept = [choice.to_json() for choice in choices]
    session.merge(OfferRow(phone_id=phone.id, conversation_id=phone.conversation_id, choices=kept))


def behind(session: Session, limit: int) -> list[PhoneRow]:
    """Return telephones, held, in whose conversation something was written that they may have to be sent."""
    found = session.execute(
        select(PhoneRow)
        .join(_CONVERSATIONS, _CONVERSATIONS.c.id == PhoneRow.conversation_id)
        .where(_CONVERSATIONS.c.last_seq > PhoneRow.seen_seq)
        .limit(limit)
        .with_for_update(of=PhoneRow, skip_locked=True)
    )
    return list(found.scalars())


def _note(session: Session, phone: PhoneRow, did: str, how: str, now: datetime) -> None:
    session.add(ConsentRow(id=str(ULID.from_datetime(now)), phone_id=phone.id, did=did, how=how, at=now))


def before(session: Session, conversation_id: str) -> list[str]:
    """Return the ids of the conversations that a conversation's telephone was in before it, the latest first."""
    found: list[str] = []
    at: str | None = conversation_id
    while at is not None:
        where = PhoneConversationRow.conversation_id == at
        at = session.execute(select(PhoneConversationRow.previous_id).where(where)).scalars().first()
        if at in {None, conversation_id, *found}:
            break
        found.append(str(at))
    return found

"""Puts the one text that answers another into the outbox, inside a transaction that the caller opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.conversations import transcript
from bot.conversations.rows import reply_columns
from bot.gateway import text_replies, texts
from bot.sms import outbox, phones
from bot.sms.models import PhoneRow, TextOutRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

    from bot.conversations.log import ConversationLog
    from bot.conversations.records import Message
    from bot.gateway.triage_loader import TriageLoader
    from bot.notices.outbox import Way
    from bot.settings import Settings
    from bot.sms.models import TextInRow
    from bot.sms.wording import Choice
    from bot.storage.encryption import Cipher


@dataclass(frozen=True)
class Parts:
    """What texts are taken in and answered with.

    ``hold``: how long the webhook may give the reply back itself; ``ways``: how staff are told of something.
    """

    log: ConversationLog
    triage: TriageLoader
    cipher: Cipher
    settings: Settings
    hold: timedelta
    ways: tuple[Way, ...] = ()


def put_answer(  # noqa: PLR0917 - what an answer is made of
    session: Session,
    settings: Settings,
    asked: TextInRow,
    replies: Sequence[Message],
    now: datetime,
    extra: Sequence[Choice] = (),
    *,
    is_consent: bool = False,
) -> None:
    """Put the replies to a text into the outbox as one text, and what it offers on offer.

    ``extra`` are choices below it that are no words to the assistant. Whoever has opted out gets nothing but the one
    text that says so (``is_consent``).
    """
    phone: PhoneRow = session.get(PhoneRow, asked.phone_id)
    if phone.opted_out_at is not None and not is_consent:
        return
    is_first = not is_consent and _is_first(session, phone)
    page = text_replies.page(replies, settings, extra, is_first=is_first)
    kind: outbox.Kind = "consent" if is_consent else "safety" if text_replies.is_safety(replies) else "answer"
    outbox.add(session, asked, phone, text=page.text, kind=kind, now=now)
    if phone.conversation_id == asked.conversation_id:
        phones.offer(session, phone, page.choices)


def put_wait(session: Session, settings: Settings, asked: TextInRow, now: datetime) -> bool:
    """Write down that the reply to a text will come later, and put that into the outbox; False for who has opted out.

    What was on offer stays so.
    """
    phone: PhoneRow = session.get(PhoneRow, asked.phone_id)
    if phone.opted_out_at is not None:
        return False
    columns = {**reply_columns(texts.one_moment(settings)), "in_reply_to": asked.message_id}
    (message,) = transcript.append(session, asked.conversation_id, now, [columns])
    page = text_replies.page([message], settings, is_first=_is_first(session, phone))
    text_id = outbox.add(session, None, phone, text=page.text, kind="answer", now=now)
    outbox.carry(session, text_id, message.id)
    return True


def put_message(session: Session, settings: Settings, phone: PhoneRow, message: Message, now: datetime) -> None:
    """Put what staff have written into the outbox, unless the telephone has opted out."""
    if phone.opted_out_at is None:
        page = text_replies.page([message], settings)
        text_id = outbox.add(session, None, phone, text=page.text, kind="answer", now=now)
        outbox.carry(session, text_id, message.id)
        if phone.conversation_id == message.conversation_id:
            phones.offer(session, phone, page.choices)


def _is_first(session: Session, phone: PhoneRow) -> bool:
    """Whether a telephone was sent nothing so far."""
    return session.execute(select(TextOutRow.id).where(TextOutRow.phone_id == phone.id).limit(1)).first() is None

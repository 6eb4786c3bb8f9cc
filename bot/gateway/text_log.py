"""Texts in the database: taken in once each, and their replies put into the outbox once each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select, update

from bot.conversations import transcript
from bot.conversations.clock import Clock, utc_now
from bot.gateway.text_answers import put_answer, put_message, put_wait
from bot.gateway.text_taking import Taken, take_in
from bot.sms import outbox, phones
from bot.sms.models import TextInRow, TextOutRow
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.gateway.text_answers import Parts
    from bot.safety.verdicts import Verdict
    from bot.sms.numbers import TextIn
    from bot.storage.engine import Database

_MOST_BEHIND: Final = 50
_OF_STAFF: Final = frozenset({"staff", "system"})


@dataclass(frozen=True)
class OpenText:
    """A text whose reply is not in the outbox yet."""

    sid: str
    received_at: datetime


class TextLog:
    """Each method is one transaction of its own. They block, and may be called from any thread or process at once."""

    def __init__(self, database: Database, parts: Parts, clock: Clock = utc_now, sleep: Sleep = time.sleep) -> None:
        self._database = database
        self._parts = parts
        self._clock = clock
        self.sleep = sleep

    @retried
    def take(self, text: TextIn, verdict: Verdict, *, told: bool = False) -> Taken:
        """Take a text in; one that is known is not taken in again.

        ``told``: its alarm was answered while the database was away, so the reply is not sent a second time.
        """
        with self._database.write() as session:
            now = self._clock()
            phone = phones.held(session, self._parts.cipher, text.sender, now)
            known = session.get(TextInRow, text.sid)
            if known is None:
                taken = take_in(session, self._parts, phone, text, verdict, now)
            else:
                taken = Taken(known.conversation_id or "", known.message_id or "", is_new=False)
            if told:
                sent = update(TextOutRow).where(TextOutRow.reply_to == text.sid).values(state="handed", handed_at=now)
                session.execute(sent.execution_options(synchronize_session=False))
            return taken

    @retried
    def ready_texts(self) -> list[OpenText]:
        """Return texts that wait for no answer any more, but have no reply in the outbox yet."""
        still_open = TextInRow.state == "open"
        with self._database.read() as session:
            settled = transcript.settled_among(session, select(TextInRow.message_id).where(still_open))
            is_ready = or_(TextInRow.message_id.is_(None), TextInRow.message_id.in_(settled))
            found = session.execute(select(TextInRow).where(still_open, is_ready).order_by(TextInRow.received_at))
            return [OpenText(row.sid, row.received_at) for row in found.scalars()]

    @retried
    def unanswered(self, before: datetime) -> list[str]:
        """Return the ids of texts from before a moment that wait for their reply, the oldest first."""
        chosen = select(TextInRow.sid).where(TextInRow.state == "open", TextInRow.received_at < before)
        with self._database.read() as session:
            return list(session.execute(chosen.order_by(TextInRow.received_at)).scalars())

    @retried
    def tell_to_wait(self, sid: str) -> bool:
        """Put into the outbox that the reply to a text will come later, once; tell whether that was done now.

        It is not where the reply is there, or the telephone has opted out.
        """
        with self._database.write() as session:
            asked = self._held(session, sid)
            if asked is None or asked.state == "done" or asked.message_id is None:
                return False
            if transcript.settled_among(session, [asked.message_id]):
                return False
            written = transcript.replies(session, asked.message_id)
            if outbox.carried_among(session, [each.id for each in written]):
                return False
            return put_wait(session, self._parts.settings, asked, self._clock())

    @retried
    def send_on(self) -> int:
        """Put what staff have written in a telephone's conversation into the outbox; return how many telephones."""
        with self._database.write() as session:
            now = self._clock()
            behind = phones.behind(session, _MOST_BEHIND)
            for phone in behind:
                written = transcript.after(session, phone.conversation_id, phone.seen_seq, None)
                for message in written:
                    phone.seen_seq = message.seq
                    if message.author in _OF_STAFF and message.in_reply_to is None:
                        put_message(session, self._parts.settings, phone, message, now)
            return len(behind)

    @retried
    def settle(self, sid: str) -> bool:
        """Put the replies to a text into the outbox, as one text, once the log has them; tell whether that is done."""
        with self._database.write() as session:
            asked = self._held(session, sid)
            if asked is None or asked.state == "done":
                return True
            message_id = asked.message_id
            if message_id and not transcript.settled_among(session, [message_id]):
                return False
            # There is none where the conversation was erased, or somebody of the staff answers instead.
            replies = transcript.replies(session, message_id) if message_id else []
            told_to_wait = outbox.carried_among(session, [each.id for each in replies])
            outbox.drop_unsent(session, told_to_wait)
            if answer := [each for each in replies if each.id not in told_to_wait]:
                put_answer(session, self._parts.settings, asked, answer, self._clock())
            asked.state = "done"
            return True

    @staticmethod
    def _held(session: Session, sid: str) -> TextInRow | None:
        row: TextInRow | None = (
            session.execute(select(TextInRow).where(TextInRow.sid == sid).with_for_update()).scalars().first()
        )
        return row

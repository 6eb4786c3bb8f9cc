"""The side of the conversation log that answers: leases, pending messages, and the replies to them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.conversations import alarms, charge, facts, leases, queues, transcript
from bot.conversations.clock import Clock, utc_now
from bot.conversations.errors import LeaseLost, NotFound, TakenOver
from bot.conversations.models import LabelRow, MessageRow
from bot.conversations.records import Clarified
from bot.conversations.rows import reply_columns, understanding_column
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.conversations.records import AtOnce, Message, RaisedAlarm, Reply, State, Understanding
    from bot.notices.outbox import Way
    from bot.storage.engine import Database


class Answering:
    """What a worker needs to answer a conversation that it has claimed. The class to use is ConversationLog."""

    def __init__(
        self, database: Database, clock: Clock = utc_now, sleep: Sleep = time.sleep, notify: Sequence[Way] = ()
    ) -> None:
        """``notify``: the ways in which staff are told of an alarm."""
        self._database = database
        self._clock = clock
        self.sleep = sleep
        self._notify = tuple(notify)

    @retried
    def claim(self, conversation_id: str, owner: str, seconds: float) -> bool:
        """Take or renew the lease of a conversation; tell whether the owner has it now.

        Of several owners at once, one gets it, for so many seconds. An owner's name must be its own: two workers of
        one name would share the lease.
        """
        with self._database.write() as session:
            return leases.take(session, conversation_id, owner, self._clock(), seconds)

    @retried
    def release(self, conversation_id: str, owner: str) -> None:
        """Give the lease back; nothing happens if it is not the owner's any more."""
        with self._database.write() as session:
            leases.give_back(session, conversation_id, owner)

    @retried
    def waiting_conversations(self, limit: int) -> list[str]:
        """Return ids of conversations with a pending message and a free lease, the longest waiting first."""
        with self._database.read() as session:
            return leases.waiting(session, self._clock(), limit)

    @retried
    def next_pending(self, conversation_id: str) -> Message | None:
        """Return the conversation's oldest message that waits for its answer.

        None while an alarm is open, or while somebody of the staff answers.
        """
        with self._database.read() as session:
            message = transcript.oldest_pending(session, conversation_id)
            if message is None or charge.of(session, conversation_id):
                return None
            return None if alarms.open_of(alarms.of(session, conversation_id)) else message

    @retried
    def waits(self, message_id: str) -> bool:
        """Tell whether a message still waits for the assistant's answer."""
        with self._database.read() as session:
            state = session.execute(select(MessageRow.state).where(MessageRow.id == message_id)).scalar()
            return bool(state == "pending")

    @retried
    def note_attempt(self, message_id: str) -> int:
        """Count one more attempt to answer a message; return how many there were. Raises NotFound."""
        where = MessageRow.id == message_id
        counted = update(MessageRow).where(where).values(attempts=MessageRow.attempts + 1)
        with self._database.write() as session:
            session.execute(counted.execution_options(synchronize_session=False))
            attempts: int | None = session.execute(select(MessageRow.attempts).where(where)).scalar_one_or_none()
        if attempts is None:
            raise NotFound("There is no such message.")
        return attempts

    @retried
    def settle(
        self,
        message_id: str,
        owner: str,
        replies: Sequence[Reply],
        *,
        understanding: Understanding | None = None,
        clarified: Clarified | None = None,
        model: str | None = None,
        took_ms: int | None = None,
        state: State = "answered",
        raised: RaisedAlarm | None = None,
    ) -> list[Message]:
        """Write the replies to a pending message and close it, all or nothing; return the replies as stored.

        ``raised`` is an alarm that the assistant found in it. ``clarified`` labels an earlier message of the same
        conversation; of any other it is dropped.

        A lease that ran out still counts as long as nobody else took it. Raises LeaseLost if someone else did, or
        if the message is not pending any more; TakenOver, which is one too, while somebody of the staff answers;
        NotFound if it was erased.
        """
        with self._database.write() as session:
            row, holder = transcript.hold(session, message_id)
            if charge.of(session, row.conversation_id):
                raise TakenOver("Somebody of the staff answers this conversation.")
            if holder != owner or row.state != "pending":
                raise LeaseLost("Another worker answers this conversation, or has answered this message.")
            columns = [{**reply_columns(reply), "in_reply_to": message_id} for reply in replies]
            written = transcript.append(session, row.conversation_id, self._clock(), columns)
            row.state = state
            row.understanding = understanding_column(understanding)
            row.model = model
            row.took_ms = took_ms
            queues.put_understood(session, row, understanding, self._clock())
            facts.understood(session, row.conversation_id, understanding.confidence if understanding else None)
            if clarified:
                _label(session, row.conversation_id, clarified, self._clock())
            if raised:
                alarms.raise_(session, row.conversation_id, message_id, raised, self._notify, self._clock())
        return written

    @retried
    def label_of(self, message_id: str) -> Clarified | None:
        """Return what the visitor said that a message meant, or None if nothing was said."""
        with self._database.read() as session:
            row = session.get(LabelRow, (message_id, "visitor"))
            return None if row is None else Clarified(row.message_id, row.topic)

    @retried
    def acknowledge_once(self, message_id: str, reply: Reply) -> list[Message]:
        """Write a "one moment" to a message that is pending and has no reply; return its replies in any case.

        Raises NotFound for an unknown message.
        """
        with self._database.write() as session:
            row, _ = transcript.hold(session, message_id)
            written = transcript.replies(session, message_id)
            if written or row.state != "pending":
                return written
            columns = {**reply_columns(reply), "in_reply_to": message_id}
            return transcript.append(session, row.conversation_id, self._clock(), [columns])

    def _write_at_once(
        self, session: Session, conversation_id: str, message_id: str, at_once: AtOnce, now: datetime
    ) -> None:
        columns = [{**reply_columns(reply), "in_reply_to": message_id} for reply in at_once.replies]
        if at_once.settled_how and at_once.replies and not at_once.goes_on:
            asked = transcript.asked_last(session, conversation_id)
            columns += [{**each, "in_reply_to": message_id} for each in asked]
        transcript.append(session, conversation_id, now, columns)
        if at_once.settled_how:
            alarms.settle(session, conversation_id, at_once.settled_how, now)
        if at_once.raised:
            told = bool(at_once.replies)
            alarms.raise_(session, conversation_id, message_id, at_once.raised, self._notify, now, told=told)


def _label(session: Session, conversation_id: str, clarified: Clarified, now: datetime) -> None:
    labelled = session.get(MessageRow, clarified.message_id)
    if labelled is not None and labelled.conversation_id == conversation_id:
        session.merge(
            LabelRow(message_id=clarified.message_id, given_by="visitor", topic=clarified.topic, created_at=now)
        )

"""The conversation log: the only way to the tables of conversations, messages and feedback."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.conversations import alarms, charge, erasing, facts, queues, transcript
from bot.conversations.answering import Answering
from bot.conversations.errors import NotFound
from bot.conversations.models import AlarmRow, ConversationRow, FeedbackRow, MessageRow, TriageRow
from bot.conversations.records import (
    Alarm,
    Asked,
    AtOnce,
    BookingStatus,
    Button,
    Channel,
    Kind,
    Message,
    Received,
    Replier,
    Reply,
    Source,
)
from bot.conversations.rows import reply_columns
from bot.conversations.tokens import new_token, token_hash
from bot.storage.retry import retried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from sqlalchemy.orm import Session

CLIENT_MESSAGE_ID_MAX = 200  # characters; an index of PostgreSQL holds no more than 2,700 bytes
_SEQ_MAX = 2**31 - 1


class ConversationLog(Answering):
    """Conversations, written down before anything else happens to them.

    Each method is one transaction of its own, done again a few times where the database is busy. They block, and may be
    called from any thread or process at once. The clock must give times with their zone. Every method raises
    ConfigurationError where the database cannot be reached.
    """

    @retried
    def start(self, channel: Channel) -> tuple[str, str]:
        """Begin a conversation; return its id and the token that opens it, which is kept nowhere else."""
        with self._database.write() as session:
            return self.start_in(session, channel)

    def start_in(self, session: Session, channel: Channel) -> tuple[str, str]:
        """Do as ``start`` does, inside a transaction that the caller opened."""
        token, now = new_token(), self._clock()
        row = ConversationRow(
            id=transcript.new_id(now),
            token_hash=token_hash(token),
            channel=channel,
            created_at=now,
            last_activity_at=now,
        )
        session.add(row)
        session.flush()
        facts.begin(session, row.id)
        return row.id, token

    def owns(self, conversation_id: str, token: str) -> bool:
        """Tell whether the token opens this conversation."""
        return self.owns_hash(conversation_id, token_hash(token))

    @retried
    def owns_hash(self, conversation_id: str, hashed: str) -> bool:
        """Tell whether the token with this hash opens this conversation."""
        where = (ConversationRow.token_hash == hashed, ConversationRow.id == conversation_id)
        with self._database.read() as session:
            return session.execute(select(ConversationRow.id).where(*where)).first() is not None

    @retried
    def exists(self, conversation_id: str) -> bool:
        """Tell whether there is such a conversation, or it has been erased meanwhile."""
        with self._database.read() as session:
            return session.get(ConversationRow, conversation_id) is not None

    @retried
    def receive(
        self,
        conversation_id: str,
        text: str,
        client_message_id: str,
        *,
        triage: Mapping[str, Any] | None = None,
        decide: Callable[[Sequence[Alarm]], AtOnce | None] = lambda _: None,
    ) -> Received:
        """Write down a visitor's message as pending; the first one again if the client's id was seen before.

        ``triage`` is kept beside it. ``decide`` gets the conversation's alarms, the oldest first, and returns an answer
        that is to be written with the message, in the same transaction, or None. While somebody of the staff answers
        the conversation, the message waits for no other answer, and of that answer only a new alarm's is written.

        Raises NotFound for an unknown conversation, ValueError for an id that is empty or longer than
        CLIENT_MESSAGE_ID_MAX.
        """
        with self._database.write() as session:
            return self.receive_in(session, conversation_id, text, client_message_id, triage=triage, decide=decide)

    def receive_in(
        self,
        session: Session,
        conversation_id: str,
        text: str,
        client_message_id: str,
        *,
        triage: Mapping[str, Any] | None = None,
        decide: Callable[[Sequence[Alarm]], AtOnce | None] = lambda _: None,
    ) -> Received:
        """Do as ``receive`` does, inside a transaction that the caller opened."""
        if not 0 < len(client_message_id) <= CLIENT_MESSAGE_ID_MAX:
            raise ValueError(f"client_message_id must have 1 to {CLIENT_MESSAGE_ID_MAX} characters")
        transcript.lock(session, conversation_id)
        first = transcript.by_client_id(session, conversation_id, client_message_id)
        if first is not None:
            return Received(first, is_new=False)
        now = self._clock()
        at_once = decide(alarms.of(session, conversation_id))
        with_a_person = charge.of(session, conversation_id) is not None
        if at_once and with_a_person and not (at_once.raised or at_once.always):
            at_once = replace(at_once, replies=())
        columns = {
            "author": "visitor",
            "text": text,
            "client_message_id": client_message_id,
            "state": "answered" if with_a_person or (at_once and not at_once.goes_on) else "pending",
        }
        (message,) = transcript.append(session, conversation_id, now, [columns])
        if triage is not None:
            session.add(TriageRow(message_id=message.id, verdict=dict(triage)))
            queues.put_triaged(session, conversation_id, message.id, triage, now)
            facts.speaks(session, conversation_id, triage.get("language", "en"))
        if at_once:
            self._write_at_once(session, message.conversation_id, message.id, at_once, now)
        return Received(message, is_new=True)

    @retried
    def add(
        self,
        conversation_id: str,
        author: Replier,
        text: str,
        *,
        kind: Kind | None = None,
        topic: str | None = None,
        sources: Sequence[Source] = (),
        buttons: Sequence[Button] = (),
        asks: Asked | None = None,
        booking: BookingStatus | None = None,
        in_reply_to: str | None = None,
    ) -> Message:
        """Write down a message to the visitor that answers nothing pending: a greeting, staff, a notice.

        Raises NotFound for an unknown conversation, or if ``in_reply_to`` is no message of it.
        """
        reply = Reply(text, author, kind, topic, tuple(sources), tuple(buttons), asks, booking)
        with self._database.write() as session:
            transcript.lock(session, conversation_id)
            if in_reply_to is not None:
                asked = session.get(MessageRow, in_reply_to)
                if asked is None or asked.conversation_id != conversation_id:
                    raise NotFound("The conversation has no such message.")
            columns = {**reply_columns(reply), "in_reply_to": in_reply_to}
            (message,) = transcript.append(session, conversation_id, self._clock(), [columns])
        return message

    @retried
    def history(self, conversation_id: str, after_seq: int = 0, limit: int | None = None) -> list[Message]:
        """Return both sides' messages after a number in order, the first ``limit`` of them; none if unknown."""
        with self._database.read() as session:
            return transcript.after(session, conversation_id, max(0, min(after_seq, _SEQ_MAX)), limit)

    @retried
    def replies_to(self, message_id: str) -> list[Message]:
        """Return the replies to a message in order; none if it is unknown or not answered yet."""
        with self._database.read() as session:
            return transcript.replies(session, message_id)

    @retried
    def rate(self, message_id: str, conversation_id: str, helpful: bool, comment: str | None = None) -> None:
        """Keep what the visitor says about a message, in place of what was said before.

        Raises NotFound unless it is a message of this conversation by the assistant or staff.
        """
        rated = select(MessageRow.id).where(
            MessageRow.id == message_id,
            MessageRow.conversation_id == conversation_id,
            MessageRow.author.in_(("assistant", "staff")),
        )
        with self._database.write() as session:
            # Locked, so that of two ratings at once the second sees the first.
            if session.execute(rated.with_for_update(key_share=True)).first() is None:
                raise NotFound("The conversation has no such message to rate.")
            now = self._clock()
            session.merge(FeedbackRow(message_id=message_id, helpful=helpful, comment=comment, created_at=now))
            queues.rated(session, conversation_id, message_id, helpful=helpful, now=now)

    @retried
    def nearness_of(self, message_id: str) -> float | None:
        """Return how near to an alarm triage found a message, of 1; None if triage did not look at it."""
        with self._database.read() as session:
            row = session.get(TriageRow, message_id)
            return None if row is None else row.verdict.get("nearness")

    @retried
    def alarms(self, *, unseen: bool = False, limit: int = 100) -> list[Alarm]:
        """Return the alarms for staff: those not seen first, and of these the newest first."""
        chosen = select(AlarmRow).order_by(AlarmRow.seen_at.isnot(None), AlarmRow.raised_at.desc()).limit(limit)
        with self._database.read() as session:
            found = session.execute(chosen.where(AlarmRow.seen_at.is_(None)) if unseen else chosen)
            return [alarms.to_alarm(row) for row in found.scalars()]

    @retried
    def alarms_of(self, conversation_id: str) -> list[Alarm]:
        """Return the alarms of a conversation, the oldest first."""
        with self._database.read() as session:
            return list(alarms.of(session, conversation_id))

    @retried
    def alarm(self, alarm_id: str) -> Alarm:
        """Return an alarm. Raises NotFound."""
        with self._database.read() as session:
            return alarms.to_alarm(_alarm_row(session, alarm_id))

    @retried
    def see_alarm(self, alarm_id: str) -> None:
        """Keep that staff have seen an alarm. Raises NotFound."""
        with self._database.write() as session:
            row = _alarm_row(session, alarm_id)
            row.seen_at = row.seen_at or self._clock()
            session.flush()
            if all(each.seen_at for each in alarms.of(session, row.conversation_id)):
                queues.finish(session, row.conversation_id, "alarm", "command line", self._clock())

    @retried
    def erase(self, conversation_id: str) -> bool:
        """Delete a conversation with its messages and feedback; tell whether there was one."""
        with self._database.write() as session:
            return erasing.erase(session, conversation_id)


def _alarm_row(session: Session, alarm_id: str) -> AlarmRow:
    row: AlarmRow | None = session.get(AlarmRow, alarm_id)
    if row is None:
        raise NotFound("There is no such alarm.")
    return row

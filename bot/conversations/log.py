"""The conversation log: the only way to the tables of conversations, messages and feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.conversations import transcript
from bot.conversations.answering import Answering
from bot.conversations.errors import NotFound
from bot.conversations.models import ConversationRow, FeedbackRow, MessageRow
from bot.conversations.records import (
    Asked,
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
    from collections.abc import Sequence

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
        token = new_token()
        with self._database.write() as session:
            now = self._clock()
            row = ConversationRow(
                id=transcript.new_id(now),
                token_hash=token_hash(token),
                channel=channel,
                created_at=now,
                last_activity_at=now,
            )
            session.add(row)
            session.flush()
            conversation_id: str = row.id
        return conversation_id, token

    @retried
    def owns(self, conversation_id: str, token: str) -> bool:
        """Tell whether the token opens this conversation."""
        where = (ConversationRow.token_hash == token_hash(token), ConversationRow.id == conversation_id)
        with self._database.read() as session:
            return session.execute(select(ConversationRow.id).where(*where)).first() is not None

    @retried
    def exists(self, conversation_id: str) -> bool:
        """Tell whether there is such a conversation, or it has been erased meanwhile."""
        with self._database.read() as session:
            return session.get(ConversationRow, conversation_id) is not None

    @retried
    def receive(self, conversation_id: str, text: str, client_message_id: str) -> Received:
        """Write down a visitor's message as pending; the first one again if the client's id was seen before.

        Raises NotFound for an unknown conversation, ValueError for an id that is empty or longer than
        CLIENT_MESSAGE_ID_MAX.
        """
        if not 0 < len(client_message_id) <= CLIENT_MESSAGE_ID_MAX:
            raise ValueError(f"client_message_id must have 1 to {CLIENT_MESSAGE_ID_MAX} characters")
        columns = {"author": "visitor", "text": text, "client_message_id": client_message_id, "state": "pending"}
        with self._database.write() as session:
            transcript.lock(session, conversation_id)
            first = transcript.by_client_id(session, conversation_id, client_message_id)
            if first is not None:
                return Received(first, is_new=False)
            (message,) = transcript.append(session, conversation_id, self._clock(), [columns])
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
            row = FeedbackRow(message_id=message_id, helpful=helpful, comment=comment, created_at=self._clock())
            session.merge(row)

    @retried
    def erase(self, conversation_id: str) -> bool:
        """Delete a conversation with its messages and feedback; tell whether there was one."""
        with self._database.write() as session:
            gone = session.execute(
                delete(ConversationRow)
                .where(ConversationRow.id == conversation_id)
                .execution_options(synchronize_session=False)
            )
            return bool(gone.rowcount)

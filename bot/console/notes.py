"""What staff put down beside a conversation: notes, what a message meant, and labels in words of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from ulid import ULID

from bot.console.filters import LABEL
from bot.console.models import MessageLabelRow, NoteRow
from bot.conversations import transcript
from bot.conversations.errors import NotFound
from bot.conversations.models import LabelRow, MessageRow
from bot.knowledge.catalogue import load_catalogue
from bot.storage.retry import retried
from bot.storage.store import Store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.console.acting import Actor

NOTE_MAX: Final = 2_000  # characters
LABELS_SHOWN: Final = 200


@dataclass(frozen=True)
class Note:
    """A note on a conversation, or on one message of it."""

    id: str
    message_id: str | None
    written_by: str
    text: str
    created_at: datetime


class Notes(Store):
    """Each method is one transaction of its own. They block, and may be called from any thread or process at once."""

    @retried
    def add(self, by: Actor, conversation_id: str, text: str, message_id: str | None = None) -> None:
        """Note something. Raises NotFound, and ValueError for no text or too long a one."""
        if not 0 < len(text.strip()) <= NOTE_MAX:
            raise ValueError(f"Write a note of {NOTE_MAX} characters or fewer.")
        with self._database.write() as session:
            now = self._clock()
            transcript.lock(session, conversation_id)
            if message_id is not None:
                _check(session, conversation_id, message_id)
            note_id = str(ULID.from_datetime(now))
            session.add(
                NoteRow(
                    id=note_id,
                    conversation_id=conversation_id,
                    message_id=message_id,
                    written_by=by.name,
                    text=text.strip(),
                    created_at=now,
                )
            )
            by.did(session, "conversation.note", f"conversation:{conversation_id}", now, note=note_id)

    @retried
    def label(self, by: Actor, conversation_id: str, message_id: str, topic: str | None) -> None:
        """Put down what a visitor's message meant, in place of what staff said before; None: take that back.

        Raises NotFound for a message that is not in the conversation, or a topic that there is not.
        """
        if topic is not None and topic not in load_catalogue().topics:
            raise NotFound("There is no such topic.")
        with self._database.write() as session:
            now = self._clock()
            transcript.lock(session, conversation_id)
            _check(session, conversation_id, message_id)
            if topic is None:
                gone = delete(LabelRow).where(LabelRow.message_id == message_id, LabelRow.given_by == "staff")
                session.execute(gone.execution_options(synchronize_session=False))
            else:
                session.merge(LabelRow(message_id=message_id, given_by="staff", topic=topic, created_at=now))
            by.did(session, "message.label", f"message:{message_id}", now, topic=topic)

    @retried
    def put_label(self, by: Actor, conversation_id: str, message_id: str, label: str) -> None:
        """Put a label on a message, in small letters; one that it has stays.

        Raises NotFound for a message that is not in the conversation, and ValueError for what is no label.
        """
        label = " ".join(label.lower().split())
        if not LABEL.fullmatch(label):
            raise ValueError("Write a label of 40 characters or fewer that begins with a letter or a digit.")
        with self._database.write() as session:
            now = self._clock()
            transcript.lock(session, conversation_id)
            _check(session, conversation_id, message_id)
            if session.get(MessageLabelRow, (message_id, label)) is None:
                session.add(MessageLabelRow(message_id=message_id, label=label, written_by=by.name, created_at=now))
            by.did(session, "message.put-label", f"message:{message_id}", now)

    @retried
    def take_label(self, by: Actor, conversation_id: str, message_id: str, label: str) -> None:
        """Take a label off a message. Raises NotFound for a message that is not in the conversation."""
        with self._database.write() as session:
            now = self._clock()
            transcript.lock(session, conversation_id)
            _check(session, conversation_id, message_id)
            gone = delete(MessageLabelRow).where(
                MessageLabelRow.message_id == message_id, MessageLabelRow.label == label
            )
            session.execute(gone.execution_options(synchronize_session=False))
            by.did(session, "message.take-label", f"message:{message_id}", now)

    @retried
    def labels(self) -> list[str]:
        """Return the labels that some message has, in order, up to LABELS_SHOWN of them."""
        chosen = select(MessageLabelRow.label).distinct().order_by(MessageLabelRow.label).limit(LABELS_SHOWN)
        with self._database.read() as session:
            return list(session.execute(chosen).scalars())


def _check(session: Session, conversation_id: str, message_id: str) -> None:
    row = session.get(MessageRow, message_id)
    if row is None or row.conversation_id != conversation_id:
        raise NotFound("The conversation has no such message.")

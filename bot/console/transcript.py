"""A conversation as staff read it: both sides, and beside each message what the assistant and triage made of it."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.console.models import MessageLabelRow, NoteRow
from bot.console.notes import Note
from bot.conversations import alarms, charge, transcript
from bot.conversations.errors import NotFound
from bot.conversations.models import ConversationRow, FactsRow, FeedbackRow, LabelRow, MessageRow, TriageRow
from bot.privacy.known import known_values
from bot.sms import deliveries
from bot.staff.redaction import redact
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.booking.book import Book
    from bot.booking.records import Appointment
    from bot.conversations.records import Alarm, Charge, Message
    from bot.sms.deliveries import Delivery
    from bot.staff.redaction import KnownValue
    from bot.storage.engine import Database


@dataclass(frozen=True)
class Line:
    """A message with what belongs to it. ``meant``: what it meant, by who said so, "visitor" or "staff".

    ``labels``: those that staff put on it in words of their own.
    """

    message: Message
    verdict: Mapping[str, Any] | None
    alarms: tuple[Alarm, ...]
    helpful: bool | None
    comment: str | None
    meant: Mapping[str, str | None]
    labels: tuple[str, ...]
    notes: tuple[Note, ...]
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True)
class Transcript:
    """A conversation. ``notes`` are those on it as a whole; ``known``: the values that redaction hides.

    ``opted_out``: its telephone wants no texts; ``goes_on_in``: the later conversation in which its telephone is now.
    """

    id: str
    channel: str
    created_at: datetime
    last_activity_at: datetime
    last_seq: int
    language: str | None
    lines: tuple[Line, ...]
    notes: tuple[Note, ...]
    alarms: tuple[Alarm, ...]
    charge: Charge | None
    appointments: tuple[Appointment, ...]
    known: tuple[KnownValue, ...]
    opted_out: bool
    goes_on_in: str | None

    def redacted(self, text: str) -> str:
        """Return a text of this conversation without what tells who somebody is."""
        return redact(text, self.known).text


class Transcripts:
    """Reads transcripts. Methods block, and may be called from any thread or process."""

    def __init__(self, database: Database, book: Book, sleep: Sleep = time.sleep) -> None:
        self._database = database
        self._book = book
        self.sleep = sleep

    @retried
    def of(self, conversation_id: str, after_seq: int = 0) -> Transcript:
        """Return a conversation with its messages after a number. Raises NotFound."""
        appointments = self._book.of_conversation(conversation_id)
        with self._database.read() as session:
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                raise NotFound("There is no such conversation.")
            facts = select(FactsRow.language).where(FactsRow.conversation_id == conversation_id)
            messages = transcript.after(session, conversation_id, 0, None)
            raised = alarms.of(session, conversation_id)
            notes = _notes(session, conversation_id)
            later = [each.conversation_id for each in deliveries.moved_on(session, conversation_id)]
            beside = _Beside(session, conversation_id, raised, notes)
            return Transcript(
                id=row.id,
                channel=row.channel,
                created_at=row.created_at,
                last_activity_at=row.last_activity_at,
                last_seq=row.last_seq,
                language=session.execute(facts).scalar(),
                lines=tuple(beside.line(message) for message in messages if message.seq > after_seq),
                notes=tuple(note for note in notes if note.message_id is None),
                alarms=tuple(raised),
                charge=charge.of(session, conversation_id),
                appointments=appointments,
                known=known_values(messages, appointments),
                opted_out=bool(deliveries.opted_out(session, [conversation_id])),
                goes_on_in=later[0] if later else None,
            )


class _Beside:
    """What belongs to the messages of a conversation, each kind read at once."""

    def __init__(self, session: Session, conversation_id: str, raised: list[Alarm], notes: list[Note]) -> None:
        own = MessageRow.conversation_id == conversation_id
        triage = select(TriageRow).join(MessageRow, MessageRow.id == TriageRow.message_id).where(own)
        self._verdicts = {row.message_id: row.verdict for row in session.execute(triage).scalars()}
        feedback = select(FeedbackRow).join(MessageRow, MessageRow.id == FeedbackRow.message_id).where(own)
        self._feedback = {row.message_id: row for row in session.execute(feedback).scalars()}
        labels = select(LabelRow).join(MessageRow, MessageRow.id == LabelRow.message_id).where(own)
        self._meant: defaultdict[str, dict[str, str | None]] = defaultdict(dict)
        for label in session.execute(labels).scalars():
            self._meant[label.message_id][label.given_by] = label.topic
        put = select(MessageLabelRow).join(MessageRow, MessageRow.id == MessageLabelRow.message_id).where(own)
        self._labels: defaultdict[str, list[str]] = defaultdict(list)
        for each in session.execute(put.order_by(MessageLabelRow.label)).scalars():
            self._labels[each.message_id].append(each.label)
        self._alarms, self._notes = raised, notes
        self._deliveries = deliveries.of_conversation(session, conversation_id)

    def line(self, message: Message) -> Line:
        feedback = self._feedback.get(message.id)
        return Line(
            message=message,
            verdict=self._verdicts.get(message.id),
            alarms=tuple(each for each in self._alarms if each.message_id == message.id),
            helpful=feedback.helpful if feedback else None,
            comment=feedback.comment if feedback else None,
            meant=dict(self._meant.get(message.id, {})),
            labels=tuple(self._labels.get(message.id, ())),
            notes=tuple(each for each in self._notes if each.message_id == message.id),
            deliveries=tuple(each for each in self._deliveries if each.message_id == message.id),
        )


def _notes(session: Session, conversation_id: str) -> list[Note]:
    chosen = select(NoteRow).where(NoteRow.conversation_id == conversation_id).order_by(NoteRow.created_at, NoteRow.id)
    return [
        Note(row.id, row.message_id, row.written_by, row.text, row.created_at)
        for row in session.execute(chosen).scalars()
    ]

"""What lists and exports show of conversations: their messages, and what in them tells who somebody is."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.conversations import transcript
from bot.conversations.models import MessageRow
from bot.privacy.known import known_values
from bot.staff.redaction import redact
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from bot.booking.book import Book
    from bot.conversations.records import Message
    from bot.staff.redaction import KnownValue
    from bot.storage.engine import Database

_LONGEST = 160  # characters of a preview


@dataclass(frozen=True)
class Spoken:
    """The messages of a conversation, and the values that redaction hides in them."""

    messages: tuple[Message, ...]
    known: tuple[KnownValue, ...]

    def redacted(self, text: str) -> str:
        """Return a text of this conversation without what tells who somebody is."""
        return redact(text, self.known).text

    def preview(self, terms: Sequence[str] = (), message_id: str | None = None) -> str:
        """Return one message, redacted and shortened; "" if nobody has said anything.

        It is the one with the id, else the last one with a term, else the last one of the visitor.
        """
        chosen = next((each for each in self.messages if each.id == message_id), None)
        if chosen is None:
            chosen = next((each for each in reversed(self.messages) if _has(each.text, terms)), None)
        if chosen is None:
            chosen = next((each for each in reversed(self.messages) if each.author == "visitor"), None)
        said = " ".join(self.redacted(chosen.text).split()) if chosen else ""
        return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


class Overview:
    """Reads what was said in several conversations at once."""

    def __init__(self, database: Database, book: Book, sleep: Sleep = time.sleep) -> None:
        self._database = database
        self._book = book
        self.sleep = sleep

    def of(self, conversation_ids: Sequence[str]) -> dict[str, Spoken]:
        """Return what was said in each of the conversations."""
        messages = self._messages(conversation_ids)
        appointments = self._book.of_conversations(conversation_ids)
        return {
            each: Spoken(
                tuple(messages.get(each, ())),
                known_values(messages.get(each, ()), appointments.get(each, ())),
            )
            for each in conversation_ids
        }

    @retried
    def _messages(self, conversation_ids: Sequence[str]) -> dict[str, list[Message]]:
        chosen = select(MessageRow).where(MessageRow.conversation_id.in_(conversation_ids))
        found: defaultdict[str, list[Message]] = defaultdict(list)
        with self._database.read() as session:
            rows = list(session.execute(chosen.order_by(MessageRow.conversation_id, MessageRow.seq)).scalars())
            for message in transcript.messages(session, rows):
                found[message.conversation_id].append(message)
        return dict(found)


def _has(text: str, terms: Sequence[str]) -> bool:
    said = text.lower()
    return any(term in said for term in terms)

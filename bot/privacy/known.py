"""What a conversation tells of whom it is with: what its bookings captured, and names and numbers given on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.booking.words.contacts import find_contacts
from bot.booking.words.names import read_name
from bot.booking.words.tidy import tidy
from bot.staff.redaction import KnownValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.booking.book import Book
    from bot.booking.records import Appointment
    from bot.conversations.log import ConversationLog
    from bot.conversations.records import Message


class Known:
    """Finds the values that redaction hides in a conversation's texts."""

    def __init__(self, log: ConversationLog, book: Book) -> None:
        self._log = log
        self._book = book

    def of(self, conversation_id: str) -> tuple[KnownValue, ...]:
        """Return the known values of a conversation; none if there is no such conversation."""
        return known_values(self._log.history(conversation_id), self._book.of_conversation(conversation_id))


def known_values(messages: Sequence[Message], appointments: Sequence[Appointment]) -> tuple[KnownValue, ...]:
    """Return the values, each once: of appointments, and of what visitors said, also where no booking came of it."""
    found = [value for each in appointments for value in of_appointment(each)]
    asked: str | None = None
    for message in messages:
        if message.author == "visitor":
            found += _said(message.text, asked)
        else:
            asked = message.asks
    return tuple(dict.fromkeys(value for value in found if value.text.strip()))


def of_appointment(appointment: Appointment) -> Iterator[KnownValue]:
    """Yield what an appointment captured."""
    yield KnownValue(appointment.patient_name, "name")
    yield KnownValue(appointment.contact, "email" if appointment.contact_kind == "email" else "phone")
    for words in (appointment.reason, appointment.summary, appointment.for_whom, appointment.requested_period):
        if words:
            yield KnownValue(words, "captured")


def _said(text: str, asked: str | None) -> Iterator[KnownValue]:
    name = read_name(text, asked=asked == "name")
    if name:
        yield KnownValue(name, "name")
    plain = tidy(text)
    for contact in find_contacts(plain):
        kind = contact.contact.kind
        yield KnownValue(contact.contact.value, kind)
        yield KnownValue(plain[contact.start : contact.end], kind)

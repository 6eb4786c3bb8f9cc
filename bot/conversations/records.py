"""What crosses the boundary of the conversation log: frozen records, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Channel = Literal["web", "sms"]
Author = Literal["visitor", "assistant", "staff", "system"]
Replier = Literal["assistant", "staff", "system"]
Kind = Literal["answer", "clarify", "refusal", "emergency", "crisis", "booking", "handoff", "smalltalk", "fallback"]
Asked = Literal["name", "contact", "time", "reason", "confirm"]
State = Literal["pending", "answered", "failed"]


@dataclass(frozen=True)
class Source:
    """A passage of the source document that grounds an answer, with the words quoted from it."""

    passage: str
    quote: str


@dataclass(frozen=True)
class Button:
    """A suggestion that the visitor sends back as its value; the topic says what it stands for."""

    title: str
    value: str
    topic: str | None = None


@dataclass(frozen=True)
class BookingStatus:
    """How far a booking is; one that was left half-way has no reference."""

    status: Literal["requested", "confirmed", "cancelled", "aborted"]
    reference: str | None = None


@dataclass(frozen=True)
class Alternative:
    """Another topic that the visitor may have meant; confidence from 0 to 1."""

    topic: str
    confidence: float


@dataclass(frozen=True)
class Entity:
    """Something named in the visitor's text, and where: character offsets, the end excluded."""

    name: str
    value: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Understanding:
    """What the assistant made of a visitor's message.

    ``label`` is what the classifier said, ``topic`` what the visitor was taken to mean, ``confidence`` from 0 to 1,
    ``action`` what the dialogue did next.
    """

    label: str | None = None
    topic: str | None = None
    confidence: float | None = None
    alternatives: tuple[Alternative, ...] = ()
    entities: tuple[Entity, ...] = ()
    action: str | None = None


@dataclass(frozen=True)
class Clarified:
    """What an earlier message meant, as the visitor said when asked; no topic: none of those that were offered."""

    message_id: str
    topic: str | None


@dataclass(frozen=True)
class Staff:
    """Who of the staff writes, as visitors see them: a name, and a role in words ("nurse") if one is given."""

    name: str
    role: str | None = None


@dataclass(frozen=True)
class Charge:
    """Who answers a conversation in the assistant's place, by the account of staff, and since when."""

    account_id: str
    staff: Staff
    taken_at: datetime


@dataclass(frozen=True)
class Reply:
    """A message to the visitor before it is written down."""

    text: str
    author: Replier = "assistant"
    kind: Kind | None = None
    topic: str | None = None
    sources: tuple[Source, ...] = ()
    buttons: tuple[Button, ...] = ()
    asks: Asked | None = None
    booking: BookingStatus | None = None


@dataclass(frozen=True)
class RaisedAlarm:
    """An alarm to be written down: its level and family, the language, and the names of what found it."""

    level: Literal["urgent", "emergency", "crisis"]
    family: str
    language: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Alarm:
    """An alarm of the log. ``settled_how``: what the visitor said, "replaced", or "urgent", which never stays."""

    id: str
    conversation_id: str
    message_id: str
    level: Literal["urgent", "emergency", "crisis"]
    family: str
    language: str
    names: tuple[str, ...]
    raised_at: datetime
    settled_at: datetime | None
    settled_how: str | None
    seen_at: datetime | None


@dataclass(frozen=True)
class AtOnce:
    """An answer written with the message itself: its replies, the alarm that it raises, how the open one ends.

    ``always``: it is said even while somebody of the staff answers, as an alarm is. ``goes_on``: the message is for the
    assistant too. If it is not and an alarm ends, what was asked before the alarm is asked again.
    """

    replies: tuple[Reply, ...]
    raised: RaisedAlarm | None = None
    settled_how: str | None = None
    always: bool = False
    goes_on: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message of the log. ``state`` and what follows it are of a visitor's message only; ``took_ms`` milliseconds.

    ``staff``: who wrote it, where the author is staff.
    """

    id: str
    conversation_id: str
    seq: int
    author: Author
    text: str
    created_at: datetime
    kind: Kind | None
    topic: str | None
    sources: tuple[Source, ...]
    buttons: tuple[Button, ...]
    asks: Asked | None
    booking: BookingStatus | None
    in_reply_to: str | None
    state: State | None
    client_message_id: str | None
    attempts: int
    understanding: Understanding | None
    model: str | None
    took_ms: int | None
    staff: Staff | None = None


@dataclass(frozen=True)
class Received:
    """A visitor's message as it is in the log; not new if it had been received before."""

    message: Message
    is_new: bool

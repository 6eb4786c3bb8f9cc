"""The shapes of the chat API (docs/chat-api.md)."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, validator

from bot.conversations.records import Asked, Author, Kind

if TYPE_CHECKING:
    from bot.conversations.records import Message

_MAX_COMMENT = 2_000


def storable(text: str) -> str:
    """Return the text without what no database stores: NUL, and halves of UTF-16 pairs, which become "?"."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class _Described(BaseModel):
    class Config:  # pydantic's own place for options
        @staticmethod
        def schema_extra(schema: dict[str, Any], model: type[BaseModel]) -> None:
            """Say which fields may be null, as OpenAPI 3.1 does; pydantic 1 leaves it out."""
            for name, field in model.__fields__.items():
                if field.allow_none:
                    schema["properties"][name] = {"anyOf": [schema["properties"][name], {"type": "null"}]}


class NewMessage(_Described):
    """What a visitor sends."""

    text: str = Field(..., description="The visitor's words, or a button's value", example="How long does RFA last?")
    client_message_id: str = Field(
        ...,
        description="Chosen by the client, one a message; sent again, the message still happens once",
        regex=r"^[\x21-\x7e]{1,100}$",
        example="5f0c7d3e-6f0b-4d59-8f0c-3a3c1f0e9b11",
    )

    @validator("text")
    def _storable(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        return storable(value)


class Feedback(_Described):
    """What a visitor thinks of a reply."""

    helpful: bool = Field(..., description="Thumbs up or down")
    comment: str | None = Field(None, max_length=_MAX_COMMENT, description="A word on it")

    @validator("comment")
    def _storable(cls, value: str | None) -> str | None:  # noqa: N805 - pydantic passes the class
        return storable(value) if value else None


class SourceOut(_Described):
    """A passage of the source document."""

    passage: str = Field(..., example="rfa.2")
    quote: str = Field(..., description="The document's words", example="Residual or recurrent disc herniation")


class ButtonOut(_Described):
    """A suggestion; the client sends ``value`` back as text."""

    title: str
    value: str
    topic: str | None


class BookingOut(_Described):
    """How far a booking is."""

    reference: str | None
    status: str = Field(..., description="requested, confirmed, cancelled or aborted")


class StaffOut(_Described):
    """Who of the staff writes."""

    name: str
    role: str | None = Field(..., description="In words, as nurse")

    @classmethod
    def of(cls, message: Message) -> StaffOut | None:
        """Return who wrote a message of the log; None unless somebody of the staff did."""
        return cls(name=message.staff.name, role=message.staff.role) if message.staff else None


class MessageOut(_Described):
    """One message of either side."""

    id: str
    seq: int = Field(..., description="Position in the conversation, from 1")
    author: Author
    text: str
    topic: str | None = Field(..., description="The topic that the assistant took the visitor to mean")
    kind: Kind | None
    sources: list[SourceOut]
    buttons: list[ButtonOut]
    asks: Asked | None = Field(..., description="The detail that a booking asks for with this message")
    booking: BookingOut | None
    staff: StaffOut | None = Field(None, description="Who wrote it; only where the author is staff")
    created_at: str = Field(..., description="UTC, RFC 3339", example="2026-11-22T06:50:07Z")

    def _iter(self, *args: Any, **options: Any) -> Generator[tuple[str, Any], None, None]:
        """Leave out who of the staff writes where nobody does: docs/chat-api.md has no such field."""
        yield from ((name, value) for name, value in super()._iter(*args, **options) if name != "staff" or value)

    @classmethod
    def of(cls, message: Message) -> MessageOut:
        """Return the public side of a message of the log."""
        booking = message.booking
        return cls(
            id=message.id,
            seq=message.seq,
            author=message.author,
            text=message.text,
            topic=message.topic,
            kind=message.kind,
            sources=[SourceOut(passage=source.passage, quote=source.quote) for source in message.sources],
            buttons=[ButtonOut(title=it.title, value=it.value, topic=it.topic) for it in message.buttons],
            asks=message.asks,
            booking=BookingOut(reference=booking.reference, status=booking.status) if booking else None,
            staff=StaffOut.of(message),
            created_at=_rfc3339(message.created_at),
        )


class Messages(BaseModel):
    """Messages in order."""

    messages: list[MessageOut]


class Opened(Messages):
    """A new conversation; the token opens it and is shown this once."""

    conversation_id: str
    token: str


class Problem(BaseModel):
    """An error, RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": why,
        "content": {"application/problem+json": {"schema": Problem.schema()}},
    }
    for status, why in {
        400: "Not a request that can be read",
        404: "No such conversation, or not with this token",
        413: "Too large",
        422: "Something in the request is wrong; `detail` says what",
        429: "Too many requests; `Retry-After` says how many seconds to wait",
    }.items()
}

"""Between rows and records."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, TypeVar

from bot.conversations.records import (
    Alternative,
    BookingStatus,
    Button,
    Entity,
    Message,
    Reply,
    Source,
    Staff,
    Understanding,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.conversations.models import MessageRow

Record = TypeVar("Record", Alternative, BookingStatus, Button, Entity, Source)


def to_message(row: MessageRow, staff: Staff | None = None) -> Message:
    """Return the record of a message's row. ``staff``: who wrote it, where the author is staff."""
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        author=row.author,
        text=row.text,
        created_at=row.created_at,
        kind=row.kind,
        topic=row.topic,
        sources=_records(Source, row.sources),
        buttons=_records(Button, row.buttons),
        asks=row.asks,
        booking=None if row.booking is None else _record(BookingStatus, row.booking),
        in_reply_to=row.in_reply_to,
        state=row.state,
        client_message_id=row.client_message_id,
        attempts=row.attempts,
        understanding=None if row.understanding is None else _understanding(row.understanding),
        model=row.model,
        took_ms=row.took_ms,
        staff=staff,
    )


def reply_columns(reply: Reply) -> dict[str, Any]:
    """Return the columns of a message's row that a reply fills."""
    return asdict(reply)


def reply_columns_of(row: MessageRow) -> dict[str, Any]:
    """Return the columns of a reply's row that say the same once more."""
    return {field.name: getattr(row, field.name) for field in fields(Reply)}


def understanding_column(understanding: Understanding | None) -> dict[str, Any] | None:
    """Return an understanding as the JSON of its column."""
    return None if understanding is None else asdict(understanding)


def _understanding(stored: Mapping[str, Any]) -> Understanding:
    return Understanding(
        label=stored.get("label"),
        topic=stored.get("topic"),
        confidence=stored.get("confidence"),
        alternatives=_records(Alternative, stored.get("alternatives", ())),
        entities=_records(Entity, stored.get("entities", ())),
        action=stored.get("action"),
    )


def _records(kind: type[Record], stored: Any) -> tuple[Record, ...]:
    return tuple(_record(kind, item) for item in stored)


def _record(kind: type[Record], stored: Mapping[str, Any]) -> Record:
    # While two versions run side by side, the newer one may have stored a field that this one does not know.
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in stored.items() if name in known})

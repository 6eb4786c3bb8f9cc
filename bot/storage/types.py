"""Column types that hold the same values on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class UtcDateTime(TypeDecorator):
    """A time with its zone: any zone goes in, UTC comes out. A naive one is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the time in UTC, for SQLite without the zone, which it cannot hold."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone; the log keeps times with theirs")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002 - interface
        """Return the stored time, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator):
    """Text that may come from anyone. NUL and half surrogate pairs become U+FFFD.

    A visitor can send both in JSON or in an address. PostgreSQL cannot store them, SQLite only the first, and neither
    may turn a message or a look-up into an error.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002 - interface
        """Return the text as both databases can store it."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """Return the text as ``Words`` stores it."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)

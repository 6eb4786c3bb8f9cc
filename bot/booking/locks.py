"""Doing one thing at a time where several transactions would get in each other's way."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Kind = Literal["key", "conversation", "schedule", "asker", "reference"]

# Locked in this order, and before any row, so that no two transactions wait for each other. The numbers are any that
# nobody else locks in this database.
_KINDS: Final[dict[Kind, int]] = {
    "key": 0x424F4F31,
    "conversation": 0x424F4F32,
    "schedule": 0x424F4F33,
    "asker": 0x424F4F34,
    "reference": 0x424F4F35,
}
_SIGN: Final = 2**31
_LOCK: Final = text("SELECT pg_advisory_xact_lock(:kind, :number)")


def alone(session: Session, kind: Kind, name: str) -> None:
    """Let others with the same name wait for the end of this transaction. On SQLite, whoever writes is alone anyway.

    With the exclusion constraint alone, many who want one time wait in circles, and PostgreSQL undoes one by one.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = zlib.crc32(name.encode("utf-8", "surrogatepass")) - _SIGN
        session.execute(_LOCK, {"kind": _KINDS[kind], "number": number})

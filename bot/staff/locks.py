"""Doing one thing at a time where several transactions would get in each other's way."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Kind = Literal["failures", "account", "audit"]

# Locked in this order, so that no two transactions wait for each other. The numbers are any that nobody else locks.
_KINDS: Final[dict[Kind, int]] = {"failures": 0x53544631, "account": 0x53544632, "audit": 0x53544633}
_SIGN: Final = 2**31
_LOCK: Final = text("SELECT pg_advisory_xact_lock(:kind, :number)")


def alone(session: Session, kind: Kind, name: str) -> None:
    """Let others with the same name wait for the end of this transaction. On SQLite, whoever writes is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        number = zlib.crc32(name.encode("utf-8", "surrogatepass")) - _SIGN
        session.execute(_LOCK, {"kind": _KINDS[kind], "number": number})

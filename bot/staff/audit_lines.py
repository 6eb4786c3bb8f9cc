"""Lines of the audit log: what is to be written, what was written, and the hash over it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bot.staff.models import AuditRow

_HEAD: Final = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True)
class Entry:
    """A line to be written.

    ``actor``: "staff:NAME", "visitor", "operator:NAME" (who uses the command line) or "system". ``action``: what was
    done, as "conversation.view". ``subject``: what it was done to, as "conversation:ID". ``details``: JSON of ids,
    counts and filters, never words, names or numbers of a patient: the line outlives an erasure. ``address``: where
    the request came from.
    """

    actor: str
    action: str
    subject: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True)
class Recorded:
    """A line of the log. ``seq`` counts from 1."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    address: str
    details: Mapping[str, Any]
    hash: str


@dataclass(frozen=True)
class Head:
    """The number and hash of the last line; written as NUMBER:HASH."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Return the head that a text writes. Raises ValueError for any other text."""
        match = _HEAD.fullmatch(text.strip())
        if match is None:
            raise ValueError("a head is a number, a colon and 64 hexadecimal digits, as 'audit verify' prints it")
        return cls(int(match[1]), match[2])


@dataclass(frozen=True)
class Broken:
    """The number of the first line that is broken, and why."""

    seq: int
    why: str


@dataclass(frozen=True)
class Verified:
    """What a verification found: how many lines are right, the last of them, and what comes after it, if broken."""

    entries: int
    head: Head | None
    broken: Broken | None


def canonical_details(details: Mapping[str, Any]) -> str:
    """Return details as canonical JSON: keys in order, no blanks, ASCII. Raises ValueError for NaN, TypeError else."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def line_hash(row: AuditRow) -> str:
    """Return the SHA-256 over a row's canonical JSON, in hexadecimal digits. ``details`` counts as it is stored."""
    line = {
        "seq": row.seq,
        "at": row.at.isoformat(timespec="microseconds"),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "address": row.address,
        "details": row.details,
        "previous": row.previous,
    }
    return hashlib.sha256(canonical_details(line).encode("ascii")).hexdigest()


def to_recorded(row: AuditRow) -> Recorded:
    """Return the record of a row. Details that are no JSON any more, since somebody changed them, come as text."""
    try:
        details = json.loads(row.details)
    except ValueError:
        details = {"unreadable": row.details}
    return Recorded(row.seq, row.at, row.actor, row.action, row.subject, row.address, details, row.hash)

"""What was found, to take away: as CSV that a spreadsheet takes for text, and as JSON. Always redacted."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.console.overview import Spoken
    from bot.console.search import Found

COLUMNS: Final = (
    "conversation",
    "channel",
    "language",
    "number",
    "author",
    "staff",
    "said_at",
    "text",
    "kind",
    "topic",
    "confidence",
    "sources",
)
# With one of these at its beginning, a cell is a formula to a spreadsheet; so is one behind blanks or quotes.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
_BEFORE: Final = " \"'\u00a0\u200b\ufeff"


def records(found: Iterable[tuple[Found, Spoken]]) -> Iterable[dict[str, Any]]:
    """Yield each message of the conversations as a record with the keys COLUMNS."""
    for conversation, spoken in found:
        for message in spoken.messages:
            understanding = message.understanding
            yield {
                "conversation": conversation.id,
                "channel": conversation.channel,
                "language": conversation.language,
                "number": message.seq,
                "author": message.author,
                "staff": message.staff.name if message.staff else None,
                "said_at": message.created_at.isoformat(timespec="seconds"),
                "text": spoken.redacted(message.text),
                "kind": message.kind,
                "topic": message.topic or (understanding.topic if understanding else None),
                "confidence": understanding.confidence if understanding else None,
                "sources": " ".join(source.passage for source in message.sources),
            }


def as_csv(found: Iterable[tuple[Found, Spoken]]) -> str:
    """Return the records as CSV (RFC 4180) with a line of names; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for record in records(found):
        writer.writerow([harmless(record[name]) for name in COLUMNS])
    return out.getvalue()


def as_json(found: Iterable[tuple[Found, Spoken]]) -> str:
    """Return the records as a JSON list."""
    return json.dumps(list(records(found)), ensure_ascii=False, indent=1)


def harmless(value: Any) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula: with an apostrophe before what could be one."""
    cell = "" if value is None else str(value)
    risky = cell.lstrip(_BEFORE).startswith(_FORMULA)
    return f"'{cell.replace(chr(13), ' ')}" if risky else cell

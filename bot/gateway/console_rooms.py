"""What the pages of the staff console work with, made once at the gateway's start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.booking.blocks import Blocks
from bot.console.blocking import Blocking
from bot.console.notes import Notes
from bot.console.overview import Overview
from bot.console.queues import QueueDesk
from bot.console.search import Search
from bot.console.takeover import TakeOver
from bot.console.transcript import Transcripts
from bot.gateway.text_answers import put_answer
from bot.sms import deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.booking.book import Book
    from bot.booking.hours import Availability
    from bot.conversations.records import Message
    from bot.settings import Settings
    from bot.storage.engine import Database


@dataclass(frozen=True)
class ConsoleRooms:
    """The parts of a running gateway behind the pages of the console. ``zone``: whose clock they show."""

    hours: Availability | None
    zone: ZoneInfo
    search: Search
    overview: Overview
    queues: QueueDesk
    takeover: TakeOver
    notes: Notes
    transcripts: Transcripts
    blocks: Blocks
    blocking: Blocking


def furnish_console(settings: Settings, database: Database, book: Book, hours: Availability | None) -> ConsoleRooms:
    """Return the parts for these settings; nothing is connected yet."""
    zone = hours.zone if hours else ZoneInfo("UTC")

    def by_text(session: Session, conversation_id: str, messages: Sequence[Message], now: datetime) -> None:
        asked = deliveries.last_text(session, conversation_id) if settings.has_sms else None
        if asked is not None:
            put_answer(session, settings, asked, messages, now)

    return ConsoleRooms(
        hours=hours,
        zone=zone,
        search=Search(database, zone),
        overview=Overview(database, book),
        queues=QueueDesk(database, book),
        takeover=TakeOver(database, hours, by_text),
        notes=Notes(database),
        transcripts=Transcripts(database, book),
        blocks=Blocks(database),
        blocking=Blocking(database),
    )

"""What the pages of the staff console work with, made once at the gateway's start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.booking.blocks import Blocks
from bot.console.appointments import AppointmentDesk
from bot.console.blocking import Blocking
from bot.console.booking_queue import BookingQueue
from bot.console.clinic_hours import ClinicHours
from bot.console.notes import Notes
from bot.console.overview import Overview
from bot.console.queues import QueueDesk
from bot.console.search import Search
from bot.console.takeover import TakeOver
from bot.console.transcript import Transcripts
from bot.gateway.text_answers import put_message
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
    """The parts of a running gateway behind the pages of the console. ``zone``: whose clock they show.

    ``hours``: those of BOOKING_FILE, for the names and lengths that staff do not change; ``clinic_hours``: as they are.
    """

    hours: Availability | None
    clinic_hours: ClinicHours
    zone: ZoneInfo
    search: Search
    overview: Overview
    queues: QueueDesk
    booking_queue: BookingQueue
    appointments: AppointmentDesk
    takeover: TakeOver
    notes: Notes
    transcripts: Transcripts
    blocks: Blocks
    blocking: Blocking


def furnish_console(settings: Settings, database: Database, book: Book, hours: Availability | None) -> ConsoleRooms:
    """Return the parts for these settings; nothing is connected yet."""
    zone = hours.zone if hours else ZoneInfo("UTC")

    def to_left_phones(session: Session, conversation_id: str, messages: Sequence[Message], now: datetime) -> None:
        # Telephones that are in the conversation get what is written there in any case.
        for phone in deliveries.moved_on(session, conversation_id) if settings.has_sms else ():
            for message in messages:
                put_message(session, settings, phone, message, now)

    return ConsoleRooms(
        hours=hours,
        clinic_hours=ClinicHours(database, hours, book),
        zone=zone,
        search=Search(database, zone),
        overview=Overview(database, book),
        queues=QueueDesk(database),
        booking_queue=BookingQueue(database),
        appointments=AppointmentDesk(book, to_left_phones),
        takeover=TakeOver(database, hours, to_left_phones),
        notes=Notes(database),
        transcripts=Transcripts(database, book),
        blocks=Blocks(database),
        blocking=Blocking(database),
    )

"""What the gateway works with, made once at its start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.booking.book import Book
from bot.booking.hours import load_availability
from bot.conversations.log import ConversationLog
from bot.gateway.assistant_client import AssistantClient
from bot.gateway.bells import Bells
from bot.gateway.console_rooms import ConsoleRooms, furnish_console
from bot.gateway.inbound import Inbound
from bot.gateway.limits import Limits
from bot.gateway.notifying import Notifying
from bot.gateway.sms import Sms, furnish_sms
from bot.gateway.staff_rooms import StaffRooms, furnish_staff
from bot.gateway.text_yes import TextYes
from bot.gateway.triage_loader import TriageLoader
from bot.gateway.turns import Turns
from bot.notices import delivery
from bot.notices.outbox import Outbox
from bot.sms.phone_book import PhoneBook
from bot.storage.encryption import cipher_of
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from bot.conversations.records import Channel, Message
    from bot.settings import Settings


@dataclass(frozen=True)
class Rooms:
    """The parts of a running gateway."""

    settings: Settings
    database: Database
    log: ConversationLog
    assistant: AssistantClient
    limits: Limits
    bells: Bells
    turns: Turns
    inbound: Inbound
    notifying: Notifying
    book: Book
    staff: StaffRooms
    console: ConsoleRooms
    sms: Sms | None


def furnish(settings: Settings) -> Rooms:
    """Return the parts for these settings; nothing is connected yet.

    Raises ConfigurationError if the file of the clinic's hours or a key of contact data is wrong.
    """
    database = Database(make_engine(settings.database))
    log = ConversationLog(database, notify=delivery.ways(settings))
    assistant = AssistantClient(settings)
    bells = Bells()
    limits = Limits(settings)
    triage = TriageLoader(settings)
    cipher = cipher_of(settings)
    hours = load_availability(settings.booking_file) if settings.booking_file else None
    book = Book(database, hours, cipher=cipher)
    came_by_text = PhoneBook(database, cipher).came_by_text if settings.has_sms else None

    def channel_of(message: Message) -> Channel:
        is_text = came_by_text and came_by_text(message.conversation_id, message.client_message_id)
        return "sms" if is_text else "web"

    console = furnish_console(settings, database, book, hours)
    own_reply = TextYes(database).reply_to
    turns = Turns(log, assistant, bells, settings, channel_of, console.takeover.closed, own_reply)
    inbound = Inbound(log, turns, limits, bells, triage, settings, console.takeover.note_closed)
    return Rooms(
        settings=settings,
        database=database,
        log=log,
        assistant=assistant,
        limits=limits,
        bells=bells,
        turns=turns,
        inbound=inbound,
        notifying=Notifying(Outbox(database, cipher=cipher), settings),
        book=book,
        staff=furnish_staff(settings, database, cipher, log, book, assistant, console.search.tidy),
        console=console,
        sms=furnish_sms(
            settings,
            database,
            log,
            turns,
            limits,
            bells,
            triage,
            look=inbound.look,
            zone=hours.zone if hours else None,
            ways=delivery.ways(settings),
        ),
    )

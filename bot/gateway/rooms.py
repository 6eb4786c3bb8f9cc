"""What the gateway works with, made once at its start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.conversations.log import ConversationLog
from bot.gateway.assistant_client import AssistantClient
from bot.gateway.bells import Bells
from bot.gateway.inbound import Inbound
from bot.gateway.limits import Limits
from bot.gateway.notifying import Notifying
from bot.gateway.triage_loader import TriageLoader
from bot.gateway.turns import Turns
from bot.notices import delivery
from bot.notices.outbox import Outbox
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
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


def furnish(settings: Settings) -> Rooms:
    """Return the parts for these settings; nothing is connected yet."""
    database = Database(make_engine(settings.database))
    log = ConversationLog(database, notify=delivery.ways(settings))
    assistant = AssistantClient(settings)
    bells = Bells()
    limits = Limits(settings)
    turns = Turns(log, assistant, bells, settings)
    return Rooms(
        settings=settings,
        database=database,
        log=log,
        assistant=assistant,
        limits=limits,
        bells=bells,
        turns=turns,
        inbound=Inbound(log, turns, limits, bells, TriageLoader(settings), settings),
        notifying=Notifying(Outbox(database), settings),
    )

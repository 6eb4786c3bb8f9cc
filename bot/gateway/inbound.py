"""Takes in visitors' messages: triage first, then the log. An alarm is answered at once, whatever is down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from ulid import ULID

from bot.conversations.clock import utc_now
from bot.conversations.errors import NotFound
from bot.conversations.records import AtOnce, Message, Reply
from bot.conversations.spool import Spool, Spooled, SpoolFull
from bot.conversations.tokens import token_hash
from bot.errors import ConfigurationError
from bot.gateway import texts
from bot.gateway.metrics import ALARMS, SPOOLED, TRIAGE_SECONDS
from bot.gateway.safety_replies import at_once, triage_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.conversations.log import ConversationLog
    from bot.conversations.records import Alarm, Received
    from bot.gateway.bells import Bells
    from bot.gateway.limits import Limits
    from bot.gateway.triage_loader import TriageLoader
    from bot.gateway.turns import Turns
    from bot.safety.verdicts import Verdict
    from bot.settings import Settings

_log = logging.getLogger(__name__)

DATABASE_GONE: Final = (ConfigurationError, SQLAlchemyError)
_ALARM_WAITS: Final = 0.6  # seconds that a safety reply waits for the database
_TAKE_IN_SECONDS: Final = 1.0


class Inbound:
    """The way in; one instance a gateway process."""

    def __init__(  # noqa: PLR0917 - the parts that it joins
        self,
        log: ConversationLog,
        turns: Turns,
        limits: Limits,
        bells: Bells,
        triage: TriageLoader,
        settings: Settings,
    ) -> None:
        self._log = log
        self._turns = turns
        self._limits = limits
        self._bells = bells
        self._triage = triage
        self._settings = settings
        self._spool = Spool(settings.spool_folder)

    async def take(self, conversation_id: str, token: str, text: str, client_message_id: str) -> list[Message]:
        """Return the replies to a message.

        Raises NotFound if the token does not open the conversation, HTTPException 429 if there were too many messages;
        an alarm is answered all the same. Without the database the message is kept in the spool, and taken in later.
        """
        verdict = await run_in_threadpool(self._look, text)
        spooled = Spooled(conversation_id, token_hash(token), text, client_message_id)
        if not verdict.is_alarm:
            with contextlib.suppress(*DATABASE_GONE):  # told and dealt with where the message is stored
                await run_in_threadpool(self._check, spooled)
            await self._limits.count_message(conversation_id)
        storing = asyncio.ensure_future(run_in_threadpool(self._store, spooled, verdict))
        try:
            # Not cancelled where it is late: what is stored twice, is stored once by its client's id.
            received = await asyncio.wait_for(asyncio.shield(storing), _ALARM_WAITS if verdict.is_alarm else None)
        except (TimeoutError, *DATABASE_GONE) as error:
            storing.add_done_callback(_forget)
            return await run_in_threadpool(self._keep, spooled, verdict, error)
        if received.is_new:
            self._bells.ring(conversation_id)
        return await self._turns.replies(received.message)

    async def take_in(self) -> None:
        """Load triage, then take in what waits in the spool, for ever: whenever the database is back."""
        await run_in_threadpool(self._triage)
        while True:
            await asyncio.sleep(_TAKE_IN_SECONDS)
            try:
                for conversation_id in await run_in_threadpool(self._empty_spool):
                    self._bells.ring(conversation_id)
            except DATABASE_GONE:
                pass  # next time
            except Exception:  # noqa: BLE001 - it must outlive any fault, or messages would wait for ever
                _log.exception("taking in the spool failed; it goes on")

    def _look(self, text: str) -> Verdict:
        started = time.perf_counter()
        verdict = self._triage().look(text)
        TRIAGE_SECONDS.observe(time.perf_counter() - started)
        if verdict.level != "none":
            ALARMS.labels(level=verdict.level, family=verdict.family).inc()
        return verdict

    def _check(self, message: Spooled) -> None:
        if not self._log.owns_hash(message.conversation_id, message.token_hash):
            raise NotFound("There is no such conversation, or the token is not its own.")

    def _store(self, message: Spooled, verdict: Verdict) -> Received:
        self._check(message)
        return self._log.receive(
            message.conversation_id,
            message.text,
            message.client_message_id,
            triage=triage_record(verdict),
            decide=lambda alarms: self._decide(message.text, verdict, alarms),
        )

    def _decide(self, text: str, verdict: Verdict, alarms: Sequence[Alarm]) -> AtOnce | None:
        return at_once(
            verdict,
            lambda: self._triage().afterwards.said(text),
            alarms,
            phone=self._settings.clinic_phone,
            channel="web",
        )

    def _keep(self, message: Spooled, verdict: Verdict, error: BaseException) -> list[Message]:
        """Keep a message in the spool, and return the replies that need no database."""
        _log.error("a message goes to the spool %s: %s", self._settings.spool_folder, error or "the database is late")
        answer = self._decide(message.text, verdict, ())
        try:
            self._spool.keep(message)
            SPOOLED.inc()
        except (OSError, SpoolFull) as full:
            _log.error("a message is lost, for it cannot be kept: %s", full)
            if answer is None:
                raise ConfigurationError(str(full)) from full
        replies = answer.replies if answer else (texts.one_moment(self._settings),)
        return [_unstored(message.conversation_id, reply) for reply in replies]

    def _empty_spool(self) -> list[str]:
        taken_in = []
        for file, message in self._spool.waiting():
            try:
                self._store(message, self._triage().look(message.text))
                taken_in.append(message.conversation_id)
            except NotFound:
                _log.warning("a message of the spool is for no conversation, or not by its visitor; it is dropped")
            self._spool.done(file)
        return taken_in


def _forget(storing: asyncio.Future[Any]) -> None:
    if not storing.cancelled():
        storing.exception()  # asked for, so that asyncio does not report it a second time


def _unstored(conversation_id: str, reply: Reply) -> Message:
    """Return a reply that stands in no log (yet) as a message; it has no number."""
    return Message(
        id=str(ULID()),
        conversation_id=conversation_id,
        seq=0,
        author=reply.author,
        text=reply.text,
        created_at=utc_now(),
        kind=reply.kind,
        topic=reply.topic,
        sources=reply.sources,
        buttons=reply.buttons,
        asks=reply.asks,
        booking=reply.booking,
        in_reply_to=None,
        state=None,
        client_message_id=None,
        attempts=0,
        understanding=None,
        model=None,
        took_ms=None,
    )

"""Takes in visitors' messages: triage first, then the log. An alarm is answered at once, whatever is down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

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
    from collections.abc import Callable, Sequence

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
_ALARM_WAITS: Final = 0.5  # seconds that a safety reply waits for the database
_OTHERS_WAIT: Final = 5.0  # seconds that any other reply waits for it
_TAKE_IN_SECONDS: Final = 1.0
# A database that hangs holds every thread that waits for it. Those that answer alarms must not be among them.
_AT_HAND: Final = 8
_WAITING: Final = 20

Result = TypeVar("Result")


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
        with_a_person: Callable[[str], object] = lambda _: None,
    ) -> None:
        """``with_a_person`` is told of a conversation in which a message came that is not for the assistant."""
        self._with_a_person = with_a_person
        self._log = log
        self._turns = turns
        self._limits = limits
        self._bells = bells
        self._triage = triage
        self._settings = settings
        self._spool = Spool(settings.spool_folder)
        self._at_hand = ThreadPoolExecutor(_AT_HAND, "at-hand")
        self._waiting = ThreadPoolExecutor(_WAITING, "waits-for-database")
        # Conversations with messages in the spool, which come before whatever is said next.
        self._behind = {message.conversation_id for _, message in self._spool.waiting()}

    async def take(
        self, conversation_id: str, token: str, text: str, client_message_id: str, *, client: str
    ) -> list[Message]:
        """Return the replies to a message of the client at an address.

        Raises NotFound if the token does not open the conversation, HTTPException 429 if there were too many messages;
        an alarm is answered all the same. Without the database the message is kept in the spool, and taken in later.
        """
        loop = asyncio.get_running_loop()
        verdict = await loop.run_in_executor(self._at_hand, self.look, text)
        message = Spooled(conversation_id, token_hash(token), text, client_message_id)
        ends = loop.time() + (_ALARM_WAITS if verdict.is_alarm else _OTHERS_WAIT)
        if not verdict.is_alarm:
            with contextlib.suppress(TimeoutError, *DATABASE_GONE):  # dealt with where the message is stored
                await self._until(ends, lambda: self._check(message))
            await self._limits.count_client(client)
            await self._limits.count_message(conversation_id)
        late = threading.Event()
        try:
            received, replies = await self._until(ends, lambda: self._store(message, verdict, late))
        except (TimeoutError, *DATABASE_GONE) as error:
            late.set()
            return await loop.run_in_executor(self._at_hand, self._keep, message, verdict, error)
        if received.is_new:
            self._bells.ring(conversation_id)
        if replies and not (received.is_new and received.message.state == "pending"):
            return replies
        return await self._answered(received, told=len(replies))

    async def _answered(self, received: Received, told: int) -> list[Message]:
        """Return the replies to a message that is written down; "one moment" if the database goes or hangs meanwhile.

        ``told``: how many there are that do not answer it all.
        """
        message = received.message
        try:
            if received.is_new and message.state != "pending":
                ends = asyncio.get_running_loop().time() + _OTHERS_WAIT
                await self._until(ends, lambda: self._with_a_person(message.conversation_id))
            return await self._turns.replies(message, told=told)
        except (TimeoutError, *DATABASE_GONE) as error:
            _log.error("a message that is written down is answered later: %s", str(error) or "the database is late")
            return [_unstored(message.conversation_id, texts.one_moment(self._settings))]

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

    async def _until(self, ends: float, work: Callable[[], Result]) -> Result:
        """Return what work with the database returns. Raises TimeoutError if it is late; what has begun goes on."""
        async with asyncio.timeout_at(ends):
            return await asyncio.get_running_loop().run_in_executor(self._waiting, work)

    def look(self, text: str) -> Verdict:
        """Return what triage finds in a text, and count it."""
        started = time.perf_counter()
        verdict = self._triage().look(text)
        TRIAGE_SECONDS.observe(time.perf_counter() - started)
        if verdict.level != "none":
            ALARMS.labels(level=verdict.level, family=verdict.family).inc()
        return verdict

    def _check(self, message: Spooled) -> None:
        if not self._log.owns_hash(message.conversation_id, message.token_hash):
            raise NotFound("There is no such conversation, or the token is not its own.")

    def _store(self, message: Spooled, verdict: Verdict, late: threading.Event) -> tuple[Received, list[Message]]:
        """Write a message down after those of its conversation that wait; return its replies, if it has any, too."""
        if message.conversation_id in self._behind:
            self._catch_up(message.conversation_id)
        self._check(message)
        if late.is_set():  # it is in the spool by now, and is taken in from there, in order
            raise TimeoutError
        received = self._write(message, verdict)
        return received, self._log.replies_to(received.message.id)

    def _write(self, message: Spooled, verdict: Verdict) -> Received:
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
            asks="?" in text,
        )

    def _keep(self, message: Spooled, verdict: Verdict, error: BaseException) -> list[Message]:
        """Keep a message in the spool, and return the replies that need no database."""
        _log.error(
            "a message goes to the spool %s: %s", self._settings.spool_folder, str(error) or "the database is late"
        )
        answer = self._decide(message.text, verdict, ())
        self._behind.add(message.conversation_id)
        try:
            self._spool.keep(message)
            SPOOLED.inc()
        except (OSError, SpoolFull) as full:
            _log.error("a message is lost, for it cannot be kept: %s", full)
            if answer is None:
                raise ConfigurationError(str(full)) from full
        replies = answer.replies if answer else (texts.one_moment(self._settings),)
        return [_unstored(message.conversation_id, reply) for reply in replies]

    def _catch_up(self, conversation_id: str) -> None:
        self._behind.discard(conversation_id)  # first, since it may fall behind again meanwhile
        try:
            self._empty_spool(conversation_id)
        except BaseException:
            self._behind.add(conversation_id)
            raise

    def _empty_spool(self, only: str | None = None) -> list[str]:
        """Take in the messages of the spool, or those of one conversation; return whose they are."""
        taken_in = []
        for file, message in self._spool.waiting():
            if only not in {None, message.conversation_id}:
                continue
            try:
                self._check(message)
                self._write(message, self._triage().look(message.text))
                taken_in.append(message.conversation_id)
            except NotFound:
                _log.warning("a message of the spool is for no conversation, or not by its visitor; it is dropped")
            self._spool.done(file)
        return taken_in


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

"""Has each visitor's message answered: once, in order within a conversation, also with several gateways.

A conversation is worked on by whoever holds its lease in the database. What cannot be answered now stays pending,
and the sweep takes it up again; so a message outlives the assistant, this process, and a crash of either.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from ulid import ULID

from bot.conversations.errors import LeaseLost, NotFound
from bot.gateway import texts
from bot.gateway.assistant_client import AssistantFailed, AssistantUnavailable
from bot.gateway.faults import Faults
from bot.gateway.metrics import PENDING, TURN_SECONDS, TURNS
from bot.gateway.reading import read_clarified, read_replies, read_understanding
from bot.gateway.safety_replies import at_once, by_assistant
from bot.nlu.language import language_of
from bot.safety.afterwards import STAYS
from bot.safety.verdicts import NEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.conversations.log import ConversationLog
    from bot.conversations.records import Channel, Clarified, Message, RaisedAlarm, Reply, Understanding
    from bot.gateway.assistant_client import AssistantClient
    from bot.gateway.bells import Bells
    from bot.settings import Settings

_log = logging.getLogger(__name__)

ATTEMPTS: Final = 3
_SWEEP_SECONDS: Final = 1.0
_SWEEP_AT_MOST: Final = 100
_LOOK_AGAIN_SECONDS: Final = 0.25  # another gateway may have answered: it rings no bell here
_LEASE_MARGIN_SECONDS: Final = 10.0
_DATABASE_SECONDS: Final = 5.0  # that a visitor's request waits for the database, each time that it looks
_AT_ONCE: Final = 8
_A_PERSON: Final = "talk_to_human"

Result = TypeVar("Result")
Given = ParamSpec("Given")


class Turns:
    """Works off pending messages; one instance a gateway process."""

    def __init__(  # noqa: PLR0917 - the parts that it joins
        self,
        log: ConversationLog,
        assistant: AssistantClient,
        bells: Bells,
        settings: Settings,
        channel_of: Callable[[Message], Channel] = lambda _: "web",
        closed: Callable[[], Reply | None] = lambda: None,
        own_reply: Callable[[Message, Channel], Reply | None] = lambda _message, _channel: None,
    ) -> None:
        """``channel_of`` tells how a message came; it may look into the database.

        ``closed``: what is added for a visitor who asks for a person out of hours, None within them; so may it.
        ``own_reply``: what is answered to a message without the assistant, if anything; it may look into the database.
        """
        self._log = log
        self._assistant = assistant
        self._bells = bells
        self._settings = settings
        self._channel_of = channel_of
        self._closed = closed
        self._own_reply = own_reply
        self._owner = str(ULID())
        self._wanted: set[str] = set()
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def replies(self, message: Message, told: int = 0) -> list[Message]:
        """Return the replies to a received message; "one moment" if the answer must wait.

        ``told``: how many there are that came before the assistant's. There are none while somebody of the staff
        answers. Raises NotFound if the conversation is erased meanwhile, TimeoutError if the database hangs.
        """
        deadline = time.monotonic() + self._settings.reply_wait
        while len(found := await _in_time(self._log.replies_to, message.id)) <= told:
            if not await _in_time(self._log.waits, message.id):
                return await self._without_the_assistant(message)
            if not self._assistant.ready or time.monotonic() >= deadline:
                return found or await _in_time(self._log.acknowledge_once, message.id, texts.one_moment(self._settings))
            self._work_on(message.conversation_id)
            await self._bells.wait(message.conversation_id, _LOOK_AGAIN_SECONDS)
            if not await _in_time(self._log.exists, message.conversation_id):
                raise NotFound("The conversation has been erased.")
        return found

    async def _without_the_assistant(self, message: Message) -> list[Message]:
        if not await _in_time(self._log.exists, message.conversation_id):
            raise NotFound("The conversation has been erased.")
        return await _in_time(self._log.replies_to, message.id)

    def begin(self, conversation_id: str) -> bool:
        """Have a conversation's messages answered, without waiting; tell whether the assistant is there to do so."""
        if self._assistant.ready:
            self._work_on(conversation_id)
        return self._assistant.ready

    @property
    def has_assistant(self) -> bool:
        """Whether the assistant was there when it was last asked."""
        return self._assistant.ready

    async def sweep(self) -> None:
        """Take up what waits, for ever: after a start, an outage, or the crash of another gateway."""
        faults = Faults(_log, "the sweep")
        while True:
            try:
                if await self._assistant.probe():
                    waiting = await run_in_threadpool(self._log.waiting_conversations, _SWEEP_AT_MOST)
                    PENDING.set(len(waiting))
                    for conversation_id in waiting:
                        self._work_on(conversation_id)
                faults.succeeded()
            except Exception as error:  # noqa: BLE001 - the sweep must outlive any fault, or messages would wait for ever
                faults.failed(error)
            await asyncio.sleep(_SWEEP_SECONDS)

    async def stop(self) -> None:
        """Let the turns under way end; what is pending stays in the log."""
        await asyncio.gather(*self._workers.values(), return_exceptions=True)

    def _work_on(self, conversation_id: str) -> None:
        self._wanted.add(conversation_id)
        if conversation_id not in self._workers:
            self._workers[conversation_id] = asyncio.create_task(self._work(conversation_id))

    async def _work(self, conversation_id: str) -> None:
        try:
            while conversation_id in self._wanted:
                self._wanted.discard(conversation_id)
                async with self._places:
                    await self._drain(conversation_id)
        except LeaseLost:
            _log.warning("another gateway has taken over a conversation")
        except NotFound:
            await self._forget(conversation_id)
        except Exception:  # noqa: BLE001 - the fault is logged, and the sweep tries again
            _log.exception("a turn failed; its message stays pending")
        finally:
            del self._workers[conversation_id]

    async def _forget(self, conversation_id: str) -> None:
        """Erase what the assistant has learnt in a turn that ended after the conversation was erased."""
        try:
            await self._assistant.forget(conversation_id)
        except AssistantUnavailable:
            _log.warning("the assistant may still remember the last turn of an erased conversation")

    async def _drain(self, conversation_id: str) -> None:
        lease = self._settings.assistant_timeout + _LEASE_MARGIN_SECONDS
        try:
            while await run_in_threadpool(self._log.claim, conversation_id, self._owner, lease):
                message = await run_in_threadpool(self._log.next_pending, conversation_id)
                if message is None or not await self._answer(message):
                    break
        finally:
            await run_in_threadpool(self._log.release, conversation_id, self._owner)

    async def _answer(self, message: Message) -> bool:
        """Answer one message; False if that has to wait."""
        started = time.monotonic()
        if not message.text.strip():
            await self._settle(message, [texts.no_words()], started)
            return True
        channel = await run_in_threadpool(self._channel_of, message)
        if own := await run_in_threadpool(self._own_reply, message, channel):
            await self._settle(message, [own], started)
            return True
        nearness = await run_in_threadpool(self._log.nearness_of, message.id)
        try:
            turn = await self._assistant.ask(
                message.conversation_id,
                message.id,
                message.text,
                channel,
                may_alarm=nearness is None or nearness >= NEAR,
            )
            replies = read_replies(turn)
            understanding = read_understanding(turn, replies)
            clarified = read_clarified(turn, replies)
        except AssistantUnavailable:
            return False
        except Exception as error:  # noqa: BLE001 - an answer that cannot be read must not be asked for without end
            attempts = await run_in_threadpool(self._log.note_attempt, message.id)
            unforeseen = None if isinstance(error, AssistantFailed) else error
            _log.warning(
                "attempt %d of %d to answer %s failed: %s", attempts, ATTEMPTS, message.id, error, exc_info=unforeseen
            )
            if attempts < ATTEMPTS:
                return False
            await self._settle(message, [texts.trouble(self._settings)], started, failed=True)
            return True
        verdict = by_assistant(understanding, language=language_of(message.text), words=message.text)
        alarms = await run_in_threadpool(self._log.alarms_of, message.conversation_id) if verdict else []
        alarm = verdict and at_once(verdict, lambda: STAYS, alarms, phone=self._settings.clinic_phone, channel=channel)
        if alarm:
            replies = list(alarm.replies)
        elif any(reply.topic == _A_PERSON for reply in replies):
            closed = await run_in_threadpool(self._closed)
            replies += [closed] if closed else []
        raised = alarm.raised if alarm else None
        await self._settle(message, replies, started, understanding, turn.model, clarified=clarified, raised=raised)
        return True

    async def _settle(
        self,
        message: Message,
        replies: list[Reply],
        started: float,
        understanding: Understanding | None = None,
        model: str | None = None,
        *,
        clarified: Clarified | None = None,
        raised: RaisedAlarm | None = None,
        failed: bool = False,
    ) -> None:
        seconds = time.monotonic() - started
        await run_in_threadpool(
            lambda: self._log.settle(
                message.id,
                self._owner,
                replies,
                understanding=understanding,
                clarified=clarified,
                raised=raised,
                model=model,
                took_ms=round(seconds * 1000),
                state="failed" if failed else "answered",
            )
        )
        TURNS.labels(kind=replies[0].kind).inc()
        TURN_SECONDS.observe(seconds)
        self._bells.ring(message.conversation_id)


async def _in_time(work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Return what work with the database returns. Raises TimeoutError if it is late; what has begun goes on."""
    async with asyncio.timeout(_DATABASE_SECONDS):
        return await run_in_threadpool(work, *args, **kwargs)

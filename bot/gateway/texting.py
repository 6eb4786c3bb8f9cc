"""The way in of text messages: triage first, then the database, then the reply if it is there in time."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from starlette.exceptions import HTTPException

from bot.conversations.clock import utc_now
from bot.conversations.spool import Spool, SpoolFull
from bot.gateway import text_replies
from bot.gateway.inbound import DATABASE_GONE
from bot.gateway.metrics import SPOOLED, TEXTS_IN
from bot.gateway.patience import Patience
from bot.gateway.safety_replies import at_once
from bot.safety.afterwards import STAYS
from bot.sms.consent import carrier_word
from bot.sms.numbers import TextIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.gateway.bells import Bells
    from bot.gateway.limits import Limits
    from bot.gateway.text_answers import Parts
    from bot.gateway.text_log import TextLog
    from bot.gateway.text_taking import Taken
    from bot.gateway.turns import Turns
    from bot.safety.verdicts import Verdict
    from bot.sms.outbox import TextOutbox

_log = logging.getLogger(__name__)
_ALARM_WAITS: Final = 0.6  # seconds that an alarm's reply waits for the database
_OTHERS_WAIT: Final = 5.0
_LOOK_AGAIN_SECONDS: Final = 0.1
_SWEEP_SECONDS: Final = 1.0
_AT_HAND: Final = 4
_WAITING: Final = 20

Result = TypeVar("Result")


@dataclass(frozen=True)
class Ready:
    """A reply for the webhook to give back; ``id`` is the outbox's, and None while there is no database."""

    id: str | None
    text: str


@dataclass(frozen=True)
class SpooledText:
    """A text that waits for the database: encrypted, since it holds a number; ``told``: its alarm was answered."""

    sealed: str
    told: bool


class Texting:
    """Takes texts in; one instance a gateway process."""

    def __init__(  # noqa: PLR0917 - the parts that it joins
        self,
        texts: TextLog,
        outbox: TextOutbox,
        turns: Turns,
        limits: Limits,
        bells: Bells,
        look: Callable[[str], Verdict],
        parts: Parts,
    ) -> None:
        self._texts = texts
        self._outbox = outbox
        self._turns = turns
        self._limits = limits
        self._bells = bells
        self._look = look
        self._parts = parts
        self._patience = Patience(parts.settings.sms_wait)
        self._spool = Spool(parts.settings.spool_folder / "texts", SpooledText)
        self._has_spooled = True  # looked for at the start
        self._told_to_wait: set[str] = set()
        self._away_since: float | None = None  # how long the assistant has been away, by the monotonic clock
        self._emptying = threading.Lock()
        self._at_hand = ThreadPoolExecutor(_AT_HAND, "texts-at-hand")
        self._waiting = ThreadPoolExecutor(_WAITING, "texts-wait-for-database")

    async def take(self, text: TextIn) -> Ready | None:
        """Take a text in; return its reply if it is there in time. A later one goes out by the outbox.

        Without the database an alarm is answered all the same, and the text is kept, to be taken in later.
        """
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        verdict = await loop.run_in_executor(self._at_hand, self._look, text.words)
        is_alarm = verdict.is_alarm and carrier_word(text.words) is None
        if not is_alarm and await self._is_too_much(text):
            TEXTS_IN.labels(outcome="too many").inc()
            return None
        late = threading.Event()
        try:
            taken = await self._within(
                _ALARM_WAITS if is_alarm else _OTHERS_WAIT, lambda: self._store(text, verdict, late)
            )
        except (TimeoutError, *DATABASE_GONE) as error:
            late.set()
            TEXTS_IN.labels(outcome="kept in the spool").inc()
            return await loop.run_in_executor(self._at_hand, self._keep, text, verdict, error)
        if not taken.is_new:
            TEXTS_IN.labels(outcome="known").inc()
            return None
        TEXTS_IN.labels(outcome="taken in").inc()
        self._bells.ring(taken.conversation_id)
        try:
            return await self._ready(text.sid, taken, began)
        except DATABASE_GONE:  # the text is written down: the reply goes out once the database is back
            return None

    async def confirm(self, ready: Ready) -> None:
        """Note that Twilio has a reply that the webhook gave back."""
        if ready.id is not None:
            await self._in_thread(lambda: self._outbox.handed(ready.id or ""))

    async def sweep(self) -> None:
        """Put late replies into the outbox, and take in what waits in the spool, for ever."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await self._in_thread(self._take_up)
                if self._has_spooled:
                    await self._in_thread(self._empty_spool)
            except DATABASE_GONE:
                pass  # next time
            except Exception:  # noqa: BLE001 - it must outlive any fault, or replies would wait for ever
                _log.exception("taking up texts failed; it goes on")

    async def _is_too_much(self, text: TextIn) -> bool:
        try:
            await self._limits.count_message(self._parts.cipher.keyed_hash(text.sender))
        except HTTPException:
            _log.warning("a telephone sends more texts than RATE_LIMIT_CONVERSATION allows; they are left out")
            return True
        return False

    def _store(self, text: TextIn, verdict: Verdict, late: threading.Event) -> Taken:
        if self._has_spooled:
            self._empty_spool()
        if late.is_set():  # it is in the spool by now, and is taken in from there
            raise TimeoutError
        return self._texts.take(text, verdict)

    async def _ready(self, sid: str, taken: Taken, began: float) -> Ready | None:
        if taken.waits:
            try:
                is_there = await self._is_answered(sid, taken, began)
            finally:
                self._patience.ended(sid)
            if not is_there:
                await self._in_thread(lambda: self._outbox.let_go(sid))
                return None
        claimed = await self._in_thread(lambda: self._outbox.claim(sid))
        if claimed is None:
            await self._in_thread(lambda: self._outbox.let_go(sid))
            return None
        return Ready(*claimed)

    async def _is_answered(self, sid: str, taken: Taken, began: float) -> bool:
        """Have a text answered; tell whether the reply is in the outbox in time."""
        while self._turns.begin(taken.conversation_id):
            if not await self._in_thread(lambda: self._parts.log.waits(taken.message_id)):
                await self._in_thread(lambda: self._texts.settle(sid))
                self._patience.answered(time.monotonic() - began)
                return True
            if not self._patience.may_wait(sid, time.monotonic() - began):
                return False
            await self._bells.wait(taken.conversation_id, _LOOK_AGAIN_SECONDS)
        return False

    def _take_up(self) -> None:
        """Put replies that came late into the outbox, and what staff have written."""
        for each in self._texts.ready_texts():
            self._texts.settle(each.sid)
            self._patience.answered((utc_now() - each.received_at).total_seconds())
        self._texts.send_on()
        self._tell_to_wait()

    def _tell_to_wait(self) -> None:
        """While the assistant is away, tell those who have waited long that their answer will come."""
        patience = self._parts.settings.reply_wait
        if self._turns.has_assistant:
            self._away_since = None
            return
        self._away_since = self._away_since or time.monotonic()
        if time.monotonic() - self._away_since < patience:  # just started, perhaps, as this gateway was
            return
        late = self._texts.unanswered(utc_now() - timedelta(seconds=patience))
        for sid in late:
            if sid not in self._told_to_wait:
                self._texts.tell_to_wait(sid)
        self._told_to_wait = set(late)

    def _keep(self, text: TextIn, verdict: Verdict, error: BaseException) -> Ready | None:
        """Keep a text in the spool; return the reply to an alarm, which needs no database."""
        _log.error("a text goes to the spool: %s", str(error) or "the database is late")
        settings = self._parts.settings
        alarm = None
        if verdict.is_alarm and carrier_word(text.words) is None and not text.handled:
            alarm = at_once(verdict, lambda: STAYS, (), phone=settings.clinic_phone, channel="sms")
        sealed = self._parts.cipher.encrypt(json.dumps(asdict(text)))
        try:
            self._spool.keep(SpooledText(sealed, told=alarm is not None))
            self._has_spooled = True
            SPOOLED.inc()
        except (OSError, SpoolFull) as full:
            _log.error("a text is lost, for it cannot be kept: %s", full)
        return Ready(None, text_replies.page(alarm.replies, settings).text) if alarm else None

    def _empty_spool(self) -> None:
        with self._emptying:
            self._has_spooled = False  # first, since one may come in meanwhile
            try:
                for file, kept in self._spool.waiting():
                    text = TextIn(**json.loads(self._parts.cipher.decrypt(kept.sealed)))
                    self._texts.take(text, self._look(text.words), told=kept.told)
                    self._outbox.let_go(text.sid)
                    self._spool.done(file)
            except BaseException:
                self._has_spooled = True
                raise

    async def _within(self, seconds: float, work: Callable[[], Result]) -> Result:
        """Return what work with the database returns. Raises TimeoutError if it is late; what has begun goes on."""
        return await asyncio.wait_for(self._in_thread(work), seconds)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._waiting, work)

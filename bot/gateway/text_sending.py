"""Empties the outbox of text messages, for ever: each is tried until Twilio has taken it, or never will."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from bot.gateway.inbound import DATABASE_GONE
from bot.gateway.metrics import TEXTS_OUT
from bot.sms.carrier import NotSent

if TYPE_CHECKING:
    from bot.sms.carrier import Carrier
    from bot.sms.outbox import TextOutbox

_log = logging.getLogger(__name__)
_LOOK_SECONDS: Final = 0.5
_AT_ONCE: Final = 4  # a text that Twilio is slow to take must not keep the others


class TextSending:
    """Takes texts from the outbox and hands them over; several gateways may do so at once."""

    def __init__(self, outbox: TextOutbox, carrier: Carrier) -> None:
        self._outbox = outbox
        self._carrier = carrier
        self._threads = ThreadPoolExecutor(_AT_ONCE, "texts-out")

    async def run(self) -> None:
        """Hand over what is due, again and again."""
        await asyncio.gather(*(self._run_one(number) for number in range(_AT_ONCE)))

    def send_one(self) -> bool:
        """Hand over the text that is due longest; tell whether there was one."""
        text = self._outbox.take()
        if text is None:
            return False
        try:
            twilio_sid = self._carrier.send(text)
        except NotSent as error:
            outcome = "refused" if error.for_good else "failed"
            _log.error("a text was not taken, try %d: %s", text.attempts, error)
            TEXTS_OUT.labels(way="rest", outcome=outcome).inc()
            self._outbox.failed(text, error.error, for_good=error.for_good)
        else:
            TEXTS_OUT.labels(way="rest", outcome="handed over").inc()
            self._outbox.handed(text.id, twilio_sid)
        return True

    async def _run_one(self, number: int) -> None:
        await asyncio.sleep(number * _LOOK_SECONDS / _AT_ONCE)  # one looks after the other
        loop = asyncio.get_running_loop()
        while True:
            try:
                while await loop.run_in_executor(self._threads, self.send_one):
                    pass
            except DATABASE_GONE:
                pass  # said by whoever needs it for a visitor
            except Exception:  # noqa: BLE001 - it must outlive any fault, or nobody would get a late reply
                _log.exception("handing texts over failed; it goes on")
            await asyncio.sleep(_LOOK_SECONDS)

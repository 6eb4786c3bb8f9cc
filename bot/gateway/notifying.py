"""Empties the outbox of notices, for ever: each is tried until its receiver has taken it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from bot.gateway.inbound import DATABASE_GONE
from bot.gateway.metrics import NOTICES
from bot.notices.delivery import NotDelivered, deliver

if TYPE_CHECKING:
    from bot.notices.outbox import Outbox
    from bot.settings import Settings

_log = logging.getLogger(__name__)
_LOOK_SECONDS: Final = 1.0


class Notifying:
    """Takes notices from the outbox and delivers them; several gateways may do so at once."""

    def __init__(self, outbox: Outbox, settings: Settings) -> None:
        self._outbox = outbox
        self._settings = settings

    async def run(self) -> None:
        """Deliver what is due, again and again."""
        while True:
            try:
                while await run_in_threadpool(self.deliver_one):
                    pass
            except DATABASE_GONE:
                pass  # said by whoever needs it for a visitor
            except Exception:  # noqa: BLE001 - it must outlive any fault, or staff would hear of no alarm
                _log.exception("delivering notices failed; it goes on")
            await asyncio.sleep(_LOOK_SECONDS)

    def deliver_one(self) -> bool:
        """Deliver the notice that is due longest; tell whether there was one."""
        notice = self._outbox.take()
        if notice is None:
            return False
        try:
            deliver(notice, self._settings)
        except NotDelivered as error:
            _log.error("staff could not be told, try %d: %s", notice.attempts, error)
            NOTICES.labels(way=notice.way, outcome="failed").inc()
            self._outbox.failed(notice, str(error))
        else:
            NOTICES.labels(way=notice.way, outcome="delivered").inc()
            self._outbox.delivered(notice.id)
        return True

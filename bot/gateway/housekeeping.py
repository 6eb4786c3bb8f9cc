"""Once a day: retention, and the removal of what has run out. After an erasure: the last of it."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from bot.gateway.inbound import DATABASE_GONE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.privacy.erasure import Erasure
    from bot.privacy.retention import Retention

_log = logging.getLogger(__name__)
_FIRST: Final = 300.0  # seconds after the start, when the assistant has loaded
_DAY: Final = 86_400.0
_SOONER: Final = 3600.0  # after a run that could not do all
_LOOK: Final = 30.0  # between looks whether something was erased


class Housekeeping:
    """Runs as long as the gateway does. Several gateways may: what one has erased, the others do not find."""

    def __init__(
        self,
        retention: Retention,
        erasure: Erasure,
        tidy: Sequence[Callable[[], object]],
        first: float = _FIRST,
        look: float = _LOOK,
    ) -> None:
        """``tidy``: what removes sessions, holds and tries that have run out. ``first``, ``look``: seconds."""
        self._retention = retention
        self._erasure = erasure
        self._tidy = tuple(tidy)
        self._first = first
        self._look = look

    async def run(self) -> None:
        """Keep house, again and again."""
        due = time.monotonic() + self._first
        while True:
            await asyncio.sleep(self._look)
            try:
                if time.monotonic() >= due:
                    due = time.monotonic() + _SOONER
                    if await self.once():
                        due = time.monotonic() + _DAY
                await self._erasure.clean()
            except DATABASE_GONE:
                pass  # said by whoever needs it for a visitor
            except Exception:  # noqa: BLE001 - it must outlive any fault, or nothing would be erased any more
                _log.exception("keeping house failed; it is tried again")

    async def once(self) -> bool:
        """Keep house once; tell whether all that is too old has been erased."""
        outcome = await self._retention.run("system")
        for each in self._tidy:
            await run_in_threadpool(each)
        if outcome.left:
            _log.error("%d conversations that are too old could not be erased: %s", outcome.left, outcome.why_left)
        return not outcome.left

"""Rate limits by the ``limits`` library: a moving window for each client address and each conversation."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from bot.safety.replies import safety_texts

if TYPE_CHECKING:
    from bot.settings import Settings


_log = logging.getLogger(__name__)
# A store that hangs must not keep anyone from an answer.
_REDIS_OPTIONS: Final = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
_THREADS: Final = 40  # of its own: a database that hangs can hold all of those that are shared


class Limits:
    """Counts calls, and refuses those over the limit with ``Retry-After``."""

    def __init__(self, settings: Settings) -> None:
        self._on = settings.rate_limit == "on"
        # The limiter itself holds the store only weakly.
        options = _REDIS_OPTIONS if settings.rate_limit_store.startswith("redis") else {}
        self._store = storage_from_string(settings.rate_limit_store, **options)
        self._window = MovingWindowRateLimiter(self._store)
        self._conversation = parse(settings.rate_limit_conversation)
        self._client = parse(settings.rate_limit_client)
        self._threads = ThreadPoolExecutor(_THREADS, "limits")

    async def count_client(self, address: str) -> None:
        """Count a call of a client address. Raises HTTPException 429."""
        await self._count(self._client, "client", address)

    async def count_message(self, conversation_id: str) -> None:
        """Count a message of a conversation. Raises HTTPException 429."""
        await self._count(self._conversation, "conversation", conversation_id)

    async def _count(self, rate: RateLimitItem, *key: str) -> None:
        if not self._on:
            return
        loop = asyncio.get_running_loop()
        try:
            if await loop.run_in_executor(self._threads, self._window.hit, rate, *key):
                return
            reset, _ = await loop.run_in_executor(self._threads, self._window.get_window_stats, rate, *key)
        except RedisError as error:
            # A visitor who may be in need is worth more than the limit.
            _log.error("RATE_LIMIT_STORE cannot be reached, so nothing is limited: %s", error)
            return
        seconds = max(1, math.ceil(reset - time.time()))
        raise HTTPException(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"Too many messages in a short time; please wait {seconds} seconds. {safety_texts()['while_waiting'].text}",
            {"Retry-After": str(seconds)},
        )

"""Wakes those who wait for news of a conversation in this process. Other processes' news are found by looking again."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Bells:
    """One bell a conversation, there only while somebody listens."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)

    def ring(self, conversation_id: str) -> None:
        """Wake all who wait for this conversation."""
        for waiter in self._waiting.pop(conversation_id, ()):
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, conversation_id: str, seconds: float) -> None:
        """Return when the bell rings, at the latest after ``seconds``."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[conversation_id].add(waiter)
        try:
            await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            pass
        finally:
            self._forget(conversation_id, waiter)

    def _forget(self, conversation_id: str, waiter: asyncio.Future[None]) -> None:
        if conversation_id in self._waiting:
            self._waiting[conversation_id].discard(waiter)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]

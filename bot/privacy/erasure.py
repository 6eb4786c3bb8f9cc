"""Erasure of one conversation: in the assistant's memory, then in the log, the notices and the telephones.

One line of the audit log stays.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.conversations import erasing as conversations
from bot.notices import erasing as notices
from bot.sms import erasing as telephones
from bot.staff import audit
from bot.staff.audit_lines import Entry
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from bot.storage.engine import Database

Forget = Callable[[str], Awaitable[None]]


class Erasure:
    """Erases conversations. ``forget`` erases the assistant's memory of one, or raises an error of ours."""

    def __init__(
        self,
        database: Database,
        forget: Forget,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        self._database = database
        self._forget = forget
        self._is_clean = False  # another process may have ended before it was
        self._clock = clock
        self.sleep = sleep

    async def erase(
        self, conversation_id: str, actor: str, *, why: str, address: str = "", idle_since: datetime | None = None
    ) -> bool:
        """Erase a conversation for good; tell whether there was one. An audit line stays, and nothing else.

        ``actor`` and ``why`` ("request", "retention") stand in that line. ``idle_since``: only if nothing has happened
        in it since. Appointments that were made in it stay, without its name: they are the clinic's records. Raises
        what ``forget`` raises; then nothing is erased.
        """
        await self._forget(conversation_id)
        entry = Entry(actor, "conversation.erased", f"conversation:{conversation_id}", {"why": why}, address)
        self._is_clean = False
        return await asyncio.to_thread(self._erase, conversation_id, entry, idle_since)

    async def clean(self) -> None:
        """Let nothing that was erased stay readable in the database's files, unless that was done already.

        To be called some seconds after an erasure, once for several: with a large SQLite database it takes a second.
        """
        if not self._is_clean:
            self._is_clean = True  # an erasure meanwhile takes it back
            try:
                done = await asyncio.to_thread(self._database.clean)
            except BaseException:
                self._is_clean = False
                raise
            self._is_clean &= done

    @retried
    def _erase(self, conversation_id: str, entry: Entry, idle_since: datetime | None) -> bool:
        with self._database.write() as session:
            if idle_since is not None and not conversations.is_idle(session, conversation_id, idle_since):
                return False
            phones = telephones.phones_of(session, conversation_id)
            telephones.erase_texts_of(session, conversation_id)
            gone = conversations.erase(session, conversation_id)
            if gone:
                telephones.forget_unused(session, phones)
                notices.erase_of(session, conversation_id)
                audit.append(session, entry, self._clock())
            return gone

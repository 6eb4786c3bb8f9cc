"""Staff who block times and free them again, each with its line in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.booking import blocks
from bot.conversations.errors import NotFound
from bot.storage.retry import retried
from bot.storage.store import Store

if TYPE_CHECKING:
    from bot.booking.slots import Slot
    from bot.console.acting import Actor


class Blocking(Store):
    """Each method is one transaction of its own. They block, and may be called from any thread or process at once."""

    @retried
    def block(self, by: Actor, slot: Slot, why: str) -> None:
        """Let nothing be offered at a time. Raises ValueError for a time that cannot be one, or too long a reason."""
        with self._database.write() as session:
            now = self._clock()
            block_id = blocks.add(session, slot, " ".join(why.split()), by.name, now)
            by.did(session, "block.add", f"block:{block_id}", now, schedule=slot.schedule)

    @retried
    def free(self, by: Actor, block_id: str) -> None:
        """Let a blocked time be offered again. Raises NotFound."""
        with self._database.write() as session:
            if not blocks.remove(session, block_id):
                raise NotFound("There is no such blocked time any more.")
            by.did(session, "block.remove", f"block:{block_id}", self._clock())

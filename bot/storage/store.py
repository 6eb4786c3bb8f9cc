"""What every way to some tables has: the database, a clock, and how to pause before a transaction is tried again."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.storage.engine import Database
    from bot.storage.retry import Sleep


class Store:
    """The way to some tables. Methods block, and may be called from any thread or process at once."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        """``clock`` gives times with their zone."""
        self._database = database
        self._clock = clock
        self.sleep = sleep

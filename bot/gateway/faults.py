"""Logs a fault that comes again and again: with its trace once, then a line a minute, and when it is over."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

_SECONDS: Final = 60.0


class Faults:
    """The faults of one piece of work that is tried again and again."""

    def __init__(self, log: logging.Logger, work: str, clock: Callable[[], float] = time.monotonic) -> None:
        """``work``: what is tried, as the beginning of a sentence; ``clock`` gives seconds."""
        self._log = log
        self._work = work
        self._clock = clock
        self._kind: type[BaseException] | None = None
        self._said = 0.0
        self._left_out = 0

    def failed(self, error: BaseException) -> None:
        """Note that it failed. Another kind of error than the last time is logged with its trace."""
        if type(error) is not self._kind:
            self._kind = type(error)
            self._log.error("%s failed; it goes on", self._work, exc_info=error)
        elif self._clock() - self._said >= _SECONDS:
            self._log.error("%s still fails, %d times more: %s", self._work, self._left_out + 1, error)
        else:
            self._left_out += 1
            return
        self._said = self._clock()
        self._left_out = 0

    def succeeded(self) -> None:
        """Note that it went well."""
        if self._kind is not None:
            self._log.warning("%s works again", self._work)
        self._kind = None
        self._left_out = 0

"""How long a webhook waits for a reply, so that Twilio has its answer at once while the assistant hangs."""

from __future__ import annotations

from typing import Final

SHORT: Final = 0.5  # seconds that every webhook may wait, from its beginning


class Patience:
    """Lets one webhook at a time wait long, and none once that was in vain, until a reply is in time again.

    A reply that is late goes out by itself, so that little is lost by not waiting: it is one request more to Twilio.
    """

    def __init__(self, longest: float) -> None:
        """``longest``: the seconds that a webhook waits at most."""
        self._longest = longest
        self._in_vain = False
        self._waiter: str | None = None

    def may_wait(self, who: str, seconds: float) -> bool:
        """Tell whether a webhook that has waited for so long may wait on."""
        if seconds < min(SHORT, self._longest):
            return True
        if seconds >= self._longest:
            self._in_vain = True
            return False
        if self._in_vain or self._waiter not in {None, who}:
            return False
        self._waiter = who
        return True

    def ended(self, who: str) -> None:
        """Note that a webhook waits no more."""
        if self._waiter == who:
            self._waiter = None

    def answered(self, seconds: float) -> None:
        """Note that a reply was there after so many seconds."""
        if seconds < self._longest:
            self._in_vain = False

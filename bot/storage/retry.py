"""Doing a transaction again when the database asks for it."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy.exc import DBAPIError

PAUSES = (0.02, 0.1, 0.5)  # seconds before the second, third and fourth try

# https://www.postgresql.org/docs/15/errcodes-appendix.html: serialization_failure, deadlock_detected
_POSTGRESQL = frozenset({"40001", "40P01"})
_SQLITE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY = 0xFF  # https://www.sqlite.org/rescode.html: the low byte of an extended code is its primary code

Sleep = Callable[[float], None]
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


class Sleeper(Protocol):
    """Whoever has methods that are tried again."""

    sleep: Sleep


SleeperT = TypeVar("SleeperT", bound=Sleeper)


def is_passing(error: DBAPIError) -> bool:
    """Tell whether the database undid the transaction for another one's sake, so that the same may succeed again."""
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        return (getattr(cause, "sqlite_errorcode", 0) & _PRIMARY) in _SQLITE
    return getattr(cause, "pgcode", None) in _POSTGRESQL


def try_again(work: Callable[[], Result], sleep: Sleep) -> Result:
    """Return what the work returns, doing it up to four times; its last error if it keeps failing.

    Only errors after which nothing was stored are tried again, and the work is one whole transaction.
    """
    for pause in PAUSES:
        try:
            return work()
        except DBAPIError as error:
            if not is_passing(error):
                raise
        sleep(pause)
    return work()


def retried(
    method: Callable[Concatenate[SleeperT, Arguments], Result],
) -> Callable[Concatenate[SleeperT, Arguments], Result]:
    """Return the method, tried again as ``try_again`` does. The method must be one whole transaction."""

    @functools.wraps(method)
    def again(self: SleeperT, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return try_again(lambda: method(self, *args, **kwargs), self.sleep)

    return again

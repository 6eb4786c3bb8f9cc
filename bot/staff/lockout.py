"""Lock-out with backoff: after some wrong tries each further one has to wait twice as long.

A try is counted before it is looked at, in a transaction of its own, and taken back if it was right. So of a hundred
tries sent at once no more are looked at than of a hundred sent one after the other.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from bot.staff.errors import LockedOut
from bot.staff.locks import alone
from bot.staff.models import FailureRow
from bot.storage.retry import retried
from bot.storage.store import Store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


# Tries that cost no time. From one address several people may work, so it gets more.
FREE: Final = {"account": 5, "code": 5, "address": 20}
FIRST_PAUSE: Final = 30  # seconds
LONGEST_PAUSE: Final = 900
FORGET_AFTER: Final = timedelta(hours=24)


class Lockout(Store):
    """Counts wrong tries by key: ``account:HASH OF THE NAME``, ``code:ID`` (second factors), ``address:1.2.3.4``."""

    @retried
    def count(self, *keys: str) -> bool:
        """Count one try for each key; tell whether the next one has to wait if this one turns out wrong.

        Raises LockedOut, and counts nothing, while one of them is locked.
        """
        with self._database.write() as session:
            now = self._clock()
            rows = [_row(session, key, now) for key in sorted(keys)]
            waits = [(row.locked_until - now).total_seconds() for row in rows if row.locked_until]
            longest = max(waits, default=0.0)
            if longest > 0:
                raise LockedOut(math.ceil(longest))
            for row in rows:
                row.tries += 1
                row.last_at = now
                row.locked_until = _locked_until(row, now)
            return any(row.locked_until for row in rows)

    @retried
    def succeeded(self, *keys: str) -> None:
        """Take back the try that was right: all tries of an account, but of an address this one alone.

        Else whoever has one account could try the passwords of all others from the same address for ever.
        """
        with self._database.write() as session:
            for key in sorted(keys):
                row = _row(session, key, self._clock())
                row.tries = max(0, row.tries - 1) if key.startswith("address:") else 0
                row.locked_until = _locked_until(row, row.last_at)

    @retried
    def tidy(self) -> None:
        """Remove what has not been tried for a day."""
        with self._database.write() as session:
            _forget(session, FailureRow.last_at < self._clock() - FORGET_AFTER)


def _row(session: Session, key: str, now: datetime) -> FailureRow:
    alone(session, "failures", key)
    row: FailureRow | None = session.execute(select(FailureRow).where(FailureRow.key == key)).scalars().first()
    if row is None:
        row = FailureRow(key=key, tries=0, last_at=now)
        session.add(row)
    elif row.last_at < now - FORGET_AFTER:
        row.tries, row.locked_until = 0, None
    return row


def _locked_until(row: FailureRow, now: datetime) -> datetime | None:
    beyond = row.tries - FREE[row.key.partition(":")[0]]
    if beyond < 0:
        return None
    return now + timedelta(seconds=min(FIRST_PAUSE * 2 ** min(beyond, 10), LONGEST_PAUSE))


def _forget(session: Session, *where: object) -> None:
    session.execute(delete(FailureRow).where(*where).execution_options(synchronize_session=False))

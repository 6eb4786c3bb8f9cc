"""The outbox: notices are added in the transaction of what they tell of, and taken out until each is delivered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import select, update
from ulid import ULID

from bot.notices.models import NoticeRow
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.storage.engine import Database

Way = Literal["email", "webhook"]

_TAKEN_SECONDS: Final = 60.0  # a notice that its taker neither delivers nor gives back is taken anew after so long
_FIRST_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 900.0


@dataclass(frozen=True)
class Notice:
    """A notice to be delivered: the id that a receiver may tell repeats by, the way, the content, tries so far."""

    id: str
    way: Way
    content: Mapping[str, Any]
    attempts: int


def add(session: Session, key: str, ways: Sequence[Way], content: Mapping[str, Any], now: datetime) -> None:
    """Put a notice into the outbox, once for each way. ``key`` names what it tells of and must be unique."""
    for way in ways:
        notice_id = str(ULID.from_datetime(now))
        session.add(
            NoticeRow(id=notice_id, key=f"{key}:{way}", way=way, content=dict(content), created_at=now, due_at=now)
        )
    session.flush()


class Outbox:
    """The side that delivers. Several processes may take from it; each notice is with one of them at a time."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        self._database = database
        self._clock = clock
        self.sleep = sleep

    @retried
    def take(self) -> Notice | None:
        """Return the notice that is due longest, or None. It is with the caller for a minute."""
        now = self._clock()
        due = (NoticeRow.delivered_at.is_(None), NoticeRow.due_at <= now)
        with self._database.write() as session:
            found = session.execute(
                select(NoticeRow).where(*due).order_by(NoticeRow.due_at).limit(1).with_for_update(skip_locked=True)
            )
            row = found.scalars().first()
            if row is None:
                return None
            row.due_at = now + timedelta(seconds=_TAKEN_SECONDS)
            row.attempts += 1
            return Notice(row.id, row.way, row.content, row.attempts)

    @retried
    def delivered(self, notice_id: str) -> None:
        """Keep that a notice was taken in by its receiver; it is never sent again."""
        self._set(notice_id, delivered_at=self._clock(), failure=None)

    @retried
    def failed(self, notice: Notice, why: str) -> None:
        """Let a notice be due again after a pause that doubles each time, a quarter of an hour at most."""
        pause = min(_FIRST_PAUSE * 2 ** (notice.attempts - 1), _LONGEST_PAUSE)
        self._set(notice.id, due_at=self._clock() + timedelta(seconds=pause), failure=why)

    @retried
    def waiting(self) -> int:
        """Return how many notices are not delivered yet."""
        with self._database.read() as session:
            return len(session.execute(select(NoticeRow.id).where(NoticeRow.delivered_at.is_(None))).all())

    def _set(self, notice_id: str, **values: Any) -> None:
        changed = update(NoticeRow).where(NoticeRow.id == notice_id, NoticeRow.delivered_at.is_(None)).values(**values)
        with self._database.write() as session:
            session.execute(changed.execution_options(synchronize_session=False))

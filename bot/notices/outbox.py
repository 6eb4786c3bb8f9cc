"""The outbox: notices are added in the transaction of what they tell of, and taken out until each is delivered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import select, update
from ulid import ULID

from bot.notices.models import SEALED, NoticeRow
from bot.storage.encryption import CannotDecrypt
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.storage.encryption import Cipher
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


def sealed(content: Mapping[str, Any], cipher: Cipher) -> dict[str, Any]:
    """Return a content that names a patient as it is to be kept: encrypted as a whole, but for its event."""
    return {"event": content["event"], SEALED: cipher.encrypt(json.dumps(dict(content), allow_nan=False))}


class Outbox:
    """The side that delivers. Several processes may take from it; each notice is with one of them at a time."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
        cipher: Cipher | None = None,
    ) -> None:
        """``cipher`` opens what names a patient; without it, such notices are not delivered."""
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self.sleep = sleep

    def take(self) -> Notice | None:
        """Return the notice that is due longest, or None. It is with the caller for a minute.

        One that cannot be decrypted is put back like one that was not delivered, and the next one is taken.
        """
        while (notice := self._take()) is not None:
            try:
                return replace(notice, content=self._opened(notice.content))
            except CannotDecrypt as error:
                self.failed(notice, str(error))
        return None

    @retried
    def _take(self) -> Notice | None:
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

    def _opened(self, content: Mapping[str, Any]) -> Mapping[str, Any]:
        if SEALED not in content:
            return content
        if self._cipher is None:
            raise CannotDecrypt("This outbox was given no key, and leaves what names a patient to others.")
        opened: dict[str, Any] = json.loads(self._cipher.decrypt(content[SEALED]))
        return opened

    @retried
    def delivered(self, notice_id: str) -> None:
        """Keep that a notice was taken in by its receiver; it is never sent again. What names a patient goes."""
        with self._database.write() as session:
            row = session.get(NoticeRow, notice_id, with_for_update=True)
            if row is not None and row.delivered_at is None:
                row.delivered_at, row.failure = self._clock(), None
                row.content = {name: value for name, value in row.content.items() if name != SEALED}

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

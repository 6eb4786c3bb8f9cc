"""Sessions of staff, kept on the server: a browser has an id of 256 random bits, the table its hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, or_, select

from bot.staff.models import StaffRow, StaffSessionRow
from bot.staff.records import StaffSession
from bot.storage.retry import retried
from bot.storage.store import Store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.staff.records import Stage

IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=12)
HALF_WAY: Final = timedelta(minutes=10)  # between the password and the second factor
_ID_BYTES: Final = 32
_NOTE_AFTER: Final = timedelta(seconds=20)  # a use is written down so long after the one before, not each


def new_id() -> str:
    """Return the id of a new session, or any other secret that a browser keeps: 256 bits as URL-safe text."""
    return secrets.token_urlsafe(_ID_BYTES)


def id_hash(session_id: str) -> str:
    """Return the SHA-256 of an id, the only form that is stored; 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token(session_id: str) -> str:
    """Return the token that belongs to a session's id, from which the id cannot be told."""
    key = session_id.encode("utf-8", "surrogatepass")
    return hmac.new(key, b"token against forged requests", hashlib.sha256).hexdigest()


def is_csrf_token(session_id: str, shown: str) -> bool:
    """Tell whether the token belongs to the session's id, taking the same time for each wrong one."""
    return hmac.compare_digest(csrf_token(session_id).encode(), shown.encode("utf-8", "surrogatepass"))


def begin(session: Session, account_id: str, stage: Stage, now: datetime) -> str:
    """Write down a new session inside the caller's transaction; return its id, which is kept nowhere else."""
    session_id = new_id()
    session.add(
        StaffSessionRow(id_hash=id_hash(session_id), staff_id=account_id, stage=stage, started_at=now, seen_at=now)
    )
    session.flush()
    return session_id


def end_all(session: Session, account_id: str) -> int:
    """End all sessions of an account inside the caller's transaction; return how many there were."""
    return _remove(session, StaffSessionRow.staff_id == account_id)


def end(session: Session, session_id: str) -> bool:
    """End a session inside the caller's transaction; tell whether there was one."""
    return bool(_remove(session, StaffSessionRow.id_hash == id_hash(session_id)))


class Sessions(Store):
    """The sessions of everyone. Methods block, and may be called from any thread or process at once."""

    def open(self, session_id: str, *, counts: bool = True) -> StaffSession | None:
        """Return the session of an id, None if there is none, it has run out, or its account is disabled.

        A session ends 15 minutes after its last use, and 12 hours after its start. ``counts``: this use is one, not
        a request that a page makes by itself.
        """
        now = self._clock()
        found = self._find(session_id, now)
        if found is not None and counts and now - found.seen_at >= _NOTE_AFTER:
            self._note(session_id, now)
        return found

    @retried
    def tidy(self) -> int:
        """Remove sessions that have run out; return how many."""
        now = self._clock()
        with self._database.write() as session:
            return _remove(
                session, or_(StaffSessionRow.seen_at <= now - IDLE, StaffSessionRow.started_at <= now - LONGEST)
            )

    @retried
    def _find(self, session_id: str, now: datetime) -> StaffSession | None:
        chosen = (
            select(StaffSessionRow, StaffRow)
            .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
            .where(StaffSessionRow.id_hash == id_hash(session_id), StaffRow.disabled_at.is_(None))
        )
        with self._database.read() as session:
            found = session.execute(chosen).first()
            if found is None or _is_over(found.StaffSessionRow, now):
                return None
            row, account = found
            return StaffSession(
                account_id=account.id,
                name=account.name,
                role=account.role,
                stage=row.stage,
                csrf=csrf_token(session_id),
                started_at=row.started_at,
                seen_at=row.seen_at,
            )

    @retried
    def _note(self, session_id: str, now: datetime) -> None:
        with self._database.write() as session:
            row = session.get(StaffSessionRow, id_hash(session_id))
            if row is not None and not _is_over(row, now):
                row.seen_at = max(row.seen_at, now)


def _is_over(row: StaffSessionRow, now: datetime) -> bool:
    longest = LONGEST if row.stage == "complete" else HALF_WAY
    # The last use is noted up to 20 seconds late: a session may end so much early, and never late.
    return bool(now - row.seen_at >= IDLE or now - row.started_at >= longest)


def _remove(session: Session, *where: object) -> int:
    gone = session.execute(delete(StaffSessionRow).where(*where).execution_options(synchronize_session=False))
    return int(gone.rowcount)

"""The audit log: who looked at, took out, changed or entered what. Lines are appended, chained by their hashes.

A line's hash is the SHA-256 over its canonical JSON, which holds the hash of the line before: whoever changes or
removes a line in the middle breaks every hash after it. Only a log that was cut off at its end, or written anew as a
whole, cannot be told by itself; for that, keep the head that ``verify`` names in a place of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from bot.staff.audit_lines import Broken, Entry, Head, Recorded, Verified, canonical_details, line_hash, to_recorded
from bot.staff.locks import alone
from bot.staff.models import AuditRow
from bot.storage.retry import retried
from bot.storage.store import Store
from bot.storage.types import storable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


PRUNED: Final = "audit.pruned"
KEPT_AT_LEAST_DAYS: Final = 365
_START: Final = "0" * 64
_PAGE: Final = 1000


def append(session: Session, entry: Entry, now: datetime) -> Recorded:
    """Append a line inside the caller's transaction, best as the last thing in it: others wait for its end."""
    alone(session, "audit", "")
    last = session.execute(select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)).first()
    row = AuditRow(
        seq=last.seq + 1 if last else 1,
        at=now.astimezone(UTC),
        actor=storable(entry.actor),
        action=storable(entry.action),
        subject=storable(entry.subject),
        address=storable(entry.address),
        details=canonical_details(entry.details),
        previous=last.hash if last else _START,
        hash="",
    )
    row.hash = line_hash(row)
    session.add(row)
    session.flush()
    return to_recorded(row)


class Audit(Store):
    """The log as the rest of the program sees it. Its methods block, and may be called from any thread or process."""

    @retried
    def record(self, entry: Entry) -> Recorded:
        """Append a line in a transaction of its own; return it."""
        with self._database.write() as session:
            return append(session, entry, self._clock())

    @retried
    def entries(
        self,
        *,
        limit: int = 100,
        before: int | None = None,
        actor: str | None = None,
        action: str | None = None,
        subject: str | None = None,
    ) -> list[Recorded]:
        """Return the lines that fit, the newest first; ``before``: only those with a lower number.

        ``action`` may end at a dot, as "login.": then all that begin so are meant.
        """
        chosen = select(AuditRow).order_by(AuditRow.seq.desc()).limit(limit)
        if before is not None:
            chosen = chosen.where(AuditRow.seq < before)
        if actor is not None:
            chosen = chosen.where(AuditRow.actor == actor)
        if subject is not None:
            chosen = chosen.where(AuditRow.subject == subject)
        if action is not None:
            begins = AuditRow.action.startswith(action, autoescape=True)
            chosen = chosen.where(begins if action.endswith(".") else AuditRow.action == action)
        with self._database.read() as session:
            return [to_recorded(row) for row in session.execute(chosen).scalars()]

    def verify(self, kept_head: Head | None = None) -> Verified:
        """Look at every line; return how many there are, the head, and the first line that is broken, if one is.

        ``kept_head``: a head that an earlier verification named; its line must still be there as it was.
        """
        count, seq, previous = 0, 0, _START
        for row in self._all():
            if count == 0 and row.seq > 1:
                seq, previous = row.seq - 1, row.previous
                if not self._pruned_up_to(Head(seq, previous)):
                    return Verified(0, None, Broken(1, "it is missing, and no line tells that retention removed it"))
            why = _wrong(row, seq + 1, previous, kept_head)
            if why:
                return Verified(count, Head(seq, previous) if count else None, Broken(*why))
            count, seq, previous = count + 1, row.seq, row.hash
        if kept_head is not None and kept_head.seq > seq:
            return Verified(
                count, Head(seq, previous) if count else None, Broken(seq + 1, "it was cut off, with all after it")
            )
        return Verified(count, Head(seq, previous) if count else None, None)

    @retried
    def older_than(self, days: int) -> int:
        """Return how many lines ``prune`` would remove. Raises ValueError for less than a year."""
        with self._database.read() as session:
            last = _last_before(session, _moment(self._clock(), days))
            counted = select(func.count()).select_from(AuditRow).where(AuditRow.seq <= (last.seq if last else 0))
            return int(session.execute(counted).scalar_one())

    @retried
    def prune(self, days: int, actor: str) -> int:
        """Remove the lines that are older than so many days, and append one that tells so; return how many.

        Raises ValueError for less than a year.
        """
        with self._database.write() as session:
            alone(session, "audit", "")
            now = self._clock()
            last = _last_before(session, _moment(now, days))
            if last is None:
                return 0
            append(session, Entry(actor, PRUNED, details={"up_to": last.seq, "hash": last.hash}), now)
            gone = session.execute(
                delete(AuditRow).where(AuditRow.seq <= last.seq).execution_options(synchronize_session=False)
            )
            return int(gone.rowcount)

    def _all(self) -> Iterator[AuditRow]:
        """Give all lines in order, a page at a time."""
        seq = 0
        while rows := self._page(seq):
            yield from rows
            seq = rows[-1].seq

    @retried
    def _page(self, after: int) -> list[AuditRow]:
        chosen = select(AuditRow).where(AuditRow.seq > after).order_by(AuditRow.seq).limit(_PAGE)
        with self._database.read() as session:
            rows = list(session.execute(chosen).scalars())
            session.expunge_all()
            return rows

    @retried
    def _pruned_up_to(self, head: Head) -> bool:
        told = canonical_details({"up_to": head.seq, "hash": head.hash})
        chosen = select(AuditRow.seq).where(AuditRow.action == PRUNED, AuditRow.details == told)
        with self._database.read() as session:
            return session.execute(chosen).first() is not None


def _wrong(row: AuditRow, seq: int, previous: str, kept: Head | None) -> tuple[int, str] | None:
    if row.seq != seq:
        return seq, "it is missing"
    if row.previous != previous:
        return seq, "it does not follow from the line before, which was changed or written anew"
    if row.hash != line_hash(row):
        return seq, "it was changed"
    if kept is not None and kept.seq == seq and kept.hash != row.hash:
        return seq, "it is not the line that was kept as the head: the log was written anew"
    return None


def _last_before(session: Session, moment: datetime) -> Head | None:
    """Return the last of the oldest lines: what comes after a younger line stays, whatever its time."""
    younger = session.execute(select(func.min(AuditRow.seq)).where(AuditRow.at >= moment)).scalar()
    chosen = select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)
    last = session.execute(chosen if younger is None else chosen.where(AuditRow.seq < younger)).first()
    return None if last is None else Head(last.seq, last.hash)


def _moment(now: datetime, days: int) -> datetime:
    if days < KEPT_AT_LEAST_DAYS:
        raise ValueError(f"the audit log is kept for {KEPT_AT_LEAST_DAYS} days at least")
    return now - timedelta(days=days)

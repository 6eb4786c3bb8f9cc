"""Wrong tries of references, counted against guessing. Inside a transaction that the caller opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select
from ulid import ULID

from bot.booking.errors import TooManyTries
from bot.booking.locks import alone
from bot.booking.models import BookingAttemptRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_PERIOD: Final = timedelta(hours=1)
_BY_ONE: Final = 5
_OF_ONE: Final = 20


def check(session: Session, asked_by: str, reference: str, now: datetime) -> None:
    """Raise TooManyTries after five wrong tries by one in an hour, or twenty of one reference by anybody.

    Others with the same name or reference wait until the end of this transaction, so that tries at once count too.
    """
    alone(session, "asker", asked_by)
    alone(session, "reference", reference)
    mine = _count(session, now, BookingAttemptRow.asked_by == asked_by)
    if mine >= _BY_ONE or _count(session, now, BookingAttemptRow.reference == reference) >= _OF_ONE:
        raise TooManyTries


def note(session: Session, asked_by: str, reference: str, now: datetime) -> None:
    """Count a wrong try."""
    session.add(BookingAttemptRow(id=str(ULID.from_datetime(now)), asked_by=asked_by, reference=reference, at=now))
    session.flush()


def forget(session: Session, now: datetime) -> None:
    """Remove the tries that do not count any more."""
    old = BookingAttemptRow.at <= now - _PERIOD
    session.execute(delete(BookingAttemptRow).where(old).execution_options(synchronize_session=False))


def _count(session: Session, now: datetime, whose: Any) -> int:
    counted = select(func.count()).select_from(BookingAttemptRow).where(whose, BookingAttemptRow.at > now - _PERIOD)
    found: int = session.execute(counted).scalar_one()
    return found

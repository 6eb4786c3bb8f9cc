"""Accounts in the table, inside a transaction that the caller opened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from ulid import ULID

from bot.staff import second_factor, sessions
from bot.staff.errors import NoSuchAccount, StaffError
from bot.staff.locks import alone
from bot.staff.models import StaffRow
from bot.staff.records import Account

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.staff.records import Role

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


def as_stored(name: str) -> str:
    """Return a name as it is stored: without blanks around it, in lower case."""
    return name.strip().lower()


def check_name(name: str) -> None:
    """Raise StaffError for what cannot be the name of an account."""
    if not _NAME.fullmatch(name):
        raise StaffError(
            "A name has 1 to 64 letters, digits or any of . _ @ + - and begins with a letter or digit; choose another."
        )


def by_name(session: Session, name: str) -> StaffRow | None:
    """Return the row of an account."""
    row: StaffRow | None = session.execute(select(StaffRow).where(StaffRow.name == as_stored(name))).scalars().first()
    return row


def locked_by_name(session: Session, name: str) -> StaffRow:
    """Return the row of an account, which others cannot change until the end. Raises NoSuchAccount."""
    alone(session, "account", as_stored(name))
    row = by_name(session, name)
    if row is None:
        raise NoSuchAccount(f"There is no account {name!r}; 'python -m bot staff list' shows those there are.")
    return row


def new(session: Session, name: str, role: Role, now: datetime, **way_in: Any) -> StaffRow:
    """Write down a new account; ``way_in`` is its password's hash, or issuer and subject. Raises StaffError."""
    check_name(name)
    alone(session, "account", name)
    if by_name(session, name) is not None:
        raise StaffError(f"There is an account {name!r} already; choose another name.")
    row = StaffRow(id=str(ULID.from_datetime(now)), name=name, role=role, created_at=now, **way_in)
    session.add(row)
    session.flush()
    return row


def forget_second_factor(session: Session, row: StaffRow) -> None:
    """Remove the second factor of an account with its recovery codes, and end its sessions."""
    row.totp_secret = row.totp_confirmed_at = row.totp_last_step = None
    second_factor.forget_recovery_codes(session, row.id)
    sessions.end_all(session, row.id)


def to_account(row: StaffRow) -> Account:
    """Return the record of an account's row."""
    return Account(
        id=row.id,
        name=row.name,
        role=row.role,
        is_enabled=row.disabled_at is None,
        has_second_factor=row.totp_confirmed_at is not None,
        single_sign_on=row.issuer is not None,
        created_at=row.created_at,
    )

"""Accounts of staff as an administrator sees them. Each change is one transaction with its line in the audit log."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.staff import audit, passwords, rows, sessions
from bot.staff.audit_lines import Entry
from bot.staff.errors import StaffError
from bot.staff.models import StaffRow
from bot.storage.retry import retried
from bot.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from bot.staff.records import Account, Role


class Accounts(Store):
    """The accounts. ``by`` is who makes a change, as the audit log names actors.

    Methods block, and may be called from any thread or process. They raise NoSuchAccount for an unknown name.
    Whatever takes rights or a way in from an account, or gives it more rights, ends all its sessions.
    """

    def add(self, name: str, role: Role, password: str, by: str) -> Account:
        """Make an account. Raises StaffError for a name that is taken or cannot be one, or a password that is poor."""
        name = rows.as_stored(name)
        rows.check_name(name)
        passwords.check_acceptable(password, name)
        return self._add(name, role, passwords.hashed(password), by)

    @retried
    def list(self) -> list[Account]:
        """Return all accounts by name."""
        with self._database.read() as session:
            found = session.execute(select(StaffRow).order_by(StaffRow.name)).scalars()
            return [rows.to_account(row) for row in found]

    @retried
    def set_role(self, name: str, role: Role, by: str) -> Account:
        """Give an account another role."""
        with self._changing(name, by, "staff.role", role=role) as (session, row):
            row.role = role
            sessions.end_all(session, row.id)
            return rows.to_account(row)

    @retried
    def disable(self, name: str, by: str) -> Account:
        """Let nobody sign in with an account any more."""
        with self._changing(name, by, "staff.disabled") as (session, row):
            row.disabled_at = row.disabled_at or self._clock()
            sessions.end_all(session, row.id)
            return rows.to_account(row)

    @retried
    def enable(self, name: str, by: str) -> Account:
        """Take back that an account is disabled."""
        with self._changing(name, by, "staff.enabled") as (_session, row):
            row.disabled_at = None
            return rows.to_account(row)

    def set_password(self, name: str, password: str, by: str) -> Account:
        """Give an account another password. Raises StaffError for a poor one, or where there is single sign-on."""
        passwords.check_acceptable(password, rows.as_stored(name))
        return self._set_password(name, passwords.hashed(password), by)

    @retried
    def reset_second_factor(self, name: str, by: str) -> Account:
        """Remove the second factor of an account with its recovery codes: it is set up anew at the next sign-in."""
        with self._changing(name, by, "staff.second-factor-reset") as (session, row):
            rows.forget_second_factor(session, row)
            return rows.to_account(row)

    @retried
    def _add(self, name: str, role: Role, password_hash: str, by: str) -> Account:
        with self._database.write() as session:
            now = self._clock()
            row = rows.new(session, name, role, now, password_hash=password_hash)
            audit.append(session, Entry(by, "staff.added", f"staff:{name}", {"role": role}), now)
            return rows.to_account(row)

    @retried
    def _set_password(self, name: str, password_hash: str, by: str) -> Account:
        with self._changing(name, by, "staff.password") as (session, row):
            if row.issuer is not None:
                raise StaffError(f"{row.name} signs in at the identity provider; the password is changed there.")
            row.password_hash = password_hash
            sessions.end_all(session, row.id)
            return rows.to_account(row)

    @contextmanager
    def _changing(self, name: str, by: str, action: str, **details: str) -> Iterator[tuple[Session, StaffRow]]:
        with self._database.write() as session:
            row = rows.locked_by_name(session, name)
            yield session, row
            session.flush()
            audit.append(session, Entry(by, action, f"staff:{row.name}", details), self._clock())

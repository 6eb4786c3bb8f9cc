"""Single sign-on: a sign-in's way to the identity provider and back, and the account of an identity."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select

from bot.staff import audit, rows, sessions
from bot.staff.audit_lines import Entry
from bot.staff.errors import Refused
from bot.staff.models import SignOnRow, StaffRow
from bot.staff.records import ROLES
from bot.staff.signing_in import Opened
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from bot.staff.records import Role
    from bot.staff.signing_in import SigningIn
    from bot.storage.engine import Database

ON_ITS_WAY: Final = timedelta(minutes=10)
# https://www.rfc-editor.org/rfc/rfc8176: what a provider says of how somebody signed in
_SECOND_FACTORS: Final = frozenset({"mfa", "otp", "hwk", "swk", "sms", "fpt", "face", "pop"})


@dataclass(frozen=True)
class SignOn:
    """A sign-in on its way: ``browser`` is for the browser's cookie, the rest goes to the provider."""

    browser: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Somebody as the provider tells of them. ``name`` is what they are called here if it is free."""

    issuer: str
    subject: str
    name: str
    role: Role
    second_factor: bool


class SingleSignOn:
    """Methods block, and may be called from any thread or process."""

    def __init__(
        self,
        database: Database,
        signing_in: SigningIn,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        self._database = database
        self._signing_in = signing_in
        self._clock = clock
        self.sleep = sleep

    @retried
    def begin(self) -> SignOn:
        """Write down that a sign-in is on its way; return its secrets."""
        sign_on = SignOn(sessions.new_id(), sessions.new_id(), sessions.new_id(), secrets.token_urlsafe(48))
        with self._database.write() as session:
            now = self._clock()
            _remove(session, SignOnRow.started_at <= now - ON_ITS_WAY)
            session.add(
                SignOnRow(
                    browser_hash=sessions.id_hash(sign_on.browser),
                    state_hash=sessions.id_hash(sign_on.state),
                    nonce=sign_on.nonce,
                    verifier=sign_on.verifier,
                    started_at=now,
                )
            )
        return sign_on

    @retried
    def back(self, browser: str, state: str) -> SignOn:
        """Return the sign-in that comes back to the browser it left from, once. Raises Refused for any other."""
        with self._database.write() as session:
            row: SignOnRow | None = session.get(SignOnRow, sessions.id_hash(browser), with_for_update=True)
            if row is None:
                raise Refused("This sign-in is not known, or took too long. Begin again.")
            found = SignOn(browser, state, row.nonce, row.verifier)
            is_right = hmac.compare_digest(row.state_hash, sessions.id_hash(state))
            is_late = row.started_at <= self._clock() - ON_ITS_WAY
            session.delete(row)
        if is_late or not is_right:
            raise Refused("This sign-in is not known, or took too long. Begin again.")
        return found

    @retried
    def enter(self, identity: Identity, address: str, old_id: str | None = None) -> Opened:
        """Return a new session for an identity, whose account is made at its first sign-in; its role is the provider's.

        Raises Refused for an account that was disabled here.
        """
        with self._database.write() as session:
            now = self._clock()
            row = _account(session, identity, now)
            if row.disabled_at is not None:
                raise Refused("This account is disabled. Ask an administrator.")
            if row.role != identity.role:
                row.role = identity.role
                sessions.end_all(session, row.id)
                _note(session, row, "staff.role", now, address, role=identity.role)
            stage = "complete" if identity.second_factor else self._signing_in.stage_of(row)
            if old_id:
                sessions.end(session, old_id)
            opened = Opened(sessions.begin(session, row.id, stage, now), stage)
            _note(session, row, "login.ok" if stage == "complete" else "login.single-sign-on", now, address, by="oidc")
            return opened

    @retried
    def refused(self, why: str, address: str) -> None:
        """Write down that somebody who came from the provider was not let in."""
        details = {"step": "single sign-on", "why": why}
        with self._database.write() as session:
            audit.append(session, Entry("unknown", "login.refused", details=details, address=address), self._clock())


def role_of(claims: Mapping[str, Any], claim: str, roles: Mapping[str, Role]) -> Role | None:
    """Return the highest role that the claim's values stand for, None if they stand for none.

    ``claim`` may be a path, as "realm_access.roles"; ``roles``: which value stands for which role.
    """
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    values = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    meant = [roles[value] for value in values if isinstance(value, str) and value in roles]
    return max(meant, key=ROLES.index, default=None)


def has_second_factor(claims: Mapping[str, Any]) -> bool:
    """Tell whether the provider says that more than a password was asked for."""
    methods = claims.get("amr")
    return isinstance(methods, list) and not _SECOND_FACTORS.isdisjoint(m for m in methods if isinstance(m, str))


def _account(session: Session, identity: Identity, now: datetime) -> StaffRow:
    known = (StaffRow.issuer == identity.issuer, StaffRow.subject == identity.subject)
    row: StaffRow | None = session.execute(select(StaffRow).where(*known).with_for_update()).scalars().first()
    if row is None:
        row = rows.new(
            session,
            _free_name(session, identity.name),
            identity.role,
            now,
            issuer=identity.issuer,
            subject=identity.subject,
        )
        session.flush()
        _note(session, row, "staff.added", now, "", role=identity.role, by="oidc")
    return row


def _free_name(session: Session, wanted: str) -> str:
    """Return the name, with something added where another account has it: that one is never taken over."""
    kept = "".join(char for char in rows.as_stored(wanted) if char.isascii() and (char.isalnum() or char in "._@+-"))
    plain = kept.lstrip("._@+-")[:50] or "staff"
    name = plain
    while rows.by_name(session, name) is not None:
        name = f"{plain}+{secrets.token_hex(2)}"
    return name


def _note(session: Session, row: StaffRow, action: str, now: datetime, address: str, **details: str) -> None:
    session.flush()
    subject = f"staff:{row.name}" if action.startswith("staff.") else ""
    audit.append(session, Entry(f"staff:{row.name}", action, subject, details, address), now)


def _remove(session: Session, *where: object) -> None:
    session.execute(delete(SignOnRow).where(*where).execution_options(synchronize_session=False))

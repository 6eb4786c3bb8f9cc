"""Signing in and out: password, second factor, its set-up. Each step is counted, audited, and gives a new session."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from bot.staff import audit, passwords, rows, second_factor, sessions
from bot.staff.audit_lines import Entry
from bot.staff.errors import Refused, StaffError
from bot.staff.models import StaffRow
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from bot.staff.lockout import Lockout
    from bot.staff.records import StaffSession, Stage
    from bot.storage.encryption import Cipher
    from bot.storage.engine import Database

Policy = Literal["admin", "all"]

_WRONG_PASSWORD = "Name or password is wrong."  # noqa: S105 - a sentence
_WRONG_CODE = "The code is wrong, or it was used already. Wait for the next one."
_TOO_LATE = "The sign-in took too long. Begin again."


@dataclass(frozen=True)
class Opened:
    """A session that has just begun: its id, for the browser alone, and how far the sign-in is."""

    session_id: str
    stage: Stage


class SigningIn:
    """What leads into a session and out of it. Methods block, and may be called from any thread or process.

    ``address`` is the one that the request came from. A session given to a method ends where it begins a new one.
    """

    def __init__(  # noqa: PLR0917 - what it works with
        self,
        database: Database,
        cipher: Cipher,
        lockout: Lockout,
        policy: Policy,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        """``policy``: who must have a second factor."""
        self._database = database
        self._cipher = cipher
        self._lockout = lockout
        self._policy = policy
        self._clock = clock
        self.sleep = sleep

    def with_password(self, name: str, password: str, address: str, old_id: str | None = None) -> Opened:
        """Return a new session for name and password; ``old_id``: what the browser had before.

        Raises Refused, which does not tell what was wrong, and LockedOut.
        """
        name = rows.as_stored(name)
        keys = self._keys(name, address)
        locks = self._lockout.count(*keys)
        known = self._password_of(name)
        is_right = passwords.is_right(known, password)
        anew = passwords.hashed(password) if known and is_right and passwords.is_outdated(known) else None
        opened = self._begin(name, known, anew, address, old_id) if known and is_right else None
        if opened is None:
            # A name that nobody has may be a password that was typed in the wrong field.
            self._refused(f"staff:{name}" if known else "unknown", "password", locks, address)
            raise Refused(_WRONG_PASSWORD)
        self._lockout.succeeded(*keys)
        return opened

    def with_code(self, held: StaffSession, session_id: str, code: str, address: str) -> Opened:
        """Return a complete session for a session whose password was right, by a code or a recovery code.

        Raises Refused, LockedOut.
        """
        if held.stage != "code":
            raise Refused(_TOO_LATE)
        keys = (f"code:{held.account_id}", f"address:{address}")
        locks = self._lockout.count(*keys)
        opened = self._complete(held, session_id, code, address)
        if opened is None:
            self._refused(f"staff:{held.name}", "code", locks, address)
            raise Refused(_WRONG_CODE)
        self._lockout.succeeded(*keys)
        return opened

    @retried
    def secret_to_enrol(self, held: StaffSession) -> str:
        """Return the secret that an authenticator is to take, the same until a code has confirmed it.

        Raises StaffError where a second factor is there already: an administrator must reset it first.
        """
        with self._database.write() as session:
            row = _row(session, held)
            if row.totp_confirmed_at is not None:
                raise StaffError("There is a second factor already; let an administrator reset it first.")
            if row.totp_secret is None:
                row.totp_secret = self._cipher.encrypt(second_factor.new_secret())
            return self._cipher.decrypt(row.totp_secret)

    def enrol(self, held: StaffSession, session_id: str, code: str, address: str) -> tuple[Opened, list[str]]:
        """Confirm the second factor by its first code; return a complete session and the recovery codes.

        Raises Refused, LockedOut, and StaffError as ``secret_to_enrol``.
        """
        keys = (f"code:{held.account_id}", f"address:{address}")
        locks = self._lockout.count(*keys)
        done = self._enrolled(held, session_id, code, address)
        if done is None:
            self._refused(f"staff:{held.name}", "enrol", locks, address)
            raise Refused(_WRONG_CODE)
        self._lockout.succeeded(*keys)
        return done

    def change_password(self, held: StaffSession, old: str, new: str, address: str) -> Opened:
        """Change one's own password; return a new session, all others of the account end.

        Raises Refused for a wrong old password, LockedOut, and StaffError for a poor new one.
        """
        if held.stage != "complete":
            raise Refused(_TOO_LATE)
        keys = self._keys(held.name, address)
        locks = self._lockout.count(*keys)
        known = self._password_of(held.name)
        if known is None or not passwords.is_right(known, old):
            self._refused(f"staff:{held.name}", "change of password", locks, address)
            raise Refused("The old password is wrong.")
        self._lockout.succeeded(*keys)
        passwords.check_acceptable(new, held.name)
        return self._changed(held, passwords.hashed(new), address)

    @retried
    def log_out(self, held: StaffSession, session_id: str, address: str) -> None:
        """End this session."""
        with self._database.write() as session:
            sessions.end(session, session_id)
            self._note(session, held.name, "logout", address)

    @retried
    def log_out_everywhere(self, held: StaffSession, address: str) -> int:
        """End all sessions of the account; return how many there were."""
        with self._database.write() as session:
            ended = sessions.end_all(session, held.account_id)
            self._note(session, held.name, "logout.everywhere", address, sessions=ended)
            return ended

    def stage_of(self, row: StaffRow) -> Stage:
        """Return how far a sign-in is when the first factor of an account was right."""
        if row.totp_confirmed_at is not None:
            return "code"
        return "enrol" if self._policy == "all" or row.role == "admin" else "complete"

    def _keys(self, name: str, address: str) -> tuple[str, str]:
        # Hashed, since what is typed as a name may be a password in the wrong field.
        return f"account:{self._cipher.keyed_hash(name)}", f"address:{address}"

    @retried
    def _password_of(self, name: str) -> str | None:
        with self._database.read() as session:
            row = rows.by_name(session, name)
            return None if row is None or row.disabled_at is not None else row.password_hash

    @retried
    def _begin(self, name: str, known: str, anew: str | None, address: str, old_id: str | None) -> Opened | None:
        with self._database.write() as session:
            row = rows.locked_by_name(session, name)
            if row.disabled_at is not None or row.password_hash != known:
                return None  # changed while the password was looked at
            row.password_hash = anew or known
            stage = self.stage_of(row)
            if old_id:
                sessions.end(session, old_id)
            opened = Opened(sessions.begin(session, row.id, stage, self._clock()), stage)
            self._note(session, name, "login.ok" if stage == "complete" else "login.password", address)
            return opened

    @retried
    def _complete(self, held: StaffSession, session_id: str, code: str, address: str) -> Opened | None:
        with self._database.write() as session:
            now = self._clock()
            row = _row(session, held)
            by_code = second_factor.use_code(session, row, code, self._cipher, now)
            if not by_code and not second_factor.use_recovery_code(session, row.id, code):
                return None
            return self._opened(session, held, session_id, address, {"by": "code" if by_code else "recovery code"})

    @retried
    def _enrolled(
        self, held: StaffSession, session_id: str, code: str, address: str
    ) -> tuple[Opened, list[str]] | None:
        with self._database.write() as session:
            now = self._clock()
            row = _row(session, held)
            if row.totp_confirmed_at is not None:
                raise StaffError("There is a second factor already; let an administrator reset it first.")
            if not second_factor.use_code(session, row, code, self._cipher, now):
                return None
            row.totp_confirmed_at = now
            codes = second_factor.new_recovery_codes(session, row.id)
            self._note(session, held.name, "second-factor.enrolled", address)
            return self._opened(session, held, session_id, address, {"by": "code"}), codes

    @retried
    def _changed(self, held: StaffSession, password_hash: str, address: str) -> Opened:
        with self._database.write() as session:
            row = _row(session, held)
            row.password_hash = password_hash
            sessions.end_all(session, row.id)
            opened = Opened(sessions.begin(session, row.id, "complete", self._clock()), "complete")
            self._note(session, held.name, "password.changed", address)
            return opened

    def _opened(
        self, session: Session, held: StaffSession, session_id: str, address: str, details: dict[str, str]
    ) -> Opened:
        if not sessions.end(session, session_id):
            raise Refused(_TOO_LATE)  # signed out meanwhile, here or everywhere
        opened = Opened(sessions.begin(session, held.account_id, "complete", self._clock()), "complete")
        self._note(session, held.name, "login.ok", address, **details)
        return opened

    def _note(self, session: Session, name: str, action: str, address: str, **details: str | int) -> None:
        session.flush()
        audit.append(session, Entry(f"staff:{name}", action, details=details, address=address), self._clock())

    @retried
    def _refused(self, actor: str, step: str, locks: bool, address: str) -> None:
        details = {"step": step, "locked": locks}
        with self._database.write() as session:
            audit.append(session, Entry(actor, "login.refused", details=details, address=address), self._clock())


def _row(session: Session, held: StaffSession) -> StaffRow:
    """Return the account of a session, which others cannot change until the end. Raises Refused if it is gone."""
    row: StaffRow | None = session.get(StaffRow, held.account_id, with_for_update=True)
    if row is None or row.disabled_at is not None:
        raise Refused(_TOO_LATE)
    return row

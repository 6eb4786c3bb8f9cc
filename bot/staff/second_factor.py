"""The second factor: codes of an authenticator (TOTP, RFC 6238), each good once, and recovery codes.

Inside a transaction that the caller opened. The secret is stored encrypted.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final

import pyotp
from sqlalchemy import delete, or_, update

from bot.staff.models import RecoveryCodeRow, StaffRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.storage.encryption import Cipher

STEP_SECONDS: Final = 30
RECOVERY_CODES: Final = 10
_DRIFT: Final = 1  # steps that a telephone's clock may be off, either way
# https://www.crockford.com/base32.html, as in the references of appointments: no two are taken for each other
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_RECOVERY_LENGTH: Final = 16  # 80 bits
_CODE: Final = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """Return a new secret of 160 bits in base32, as authenticators take it."""
    return pyotp.random_base32()


def address_for_authenticator(secret: str, name: str, issuer: str) -> str:
    """Return the ``otpauth://`` address that a QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the number of the 30 seconds for which this is the code; None if it is wrong now."""
    typed = re.sub(r"\s", "", code)
    if not _CODE.fullmatch(typed):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    steps = range(current - _DRIFT, current + _DRIFT + 1)
    right = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), typed)]
    return max(right, default=None)


def use_code(session: Session, account: StaffRow, code: str, cipher: Cipher, now: datetime) -> bool:
    """Tell whether a code of the authenticator is right, and use it up: of two at once, one is told so."""
    if account.totp_secret is None:
        return False
    step = step_of(cipher.decrypt(account.totp_secret), code, now)
    if step is None:
        return False
    unused = or_(StaffRow.totp_last_step.is_(None), StaffRow.totp_last_step < step)
    used = session.execute(
        update(StaffRow)
        .where(StaffRow.id == account.id, unused)
        .values(totp_last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount)


def new_recovery_codes(session: Session, account_id: str) -> list[str]:
    """Return new recovery codes, in place of the account's old ones; they are shown this once."""
    forget_recovery_codes(session, account_id)
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCodeRow(staff_id=account_id, code_hash=_hash(code)) for code in codes)
    session.flush()
    return ["-".join(code[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4)) for code in codes]


def use_recovery_code(session: Session, account_id: str, typed: str) -> bool:
    """Tell whether a recovery code is right, and use it up: of two at once, one is told so."""
    plain = re.sub(r"[\s-]", "", typed).upper().translate(_LOOK_ALIKES)
    if len(plain) != _RECOVERY_LENGTH:
        return False
    where = (RecoveryCodeRow.staff_id == account_id, RecoveryCodeRow.code_hash == _hash(plain))
    used = session.execute(delete(RecoveryCodeRow).where(*where).execution_options(synchronize_session=False))
    return bool(used.rowcount)


def forget_recovery_codes(session: Session, account_id: str) -> None:
    """Remove the recovery codes of an account."""
    where = RecoveryCodeRow.staff_id == account_id
    session.execute(delete(RecoveryCodeRow).where(where).execution_options(synchronize_session=False))


def _hash(code: str) -> str:
    # 80 random bits: no salt and no slow hash are needed.
    return hashlib.sha256(code.encode()).hexdigest()

"""One-time codes by which a telephone goes on with a conversation of the widget."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select

from bot.sms.models import PhoneCodeRow, PhoneRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.storage.encryption import Cipher

VALID_FOR: Final = timedelta(minutes=10)
MOST_WRONG: Final = 5  # of one telephone within the time below
_FORGIVEN_AFTER: Final = timedelta(hours=1)
# No vowels, so that no word comes out, and no two signs that look alike.
_LETTERS: Final = "BCDFGHJKMPQRTVWXYZ"
_DIGITS: Final = "2346789"
_CODE: Final = re.compile(
    rf"^\W*(?:(?:my|the|a|here is|this is|use|enter)\W+)*(?:(?:phone|chat|join|link|one.time)?\W*code\W*(?:is\W*)?)?"
    rf"(?P<one>[{_LETTERS}{_DIGITS}]{{3}})[\s-]?(?P<two>[{_LETTERS}{_DIGITS}]{{3}})\W*$",
    re.IGNORECASE,
)


def new_code() -> str:
    """Return six letters and digits of the system's randomness, at least one of each: 30 million are possible."""
    signs = [secrets.choice(_LETTERS), secrets.choice(_DIGITS)]
    signs += [secrets.choice(_LETTERS + _DIGITS) for _ in range(4)]
    secrets.SystemRandom().shuffle(signs)
    return "".join(signs)


def code_in(text: str) -> str:
    """Return the code that a short message consists of, as ``new_code`` makes them; empty if it is no code."""
    found = _CODE.match(text) if len(text) <= 60 else None  # noqa: PLR2004 - a few words around six signs
    code = f"{found['one']}{found['two']}".upper() if found else ""
    has_both = any(sign in _DIGITS for sign in code) and any(sign in _LETTERS for sign in code)
    return code if has_both else ""


def put(session: Session, cipher: Cipher, conversation_id: str, now: datetime) -> tuple[str, datetime]:
    """Return a new code for a conversation, in place of the one before, and when it ends."""
    code, ends = new_code(), now + VALID_FOR
    session.execute(_without(PhoneCodeRow.conversation_id == conversation_id))
    session.execute(_without(PhoneCodeRow.expires_at <= now))
    session.add(PhoneCodeRow(conversation_id=conversation_id, code_hash=_hash(cipher, code), expires_at=ends))
    session.flush()
    return code, ends


def redeem(session: Session, cipher: Cipher, phone: PhoneRow, code: str, now: datetime) -> str | None:
    """Use a code up; return its conversation's id, or None for one that is wrong, used or too old.

    None as well, whatever the code, once a telephone has had too many wrong ones within an hour.
    """
    if phone.wrong_codes_since is None or phone.wrong_codes_since <= now - _FORGIVEN_AFTER:
        phone.wrong_codes, phone.wrong_codes_since = 0, now
    if phone.wrong_codes >= MOST_WRONG:
        return None
    found = session.execute(
        select(PhoneCodeRow)
        .where(PhoneCodeRow.code_hash == _hash(cipher, code), PhoneCodeRow.expires_at > now)
        .with_for_update()
    )
    row = found.scalars().first()
    if row is None:
        phone.wrong_codes += 1
        return None
    conversation_id: str = row.conversation_id
    session.delete(row)
    session.flush()
    return conversation_id


def _without(where: Any) -> Any:
    return delete(PhoneCodeRow).where(where).execution_options(synchronize_session=False)


def _hash(cipher: Cipher, code: str) -> str:
    return cipher.keyed_hash(f"phone code {code}")

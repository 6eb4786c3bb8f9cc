"""Passwords of staff: what is accepted as one, and Argon2id, the only form that is stored."""

from __future__ import annotations

import functools
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.staff.errors import StaffError

SHORTEST: Final = 12  # characters; NIST SP 800-63B asks for eight, or fifteen where nothing else is asked for
LONGEST: Final = 256  # so that nobody keeps the processor busy with a whole book

# The library's own choice of work follows RFC 9106 (low memory); verify() tells when a hash was made with less.
_HASHER: Final = PasswordHasher()


def check_acceptable(password: str, name: str) -> None:
    """Raise StaffError, saying what is wrong, for a password that is too short, too long, or too easy."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise StaffError(f"A password has {SHORTEST} to {LONGEST} characters; a few unrelated words are a good one.")
    if len(set(password)) < SHORTEST // 2 or name.lower() in password.lower():
        raise StaffError("This password is too easy: it repeats few characters, or contains the name. Choose another.")


def hashed(password: str) -> str:
    """Return the Argon2id hash of a password with its salt and parameters."""
    return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


def is_right(stored: str | None, password: str) -> bool:
    """Tell whether this is the password; without a stored hash, say no after the same time."""
    given = password[: LONGEST + 1].encode("utf-8", "surrogatepass")
    try:
        _HASHER.verify(_nobodys() if stored is None else stored, given)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's, so that it should be made anew."""
    return _HASHER.check_needs_rehash(stored)


@functools.cache
def _nobodys() -> str:
    return hashed(secrets.token_urlsafe())

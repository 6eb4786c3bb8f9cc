"""References of appointments and contacts: made, shown, and compared as people type them."""

from __future__ import annotations

import re
import secrets
from typing import Final

# https://www.crockford.com/base32.html: no two of these are taken for each other; O is read as 0, I and L as 1.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_LENGTH: Final = 8
_HALF: Final = 4
_LONGEST: Final = 40  # characters kept of what was typed in a reference's place
_NATIONAL: Final = 10  # digits of a North American number without its country code


def new_reference() -> str:
    """Return eight characters of the system's randomness, as stored: without the dash."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def shown(reference: str) -> str:
    """Return a stored reference as people are shown it: ABCD-EFGH."""
    return f"{reference[:_HALF]}-{reference[_HALF:]}"


def as_stored(typed: str) -> str:
    """Return a reference as stored, from what somebody typed: any case, blanks, dashes, O for 0, I or L for 1."""
    return re.sub(r"[\W_]+", "", typed).upper().translate(_LOOK_ALIKES)[:_LONGEST]


def same_contact(one: str, other: str) -> bool:
    """Tell whether two contacts are the same e-mail address or telephone number.

    Case and blanks do not count; of numbers, only the digits do, and only the last ten, so that a country code may be
    left out.
    """
    if "@" in one or "@" in other:
        return "".join(one.split()).casefold() == "".join(other.split()).casefold()
    first, second = (re.sub(r"\D", "", each)[-_NATIONAL:] for each in (one, other))
    return bool(first) and first == second

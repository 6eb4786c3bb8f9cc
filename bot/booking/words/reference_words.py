"""References of bookings as people type them."""

from __future__ import annotations

import re
from typing import Final

from bot.booking.words.contacts import blank_out, find_contacts
from bot.booking.words.tidy import tidy

_LONGEST: Final = 2_000
_HALF: Final = 4
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_JOINED: Final = re.compile(r"(?<![\w-])([A-Za-z0-9]{4})( ?[-.]? ?)([A-Za-z0-9]{4})(?![\w-])")
_SPELT: Final = re.compile(r"(?<![\w-])((?:[A-Za-z0-9][ -]){7}[A-Za-z0-9])(?![\w-])")
_CUE: Final = re.compile(
    r"\b(?:ref(?:erence)?|booking|confirmation|code)(?: (?:number|no|code|#|is))*\W*$", re.IGNORECASE
)
_NO_HALF: Final = re.compile(
    r"(?:part|full|long|half|self|time|term|year|well|back|neck|pain|help|over|post|call|text|room|hour|week|days|"
    r"tues|thur|east|west|left|side|high|life|work|home|mild|more|late|noon|four|five|nine|zero)$",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"^(?:19|20)\d\d$")


def reads_reference(text: str) -> str | None:
    """Return the booking reference in a text as it is shown, ABCD-EFGH, or None.

    O is read as 0, I and L as 1, in any case, with or without a dash or blanks. Without a digit, only what is written
    with the dash counts.
    """
    text = tidy(text, _LONGEST)
    text = blank_out(text, find_contacts(text))
    for found in _JOINED.finditer(text):
        if _is_reference(
            found[1], found[2], found[3], cued=_is_cued(text, found), whole=found[0] == text.strip(" .!?")
        ):
            return _shown(found[1] + found[3])
    spelt = _SPELT.search(text)
    letters = re.sub(r"[ -]", "", spelt[1]) if spelt else ""
    return _shown(letters) if re.search(r"\d", letters) and re.search(r"[A-Za-z]", letters) else None


def _is_cued(text: str, found: re.Match[str]) -> bool:
    return bool(_CUE.search(text[max(0, found.start() - 40) : found.start()]))


def _is_reference(first: str, between: str, second: str, *, cued: bool, whole: bool) -> bool:
    introduced = cued or whole
    both = first + second
    digit, letter = any(each.isdigit() for each in both), any(each.isalpha() for each in both)
    if not letter:
        return introduced and (between.strip() == "-" or cued)
    if not digit:
        named = _NO_HALF.match(first) or _NO_HALF.match(second)
        return between.strip() == "-" and not named and (introduced or both.isupper())
    if _YEAR.match(second) and between and first.isalpha() and not cued:
        return False  # "back 2019"
    if between.strip() == "-":
        return True
    plain = not any(each in "oil01" for each in both.lower())
    return introduced or both.upper() == both or plain


def _shown(letters: str) -> str:
    plain = letters.upper().translate(_LOOK_ALIKES)
    return f"{plain[:_HALF]}-{plain[_HALF:]}"

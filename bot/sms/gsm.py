"""GSM-7, the alphabet of text messages: what it holds, how many parts a text takes, and how other signs are written.

One sign that is not of the alphabet turns the whole text into UCS-2, with 70 characters a message instead of 160
(3GPP TS 23.038).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("\f^{}\\[~]|€")  # take two of the 160
_SINGLE: Final = {"GSM-7": 160, "UCS-2": 70}
_PART: Final = {"GSM-7": 153, "UCS-2": 67}

REPLACEMENTS: Final[dict[str, str]] = {
    **dict.fromkeys("‘’‚‛′´`ʼ", "'"),  # noqa: RUF001 - these are the signs that are replaced
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‹", "<"),  # noqa: RUF001
    **dict.fromkeys("›", ">"),  # noqa: RUF001
    **dict.fromkeys("‐‑‒–—―−", "-"),  # noqa: RUF001
    **dict.fromkeys("•‣▪◦●·∙", "-"),
    **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000\t", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    **dict.fromkeys("\u2028\u2029\v", "\n"),
    "…": "...",
    "™": "(TM)",
    "®": "(R)",
    "©": "(C)",
    "\N{MULTIPLICATION SIGN}": "x",
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "°": " deg",
    "→": "->",
    "←": "<-",
    "✓": "ok",
    "✔": "ok",
    "ç": "c",
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How a text is sent: its encoding, its units (septets or UTF-16 units), and the parts that are paid for."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def is_gsm7(text: str) -> bool:
    """Tell whether a text can be sent in GSM-7."""
    return all(sign in BASIC or sign in EXTENDED for sign in text)


def septets(text: str) -> int:
    """Return how many of the 160 places of a message a GSM-7 text takes."""
    return len(text) + sum(sign in EXTENDED for sign in text)


def size_of(text: str) -> Size:
    """Return how a text is sent; no part ends within a sign that takes two units."""
    encoding: Literal["GSM-7", "UCS-2"] = "GSM-7" if is_gsm7(text) else "UCS-2"
    widths = [2 if (sign in EXTENDED if encoding == "GSM-7" else ord(sign) > 0xFFFF) else 1 for sign in text]  # noqa: PLR2004
    units = sum(widths)
    if units <= _SINGLE[encoding]:
        return Size(encoding, units, 1)
    parts, room = 1, _PART[encoding]
    for width in widths:
        if width > room:
            parts, room = parts + 1, _PART[encoding]
        room -= width
    return Size(encoding, units, parts)


def to_gsm7(text: str) -> str:
    """Return a text in GSM-7: by the table, else without accents; other letters become "?", pictures nothing."""
    return "".join(map(_sign, unicodedata.normalize("NFC", text)))


def _sign(sign: str) -> str:
    if sign in REPLACEMENTS:
        return REPLACEMENTS[sign]
    if sign in BASIC or (sign in EXTENDED and sign != "\f"):
        return "" if sign == "\r" else sign
    plain = "".join(REPLACEMENTS.get(each, each) for each in unicodedata.normalize("NFKD", sign))
    kept = "".join(each for each in plain if each in BASIC or each in EXTENDED)
    if kept:
        return kept
    return "?" if sign.isalnum() else ""

"""For whom a visitor books: a relative or somebody else, in the visitor's words."""

from __future__ import annotations

import re
from typing import Final

RELATIVE: Final = (
    r"(?:(?:step|grand|god|foster|ex|late|elderly|older|younger|little|big|dear)[- ]?){0,2}"
    r"(?:mother|mom|mum|mama|father|dad|papa|husband|hubby|wife|spouse|son|daughter|brother|sister|grandma|grandpa|"
    r"grandfather|grandmother|"
    r"aunt|auntie|uncle|cousin|niece|nephew|friend|neighbou?r|partner|boyfriend|girlfriend|fianc[eé]e?|parents?|"
    r"child|kid|roommate|"
    r"coworker|client|patient|boss)(?:[- ]in[- ]law)?"
)
_FOR: Final = re.compile(
    rf"\b(?:for|behalf of|(?:calling|this is|it'?s|writing) (?:about|regarding)) ((?:my|our|"
    rf"a) {RELATIVE})\b(?!'s (?:house|car|job|phone|number|birthday|wedding))",
    re.IGNORECASE,
)
_NOT_FOR: Final = re.compile(
    r"\b(?:wait(?:ing)?|car(?:e|ing)|ask(?:ing)?|pray(?:ing)?|worked|work|except|not|thanks) $", re.IGNORECASE
)
_NEEDS: Final = re.compile(
    rf"\b((?:my|our) {RELATIVE})\b(?:,? [A-Z][\w'-]+){{0,3}},?"
    r"(?: (?:really )?(?:needs?|wants?|would like|is looking|has to|should)(?: to)? (?:see|be seen|come|book|make|"
    r"schedule|have|get)?(?: in)? ?"
    r"(?:for )?(?:an? |the )?(?:appointment|appt|consult|consultation|visit|seen|be seen|come in|someone|somebody|"
    r"doctor|specialist|"
    r"in|evaluation)"
    r"|(?:'s| is the| is your)? ?(?:name is|name's|is the patient|is the one))",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    rf"\b((?:my|our) {RELATIVE})'?s name\b|\b(?:he|she)(?:'s| is) ((?:my|our) {RELATIVE})\b", re.IGNORECASE
)


def read_for_whom(text: str) -> str | None:
    """Return for whom a tidy text asks ("my mother"), in small letters; None if it is for the writer or not said."""
    for found in list(_FOR.finditer(text))[:5]:
        if not _NOT_FOR.search(text[: found.start()]):
            return found[1].lower()
    other = _NEEDS.search(text) or _NAMED.search(text)
    return next(group for group in other.groups() if group).lower() if other else None

"""Which details of a consultation a message says are wrong."""

from __future__ import annotations

import dataclasses
import re
from typing import Final

from bot.booking.words import answers
from bot.booking.words.details import Asked, Details
from bot.dialogue.consultation import CONFIRMED, CONTACT, NAME, REASON, TIME

ASKS: Final[dict[str, Asked]] = {
    NAME: "name",
    CONTACT: "contact",
    TIME: "time",
    REASON: "reason",
    CONFIRMED: "confirm",
}
_DETAIL_OF: Final = {asked: detail for detail, asked in ASKS.items()}
_WORDS_FOR: Final[dict[str, answers.Detail]] = {
    **dict.fromkeys(("name", "spelling"), "name"),
    **dict.fromkeys(("contact", "phone", "number", "phone number", "email", "e-mail"), "contact"),
    **dict.fromkeys(("time", "day", "date"), "time"),
    "reason": "reason",
}
_NAMED: Final = re.compile(rf"^\W*(?:change )?(?:the |my )?({'|'.join(_WORDS_FOR)})(?: please| pls)?\W*$")
# "The reason is wrong, it's my neck": what follows "the reason is" begins with no reason.
_VERDICT: Final = re.compile(
    r"^(?:n't |not )?(?:wrong|incorrect|right|correct|true|it)\b[\s,.:;-]*"
    r"(?:(?:it'?s|it is|it should (?:be|say)|should be|make it) )?(?:for )?",
    re.IGNORECASE,
)
# A message that begins with a detail given before, and so is none itself.
_ABOUT_A_DETAIL: Final = re.compile(
    r"^\W*(?:(?:no|sorry|wait|oops|actually|but|hold on|can|could|we|i|you|change|fix|correct|the|my|wrong|your|"
    r"that)\W+)*(?:name|number|phone|cell|e-?mail|contact|time|day|date|appointment)\b",
    re.IGNORECASE,
)
_OTHER_BOOKING: Final = re.compile(
    r"\b(?:other|old|existing|earlier|previous|last) (?:appointment|appt|consult\w*|visit|booking|one)\b|"
    r"\balready (?:have|had|booked|made)\b",
    re.IGNORECASE,
)


def read(text: str) -> frozenset[str]:
    """Return the details that a message says are wrong, by the slots of the form."""
    return frozenset(_DETAIL_OF[each] for each in answers.reads_change(text))


def named(text: str) -> frozenset[str]:
    """Return the details that are wrong, or the one that a message names and nothing else, as at "what to change?"."""
    alone = _NAMED.match(text.lower())
    return frozenset({_DETAIL_OF[_WORDS_FOR[alone[1]]]}) if alone else read(text)


def corrected(details: Details) -> Details:
    """Return the details of a message that says the reason is wrong, without the words that say so."""
    reason = _VERDICT.sub("", details.reason or "").strip()
    return dataclasses.replace(details, reason=reason or None)


def is_about_a_detail(text: str) -> bool:
    """Tell whether a message begins with a detail given before: "the number is wrong"."""
    return bool(_ABOUT_A_DETAIL.match(text))


def is_about_another_booking(text: str) -> bool:
    """Tell whether a message names an appointment that was made before."""
    return bool(_OTHER_BOOKING.search(text))

"""Everything that one message says for a booking: who, how to reach them, when, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final, Literal

from bot.booking.words import names
from bot.booking.words.answers import asks_why, declines, is_no, is_yes, wants_to_stop
from bot.booking.words.contacts import Contact, Found, blank_out, find_contacts
from bot.booking.words.reasons import introduced_reason, named_complaint, only_a_time, parted, whole_reason
from bot.booking.words.relatives import read_for_whom
from bot.booking.words.tidy import BLANK, clauses, tidy
from bot.booking.words.times import read_time
from bot.booking.words.windows import NoTime, TimeRead

if TYPE_CHECKING:
    from bot.booking.slots import Slot

Asked = Literal["name", "contact", "time", "reason", "confirm"]

_LONGEST: Final = 1_200  # characters in which anything but a contact is looked for
_LABELS: Final = re.compile(
    r"\b(?:(?:my |and |the |best |is |at |on ){0,4}(?:(?:phone|cell|mobile|tel|telephone|contact)(?: ?(?:number|"
    r"no\.?|#))?|number|e-?mail(?: address)?|ph)(?: is|'s|:|=| at)?|"
    r"(?:you can |please |pls )?(?:reach|call|text|contact|e-?mail|phone) (?:me|her|him|us|them)?(?: (?:at|on|"
    r"by))?(?: phone| email| cell)?)\s*(?=[ |]*·)",
    re.IGNORECASE,
)
# "call me at 312-555-0128 after 5" says when to call, not when to come.
_RING: Final = re.compile(
    rf"\b(?:call|reach|text|phone|ring)\b[^,.;!?\n|]{{0,30}}[ |{BLANK}]+(?:any ?time |only )?(?:after|before|between|"
    rf"from|until|in the)\b[^,.;!?\n|]*",
    re.IGNORECASE,
)
_WISH: Final = re.compile(
    r"\b(?:appointment|available|prefer|i can (?:come|do|make)|schedule|book|works (?:best|for))\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Details:
    """What a message says; None, nothing and :class:`NoTime` where it says nothing.

    ``name`` is the patient's. ``for_whom`` is set where the writer books for somebody else ("my mother").
    """

    name: str | None
    for_whom: str | None
    contacts: tuple[Contact, ...]
    time: TimeRead
    reason: str | None


def read_details(
    text: str,
    asked: Asked | None,
    offered: Sequence[Slot],
    now: datetime,
    zone: tzinfo,
    *,
    all_free: Sequence[Slot] = (),
    region: str = "US",
) -> Details:
    """Return what a message says, each detail only where it is plainly there.

    ``asked``: what the visitor was asked for; it has the first claim on what may be several things. The other
    arguments are those of :func:`read_time` and :func:`read_contacts`.
    """
    whole = tidy(text)
    found = find_contacts(whole, region)
    contacts = tuple(dict.fromkeys(each.contact for each in found))
    rest = _separated(whole, found)[:_LONGEST]
    for to_skip in (_RING, _LABELS) if asked != "time" else (_LABELS,):
        rest = to_skip.sub(lambda label: BLANK * len(label[0]), rest)
    for_whom = read_for_whom(rest)
    name = _name(rest, asked, for_whom, bool(contacts))
    reason = introduced_reason(rest)
    when = _without(rest, name, reason)
    if contacts:
        when = parted(when)
    time = read_time(when, offered, now, zone, asked=asked == "time", all_free=all_free)
    if asked == "reason":
        reason = None if _is_short_answer(rest) or (is_time(time) and only_a_time(rest)) else whole_reason(rest)
        return Details(name, for_whom, contacts, time if reason is None or _WISH.search(rest) else NoTime(), reason)
    if reason is None and asked != "confirm" and (contacts or name or is_time(time)):
        reason = named_complaint(when)
    return Details(name, for_whom, contacts, time, reason)


def is_time(read: TimeRead) -> bool:
    """Tell whether a message said anything on the time."""
    return not isinstance(read, NoTime)


def _separated(text: str, found: list[Found]) -> str:
    """Return the text with a mark in place of each contact, so that what stands around it is not taken together."""
    blanked = blank_out(text, found)
    return re.sub(f"{BLANK}+", f" | {BLANK} | ", blanked)


def _name(rest: str, asked: Asked | None, for_whom: str | None, has_contact: bool) -> str | None:
    if asked == "reason":
        return names.introduced(rest)
    introduced = names.introduced(rest)
    if introduced:
        return introduced
    if asked == "name":
        return names.read_name(rest, asked=True) if for_whom is None else names.alone(rest)
    if for_whom is None:
        who = names.speaker(rest)
        if who:
            return who
    return _listed(rest, has_contact) if asked != "time" or has_contact else None


def _listed(rest: str, has_contact: bool) -> str | None:
    """Return a full name that stands by itself in a list of details: "Tina Valdez, 312-555-0128, mornings"."""
    parts = clauses(rest)
    if not has_contact and len(parts) == 1:
        return None
    for part in parts[:3]:
        name = names.as_name(names.without_lead(part), alone=False)
        if name and (has_contact or part.split()[-1][0].isupper()):
            return name
    return None


def _without(rest: str, name: str | None, reason: str | None) -> str:
    """Return the rest without the name and the reason, so that "Wednesday Addams" is no Wednesday."""
    for words in (name, reason):
        if words:
            pattern = r"[\s.,]+".join(re.escape(word.strip(".")) for word in words.split())
            rest = re.sub(rf"(?<!\w){pattern}(?!\w)", f"{BLANK}, ", rest, count=1, flags=re.IGNORECASE)
    return rest


def _is_short_answer(rest: str) -> bool:
    return any(says(rest) for says in (is_yes, is_no, declines, asks_why, wants_to_stop))

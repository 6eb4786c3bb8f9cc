"""Telephone numbers and e-mail addresses, as people write them, and what is wrong with those that are none."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Final, Literal

import phonenumbers
from email_validator import validate_email
from phonenumbers import PhoneNumber, PhoneNumberFormat

from bot.booking.words.digits import Run, runs
from bot.booking.words.tidy import BLANK, tidy

Kind = Literal["phone", "email"]
Problem = Literal["too_short", "too_long", "not_a_number", "not_an_address"]

_NORTH_AMERICA: Final = 1
_US_DIGITS: Final = 10
_FEWEST_DIGITS: Final = 6
_MOST_DIGITS: Final = 15
_ABROAD: Final = "011"  # dialled in North America before the country's code
_STARTS: Final = 4  # places in a run of digits at which a number from elsewhere is looked for
_GROUPS: Final = {
    (3, 3, 4),
    (3, 7),
    (6, 4),
    (10,),
    (1, 3, 3, 4),
    (1, 3, 7),
    (1, 6, 4),
    (1, 10),
    (11,),
    (4, 3, 4),
    (4, 7),
}
_MOST: Final = 20  # addresses looked at in one text
_LOCAL: Final = re.compile(r"[\w.+%'&*/=?^{}~-]{1,64}$")
_DOMAIN: Final = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_SPOKEN: Final = re.compile(
    r"(?<![\w@+-])([\w+-]{1,64}(?:(?: dot | underscore | dash |\.)[\w+-]{1,64}){0,4})"
    r"(?: at | ?[(\[]at[)\]] ?)"
    r"([\w-]{1,63}(?:(?: dot |\.| ?[(\[]dot[)\]] ?)[\w-]{1,63}){1,4})(?![\w@])",
    re.IGNORECASE,
)
_SPOKEN_AT: Final = re.compile(r"[ (\[]at[ )\]]", re.IGNORECASE)
_NO_LOCAL: Final = re.compile(
    r"(?:me|us|you|we|it|is|am|be|look|see|found|find|site|website|online|page|i'm|im|work|home|here|there|reach|"
    r"call|email|mail|text|contact|him|her|them|my|address|number|phone)$",
    re.IGNORECASE,
)
_SIGNS: Final = ((" dot ", "."), (" underscore ", "_"), (" dash ", "-"), ("(dot)", "."), ("[dot]", "."))
_PHONE_WORD: Final = re.compile(
    r"\b(?:numbers?|phone|cell|mobile|call|text|tele?|reach|landline|home|work)\b", re.IGNORECASE
)
_EMAIL_WORD: Final = re.compile(r"\be-?mail\b", re.IGNORECASE)
_DOTTED: Final = re.compile(r"\b\w+(?:\.\w+)+\b")
_LETTERED: Final = re.compile(
    r"(?<!\w)\+?(?:1[- .])?\(?\d{3}\)?[- .]?(?:\d{3}[- .][A-Za-z]{4}|[A-Za-z]{3}[- .]?[A-Za-z\d]{4})(?!\w)"
)
_ELSE: Final = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?!\d)|(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)|\d:\d\d")
_ONLY_DIGITS: Final = re.compile(r"[\d\s()+./-]+$")


@dataclass(frozen=True)
class Contact:
    """A way to reach somebody: ``value`` to store (E.164, or the normalised address), ``shown`` to read.

    An extension stands in ``shown`` alone: E.164 has none.
    """

    kind: Kind
    value: str
    shown: str


@dataclass(frozen=True)
class Found:
    """A contact and where it stands in the tidy text."""

    contact: Contact
    start: int
    end: int


def read_contacts(text: str, region: str = "US") -> tuple[Contact, ...]:
    """Return the numbers and addresses in a text, in its order, each once. ``region`` is for numbers without a +."""
    return tuple(dict.fromkeys(each.contact for each in find_contacts(tidy(text), region)))


def find_contacts(text: str, region: str = "US") -> list[Found]:
    """Return the contacts of a tidy text with their places, in its order."""
    emails = _emails(text)
    rest = blank_out(text, emails)
    phones = [found for run in runs(rest) for found in _phones(run, region)]
    return sorted(emails + phones, key=lambda found: found.start)


def blank_out(text: str, found: list[Found]) -> str:
    """Return the text with blanks of the same length in place of the contacts."""
    for each in found:
        text = text[: each.start] + BLANK * (each.end - each.start) + text[each.end :]
    return text


def contact_problem(text: str, region: str = "US") -> Problem | None:
    """Return what is wrong with an attempt at a number or an address; None if there is none or a right one."""
    text = tidy(text)
    if find_contacts(text, region):
        return None
    if "@" in text or (_EMAIL_WORD.search(text) and (_DOTTED.search(text) or " dot " in text.lower())):
        return "not_an_address"
    if _LETTERED.search(text):
        return "not_a_number"
    least = 3 if _PHONE_WORD.search(text) or _ONLY_DIGITS.match(text) else 6
    tried = [run for run in runs(_ELSE.sub(lambda found: BLANK * len(found[0]), text)) if len(run.digits) >= least]
    return _number_problem(max(tried, key=lambda run: len(run.digits)), region) if tried else None


def _number_problem(run: Run, region: str) -> Problem:
    number = _parsed(run.written, region)
    if number is None:
        return "not_a_number" if run.plus else "too_short" if len(run.digits) < _US_DIGITS else "too_long"
    why = phonenumbers.is_possible_number_with_reason(number)
    if why in {phonenumbers.ValidationResult.TOO_SHORT, phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY}:
        return "too_short"
    return "too_long" if why == phonenumbers.ValidationResult.TOO_LONG else "not_a_number"


def _emails(text: str) -> list[Found]:
    found: list[Found] = []
    at = -1
    for _ in range(_MOST):
        at = text.find("@", at + 1)
        if at < 0:
            break
        left = text[max(0, at - 65) : at]
        blank = int(left.endswith(" "))
        local = _LOCAL.search(left[: len(left) - blank])
        start = at + 1 + int(text[at + 1 : at + 2] == " ")
        domain = _DOMAIN.match(text, start)
        if local and domain:
            begin = at - blank - len(local[0].lstrip(".'/"))
            found += _email(f"{local[0].lstrip(chr(39) + './')}@{domain[0]}", begin, domain.end())
    spoken_at = _SPOKEN_AT.search(text)
    for spoken in list(_SPOKEN.finditer(text))[:_MOST] if spoken_at else ():
        if not _NO_LOCAL.match(spoken[1]):
            found += _email(f"{_signs(spoken[1])}@{_signs(spoken[2])}", *spoken.span())
    return found


def _signs(spoken: str) -> str:
    for word, sign in _SIGNS:
        spoken = re.sub(re.escape(word), sign, spoken, flags=re.IGNORECASE)
    return spoken.replace(" ", "")


def _email(address: str, start: int, end: int) -> list[Found]:
    try:
        valid = validate_email(address, check_deliverability=False).normalized
    except ValueError:
        return []
    return [Found(Contact("email", valid, valid), start, end)]


def _phones(run: Run, region: str) -> list[Found]:
    """Return the numbers in a run of digits, which may hold a time or a second number beside one."""
    found: list[Found] = []
    at = 0
    while at < len(run.tokens):
        length = next((length for length in _lengths(run, at, region)), 0)
        if length:
            part = run.part(at, at + length)
            contact = _contact(part, region)
            if contact:
                found.append(Found(contact, part.start, part.end))
        at += length or 1
    return found


def _lengths(run: Run, at: int, region: str) -> list[int]:
    """Return how many tokens from here on make a number: the likeliest first."""
    if at and run.tokens[at].joined:
        return []
    part = run.part(at, at + _MOST_DIGITS)
    american = phonenumbers.country_code_for_region(region) == _NORTH_AMERICA and not part.plus
    if american and not part.digits.startswith(_ABROAD):
        return [
            length
            for length in _amounting_to(part, _US_DIGITS, _US_DIGITS + 1)
            if _is_american(run.part(at, at + length), whole=length == len(run.tokens))
        ]
    if at >= _STARTS:
        return []
    numbers = {
        length: _parsed(run.part(at, at + length).written, region)
        for length in _amounting_to(part, _FEWEST_DIGITS, _MOST_DIGITS)
    }
    possible = {length: each for length, each in numbers.items() if each and phonenumbers.is_possible_number(each)}
    return sorted(possible, key=lambda length: not phonenumbers.is_valid_number(possible[length]))


def _amounting_to(part: Run, least: int, most: int) -> list[int]:
    """Return how many of the first tokens have between ``least`` and ``most`` digits: the longest first."""
    sums = itertools.accumulate(len(token.digits) for token in part.tokens)
    return [length for length, digits in enumerate(sums, start=1) if least <= digits <= most][::-1]


def _is_american(part: Run, *, whole: bool) -> bool:
    if len(part.digits) != _US_DIGITS and not (len(part.digits) == _US_DIGITS + 1 and part.digits[0] == "1"):
        return False
    if part.spoken or part.sizes in _GROUPS:
        return True
    return whole and part.digits[0] not in "01" and not part.digits.startswith(("19", "20"))


def _parsed(written: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None


def _contact(part: Run, region: str) -> Contact | None:
    number = _parsed(part.written, region)
    if number is None or not phonenumbers.is_possible_number(number):
        return None
    at_home = number.country_code == phonenumbers.country_code_for_region(region)
    shown = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Contact("phone", value, phonenumbers.format_number(number, shown))

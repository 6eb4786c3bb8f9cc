"""What tells who somebody is, found by its form alone."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, Literal

from phonenumbers import Leniency, PhoneNumberMatcher

Found = tuple[Literal["phone", "email", "birth date", "ssn", "card", "ip address", "address"], int, int]

_EMAIL: Final = re.compile(r"[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_SSN: Final = re.compile(r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])")
_TOLD_SSN: Final = re.compile(
    r"\b(?:ssn|social(?:\s+security)?(?:\s+(?:number|no\.?))?)\W{0,4}(?:is\W{0,3})?(\d{9}|\d{4})\b", re.IGNORECASE
)
_CARD: Final = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_LONG_NUMBER: Final = re.compile(r"(?<![\w.])\d{9,}(?![\w.]?\d)")  # of a record, a policy, a number typed in one go
_LOCAL_PHONE: Final = re.compile(
    r"(?<![\d-])\d{3}[-. ]\d{4}(?![\d-])(?!\s*(?:mg|mcg|ml|units?|calories)\b)", re.IGNORECASE
)
_IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)")
_IPV6: Final = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre"
    r"|diciembre)\.?"
)
_YEAR: Final = r"(?P<year{n}>(?:19|20)\d{{2}}|\d{{2}})"
_DATE: Final = re.compile(
    r"(?<![\w/.-])(?:"
    rf"\d{{1,2}}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?{_YEAR.format(n=1)}"
    rf"|{_YEAR.format(n=2)}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?\d{{1,2}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?P<year3>(?:19|20)\d{{2}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?{_MONTH}(?:,|\s+de)?\s+(?P<year4>(?:19|20)\d{{2}})"
    r")(?![\w/-])",
    re.IGNORECASE,
)
_BIRTH: Final = re.compile(
    r"\b(?:born|birth|birthday|birthdate|dob|d\.o\.b|nac[ií]\w*|fecha\s+de\s+nacimiento)\b[^.!?\n]{0,25}$",
    re.IGNORECASE,
)
_TREATMENT: Final = re.compile(
    r"\b(?:surger\w*|operat\w*|fusion\w*|laminectom\w*|discectom\w*|implant\w*|injection\w*|procedure\w*|accident\w*"
    r"|injur\w*|fell|fall|mri|scan|x-?ray|since|until|appointment|seen|visit\w*|hospital\w*|cirug\w*|oper\w*)\b"
    r"[^.!?\n]{0,40}$",
    re.IGNORECASE,
)
_GROWN_UP: Final = 16  # years; who comes to a spine clinic was mostly born before

_PLAIN_SUFFIX: Final = r"street|avenue|road|boulevard|lane|parkway|highway|terrace|circle|trail|court|blvd|pkwy|hwy"
_SHORT_SUFFIX: Final = r"St|Ave|Rd|Ln|Dr|Drive|Ct|Pl|Place|Way|Cir|Ter|Trl|Sq|Square|Loop"
_NO_STREET: Final = (
    r"(?!(?:years?|yrs?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?|times?|miles?|feet|foot|mg|mcg|ml|pills?|levels?"
    r"|screws?|surger\w*|ago|and|or|of|in|on|at|the|a|my|to)\b)"
)
_UNIT: Final = r"(?:,?\s+(?:(?i:apt|apartment|suite|ste|unit|no)\b|#)\.?\s*#?\w{1,6})?"
_CITY: Final = r"(?:,\s*[A-Z][A-Za-z.' -]{1,30})?(?:,?\s+[A-Z]{2})?(?:\s+\d{5}(?:-\d{4})?)?"
_STREET: Final = re.compile(
    rf"(?<![\w.$/-])\d{{1,6}}[A-Za-z]?\s+(?:[NSEW]\.?[EW]?\.?\s+)?(?:{_NO_STREET}[\w'.-]+\s+){{1,3}}"
    rf"(?i:{_PLAIN_SUFFIX})\b\.?{_UNIT}{_CITY}"
    rf"|(?<![\w.$/-])\d{{1,6}}[A-Za-z]?\s+(?:[NSEW]\.?[EW]?\.?\s+)?(?:[A-Z0-9][\w'-]*\s+){{1,3}}"
    rf"(?:{_SHORT_SUFFIX})\b\.?(?!\s+[A-Z][a-z]+\s+(?:said|told|did|says)){_UNIT}{_CITY}"
    r"|\b[Pp]\.?\s?[Oo]\.?\s+[Bb]ox\s+\d{1,7}"
)


def find(text: str) -> Iterator[Found]:
    """Yield what is found, as kind, start and end; pieces may overlap."""
    for match in _EMAIL.finditer(text):
        yield "email", match.start(), match.end()
    for match in _SSN.finditer(text):
        yield "ssn", match.start(), match.end()
    for match in _TOLD_SSN.finditer(text):
        yield "ssn", match.start(1), match.end(1)
    for match in _CARD.finditer(text):
        if _luhn(match[0]):
            yield "card", match.start(), match.end()
    for match in _STREET.finditer(text):
        yield "address", match.start(), match.end()
    yield from _addresses_of_machines(text)
    yield from _phones(text)
    yield from _births(text)


def _phones(text: str) -> Iterator[Found]:
    for match in PhoneNumberMatcher(text, "US", leniency=Leniency.POSSIBLE):
        if not _DATE.search(match.raw_string):
            yield "phone", match.start, match.end
    for pattern in (_LOCAL_PHONE, _LONG_NUMBER):
        for found in pattern.finditer(text):
            yield "phone", found.start(), found.end()


def _births(text: str) -> Iterator[Found]:
    for match in _DATE.finditer(text):
        before = text[: match.start()][-80:]
        alone = not re.sub(r"\W", "", text[: match.start()] + text[match.end() :])
        if alone or _BIRTH.search(before) or (_is_long_ago(match) and not _TREATMENT.search(before)):
            yield "birth date", match.start(), match.end()


def _is_long_ago(match: re.Match[str]) -> bool:
    digits = next(year for name, year in match.groupdict().items() if year)
    now = datetime.now(UTC).year
    year = int(digits)
    if len(digits) == 2:  # noqa: PLR2004 - a short year
        year += 2000 if 2000 + year <= now else 1900
    return year <= now - _GROWN_UP


def _addresses_of_machines(text: str) -> Iterator[Found]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                ipaddress.ip_address(match[0])
            except ValueError:
                continue
            yield "ip address", match.start(), match.end()


def _luhn(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()][::-1]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]  # noqa: PLR2004 - two digits' sum
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0

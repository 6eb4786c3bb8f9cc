"""Redaction: what tells who somebody is becomes "[name]", "[phone]" and so on; what tells of the spine stays readable.

It finds patterns, and the values that the caller knows to belong to the conversation. It cannot find a name that
nobody has told it, so a redacted text is for people who are bound to secrecy all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from bot.staff import redaction_patterns as patterns

if TYPE_CHECKING:
    from re import Pattern

Kind = Literal["name", "phone", "email", "birth date", "ssn", "card", "ip address", "address", "captured"]

# Names that are words as well: these count only with a capital letter.
_WORDS_TOO: Final = frozenset(
    """
    ace an angel april art ash august baker bill bishop bond brook brown buddy carol chance chase church
    cliff cook cross da dale dawn day de dean di dick do drew earl el faith fisher ford frank gay gene glen
    grace grant gray green guy hall hand hill holly honey hope hunter in iris ivy jack jean jewel joy judge
    june king la lake lane lee little long lord mark mason may miles miller mills moon more my on park pat
    pearl penny piper pope price ray reed rich rob robin rock rose rusty sandy short skip smart so stone
    strong sue summer taylor van victor wall ward waters weeks west white will winter wise wood wright young
    """.split()  # noqa: SIM905 - a list of 150 strings is no better to read
)
_SHORTEST_CAPTURED: Final = 12  # characters; shorter ones ("pain") stand in too many sentences
_NATIONAL: Final = 10  # digits of a North American number without its country code


@dataclass(frozen=True)
class KnownValue:
    """A value that belongs to the conversation: a name or contact as it is written, or a sentence of a booking."""

    text: str
    kind: Kind


@dataclass(frozen=True)
class Span:
    """A piece that was redacted: where it stands in the text that was given, the end excluded, and what it is."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True)
class Redacted:
    """A text with "[kind]" in each span's place; ``spans`` are in order and do not overlap."""

    text: str
    spans: tuple[Span, ...]


def redact(text: str, known: Iterable[KnownValue] = ()) -> Redacted:
    """Return the text without what tells who somebody is. ``known``: the values of this conversation's bookings."""
    found = [span for value in known for span in _of_known(text, value)]
    found += [Span(start, end, kind) for kind, start, end in patterns.find(text)]
    spans = _merged(found)
    pieces, after = [], 0
    for span in spans:
        pieces += [text[after : span.start], f"[{span.kind}]"]
        after = span.end
    return Redacted("".join([*pieces, text[after:]]), tuple(spans))


def _merged(found: list[Span]) -> list[Span]:
    """Return spans that do not overlap and cover the same; of those that do, the longest gives its kind."""
    merged: list[Span] = []
    for span in sorted(found, key=lambda each: (each.start, -each.end)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            longer = max(last, span, key=lambda each: each.end - each.start)
            merged[-1] = Span(last.start, max(last.end, span.end), longer.kind)
        else:
            merged.append(span)
    return merged


def _of_known(text: str, value: KnownValue) -> Iterator[Span]:
    for pattern in _patterns(value):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), value.kind)


def _patterns(value: KnownValue) -> Iterator[Pattern[str]]:
    words = value.text.split()
    if value.kind == "phone":
        digits = re.sub(r"\D", "", value.text)[-_NATIONAL:]
        if len(digits) >= 7:  # noqa: PLR2004 - a local number
            yield re.compile(r"(?:\+?1\W{0,3})?(?<!\d)\(?" + r"\W{0,3}".join(digits) + r"(?!\d)")
        elif words:  # spelt out
            yield _phrase(words, re.IGNORECASE)
    elif value.kind == "name":
        if words:
            yield _phrase(words, re.IGNORECASE)
        for word in words:
            part = word.strip(".,;:'\"()")
            if len(part) > 1 and part[0].isalpha():
                common = part.casefold() in _WORDS_TOO
                yield _phrase([part[0].upper() + part[1:]] if common else [part], 0 if common else re.IGNORECASE)
    elif words and (value.kind != "captured" or len(value.text) >= _SHORTEST_CAPTURED):
        yield _phrase(words, re.IGNORECASE)


def _phrase(words: list[str], flags: int) -> Pattern[str]:
    return re.compile(r"(?<!\w)" + r"\s+".join(re.escape(word) for word in words) + r"(?!\w)", flags)

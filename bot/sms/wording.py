"""Makes one text message of a turn's replies: GSM-7, at most 320 characters, with numbered choices."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.sms.gsm import septets, to_gsm7
from bot.sms.plain import plain

LONGEST: Final = 320
SOURCE: Final = "Source: our FBSS page"
_LEAST_ROOM: Final = 100  # that a list of choices leaves for the text before it
_UNIT: Final = re.compile(r"(?P<before>\s*)(?P<words>[^\n]*?(?:[.!?](?=\s)|(?=\n)|$))", re.DOTALL)
_NUMBER: Final = re.compile(r"\b(?:911|988|1-\d{3}-\d{3}-\d{4})\b")
_CUT: Final = "..."

Does = Literal["say", "more", "no_more_texts", "keep_texts", "leave_chat"]


@dataclass(frozen=True)
class Choice:
    """Something to pick by its number.

    ``say``: the words that count as said; else ``does`` tells what happens, and for "more" ``say`` is what follows and
    ``then`` are the choices below it.
    """

    title: str
    say: str
    does: Does = "say"
    then: tuple[Choice, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the choice as JSON."""
        return {
            "title": self.title,
            "say": self.say,
            "does": self.does,
            "then": [choice.to_json() for choice in self.then],
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Choice:
        """Return the choice that ``to_json`` has kept."""
        return cls(kept["title"], kept["say"], kept["does"], tuple(cls.from_json(each) for each in kept["then"]))


@dataclass(frozen=True)
class Said:
    """A reply as the assistant gave it: words, choices, whether it has a source and whether it is about safety."""

    text: str
    choices: tuple[Choice, ...] = ()
    sourced: bool = False
    safety: bool = False


@dataclass(frozen=True)
class Page:
    """One text message, and what can be picked by number while it is the last one."""

    text: str
    choices: tuple[Choice, ...] = ()


def page_of(replies: Sequence[Said], own_hosts: Collection[str] = (), opening: str = "") -> Page:
    """Return the one text message of a turn; what does not fit is behind its last choice.

    ``opening`` stands before anything but an alarm. An alarm's first text is never cut, and has no "more" below it.
    """
    said = [Said(_clean(each.text, own_hosts), each.choices, each.sourced, each.safety) for each in replies]
    choices = _unlike(choice for each in said for choice in each.choices)
    if said and said[0].safety:
        return _safety(said, choices)
    words = " ".join(each.text for each in said if each.text)
    start = _clean(opening, own_hosts)
    return fitted(f"{start} {words}".strip(), choices, SOURCE if any(each.sourced for each in said) else "")


def fitted(text: str, choices: Sequence[Choice] = (), tail: str = "") -> Page:
    """Return a page of a clean text; ``tail`` follows the part of the text that is shown first."""
    below = f"\n{tail}" if tail else ""
    whole = f"{text}{below}{_listed(choices)}".strip()
    if septets(whole) <= LONGEST:
        return Page(whole, tuple(choices))
    shown = list(choices)
    while shown and septets(below + _listed(shown) + _more(shown)) > LONGEST - min(_LEAST_ROOM, septets(text)):
        shown.pop()
    end = _listed(shown) + _more(shown)
    head, rest = _split(text, LONGEST - septets(below + end))
    if not rest and len(shown) == len(choices):  # only the line of the source was too much
        return fitted(text, choices)
    more = Choice("", rest, "more", tuple(choices) if rest else tuple(choices[len(shown) :]))
    return Page(f"{head}{below}{end}".strip(), (*shown, more))


def _safety(said: Sequence[Said], choices: Sequence[Choice]) -> Page:
    """Return an alarm: its text whole, then other numbers to call, then the choices, then the question about them."""
    words = said[0].text
    for other in (each.text for each in said[1:] if not each.choices):
        words = next((longer for longer in _longer(words, other) if septets(longer) <= LONGEST), words)
    shown = choices if septets(words + _listed(choices)) <= LONGEST else ()
    for question in (each.text for each in said[1:] if each.choices):
        if septets(f"{words} {question}{_listed(shown)}") <= LONGEST:
            words = f"{words} {question}"
    return Page(f"{words}{_listed(shown)}", tuple(shown))


def _longer(words: str, other: str) -> tuple[str, str]:
    """Return the words with another text after them, and with nothing but its sentences that name a number to call."""
    numbers = " ".join(sentence for _, sentence in _units(other) if _NUMBER.search(sentence))
    return f"{words} {other}", f"{words} {numbers}".strip()


def _clean(text: str, own_hosts: Collection[str]) -> str:
    return plain(to_gsm7(plain(text, own_hosts)), own_hosts)


def _unlike(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    by_words = {choice.say: choice for choice in choices}
    return tuple(Choice(_clean(it.title, ()), it.say, it.does, it.then) for it in by_words.values())


def _listed(choices: Sequence[Choice]) -> str:
    return "".join(f"\n{number} {choice.title}" for number, choice in enumerate(choices, start=1) if choice.title)


def _more(choices: Sequence[Choice]) -> str:
    return f"\nReply {len(choices) + 1} for more"


def _units(text: str) -> list[tuple[str, str]]:
    """Return the sentences and lines of a text, each with the blanks before it."""
    return [(found["before"], found["words"]) for found in _UNIT.finditer(text) if found["words"]]


def _split(text: str, room: int) -> tuple[str, str]:
    """Return as many whole sentences or lines as fit, and the rest; of one too long by itself, the words that fit."""
    units = _units(text)
    head = ""
    for at, (before, words) in enumerate(units):
        if septets(head + before + words) > room:
            rest = "".join(before + words for before, words in units[at:]).strip()
            return (head, rest) if head else _cut(rest, room)
        head += before + words if head else words
    return head, ""


def _cut(text: str, room: int) -> tuple[str, str]:
    head = ""
    for word in re.findall(r"\s*\S+", text):
        if septets(head + word + _CUT) > room:
            break
        head += word
    if not head:  # one endless word
        head = text[: room // 2]
    return head + _CUT, text[len(head) :].strip()

"""What conversations are searched by, and the same as an address."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Final, get_args
from urllib.parse import urlencode

from bot.conversations.queues import QUEUES
from bot.conversations.records import Channel, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

TERM_MAX: Final = 10  # words of a search
_WORD: Final = re.compile(r"\w+")
_TOPIC: Final = re.compile(r"[a-z0-9_]{1,80}")
_STAFF: Final = re.compile(r"[^\x00-\x1f]{1,64}")
LABEL: Final = re.compile(r"[^\W_](?:[^\x00-\x1f]{0,38}\S)?")  # one line of up to 40 characters
RATINGS: Final = ("up", "down")
FLAGS: Final = ("alarm", "emergency", "crisis", "urgent", "with_a_person", "noted", "opted_out")
LANGUAGES: Final = ("en", "es")
BELOW: Final = ("0.3", "0.5", "0.7", "0.9")


@dataclass(frozen=True)
class Filters:
    """What is looked for; what is empty does not count.

    ``words``: all of them stand in the conversation, as words or the beginnings of words. ``since`` and ``until``: days
    as 2026-11-25, both included, in which something was said. ``below``: a message was understood with less confidence.
    ``staff``: somebody who answers it, wrote in it or noted something, or to whom it is assigned.
    """

    words: str = ""
    channel: str = ""
    since: str = ""
    until: str = ""
    topic: str = ""
    kind: str = ""
    below: str = ""
    flag: str = ""
    queue: str = ""
    staff: str = ""
    rating: str = ""
    language: str = ""
    label: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Filters:
        """Return the filters of an address; what none of them can be is left out."""
        words = " ".join(given.get("words", "").replace("\x00", " ").split())[:200]
        allowed = {
            "channel": get_args(Channel),
            "kind": get_args(Kind),
            "below": BELOW,
            "flag": FLAGS,
            "queue": QUEUES,
            "rating": RATINGS,
            "language": LANGUAGES,
        }
        chosen = {name: given[name] for name, values in allowed.items() if given.get(name) in values}
        for name in ("since", "until"):
            if day := _day(given.get(name, "")):
                chosen[name] = day.isoformat()
        for name, form in (("topic", _TOPIC), ("staff", _STAFF), ("label", LABEL)):
            if form.fullmatch(given.get(name, "")):
                chosen[name] = given[name]
        return cls(words=words, **chosen)

    @property
    def terms(self) -> tuple[str, ...]:
        """The words to be found, in small letters, each once."""
        return tuple(dict.fromkeys(_WORD.findall(self.words.lower())))[:TERM_MAX]

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day."""
        return _day(self.since), _day(self.until)

    @property
    def given(self) -> dict[str, str]:
        """What is filtered by."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def for_audit(self) -> dict[str, str | int]:
        """What the audit log keeps: of words and labels, which may be a patient's name, only how many there are."""
        hidden = {"words": len(self.terms), "label": 1}
        return {name: hidden.get(name, value) for name, value in self.given.items()}

    def query(self, **more: str) -> str:
        """Return the filters as the part of an address after its "?", with more values, and those that are "" gone."""
        merged = {**self.given, **more}
        return urlencode({name: value for name, value in merged.items() if value})


NAMES: Final = tuple(field.name for field in fields(Filters))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None

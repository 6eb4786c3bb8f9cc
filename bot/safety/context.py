"""Whether a sign that a sentence names is there now: not denied, long past, old and unchanged or only asked of.

In the manner of the ConText algorithm (Harkema et al. 2009): words around the sign, up to a word that ends their reach.
The words stand under ``contexts`` in ``rules.yml``. Politeness, reassurance by others and questions change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.safety.sentences import Sentence
from bot.safety.words import Span

NEGATED: Final = "negated"
PAST: Final = "past"
CHRONIC: Final = "chronic"
STUDY: Final = "study"
ELSEWHERE: Final = "elsewhere"

_REACH: Final = 5  # words between "no" and what it denies
_LIST_REACH: Final = 9  # in a list: "no fever, chills or drainage"
_ELSEWHERE_REACH: Final = 3  # words between "my dog" and what it does
_OLD_YEARS: Final = 1  # so many years back, something that has not changed is old
_YEAR: Final = re.compile(r"^(?:19[3-9]\d|20\d\d)$")
_SHORT_YEAR: Final = re.compile(r"^[0-9]\d$")  # after an apostrophe
_NUMBER: Final = re.compile(
    r"^\d{1,2}$|^(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty)$"
)
_YEARS: Final = frozenset({"year", "years", "yr", "yrs", "ano", "anos", "decades"})
_AGO: Final = frozenset({"ago", "old", "back", "later", "after", "before", "atras", "earlier"})
_JOINTS: Final = frozenset(
    {"and", "but", ",", "so", "because", "then", "now", "y", "pero", "entonces", "-", ":", "..."}
)
_OPENING: Final = 4  # words at the beginning of a sentence that set its time
_LISTING: Final = frozenset({"or", "nor", "ni", "o", "and"})
_SINCE: Final = frozenset({"since", "desde"})


@dataclass(frozen=True)
class Surroundings:
    """A sentence with the groups of words found in it, and the names of those in the message and after the sentence."""

    sentence: Sentence
    found: Mapping[str, Sequence[Span]]
    in_message: frozenset[str]
    afterwards: frozenset[str]
    today: date

    def reasons(self, parts: Sequence[Span], own: Sequence[Span]) -> list[str]:
        """Return why a sign is no sign now; none if it is one.

        ``parts``: where its words stand, in order; ``own``: all words whose "not" belongs to the sign.
        """
        start = parts[0].start
        held = {
            NEGATED: self._negated(parts, own),
            ELSEWHERE: self._elsewhere(start),
            PAST: self._past(start),
            CHRONIC: self._chronic(start),
            STUDY: self._study(),
        }
        return [reason for reason, holds in held.items() if holds]

    def tells_of_old(self) -> bool:
        """Whether the sentence tells of something old or unchanged, and the message of nothing new or worse."""
        return self._chronic(0)

    def _negated(self, parts: Sequence[Span], own: Sequence[Span]) -> bool:
        pretended = self.found.get("no_negation", ())
        for negation in self.found.get("negation", ()):
            if any(span.start <= negation.start < span.end for span in [*own, *pretended]):
                continue
            if negation.start < parts[0].start:
                if self._reaches(negation, parts[0].start):
                    return True
            elif any(part.start == negation.end for part in parts[1:]):
                return True
        return False

    def _reaches(self, negation: Span, start: int) -> bool:
        words = self.sentence.words
        between = words[negation.end : start]
        listed = "," in between and bool(_LISTING & set(words[negation.end : start + _REACH]))
        ended = any(negation.end <= ender.start < start for ender in self.found.get("ends_negation", ()))
        return not ended and ("," not in between or listed) and len(between) <= (_LIST_REACH if listed else _REACH)

    def _elsewhere(self, start: int) -> bool:
        return any(0 <= start - span.end <= _ELSEWHERE_REACH for span in self.found.get("elsewhere", ()))

    def _past(self, start: int) -> bool:
        """Whether it was long ago: told of the sign itself, not of the surgery before it."""
        ago = [*self._places("long_ago"), *self._old_years(since=False)]
        clause = self._clause(start)
        # "Surgery last year, I can't pee" dates the surgery, "last year I couldn't pee" the sign.
        dates_surgery = any(place < clause for place in self._places("surgery"))
        told = any(place >= clause or (place < _OPENING and not dates_surgery) for place in ago)
        return told and ("resolved" in self.in_message or not self._now())

    def _chronic(self, start: int) -> bool:
        """Whether it is old or unchanged: told with the sign or after it, not of something before it."""
        old = [*self._places("for_long"), *self._places("unchanged"), *self._for_years(), *self._old_years(since=True)]
        told = any(place >= self._clause(start) for place in old)
        return (told or bool({"for_long", "unchanged"} & self.afterwards)) and not self._newly()

    def _study(self) -> bool:
        if "study" in self.found:
            return True
        return "hypothetical" in self.found and not ("somebody" in self.found and self._now())

    def _now(self) -> bool:
        return "now" in self.found or "worse" in self.found

    def _newly(self) -> bool:
        return bool({"worse", "now"} & self.in_message) and "unchanged" not in self.in_message

    def _places(self, group: str) -> list[int]:
        return [span.start for span in self.found.get(group, ())]

    def _clause(self, start: int) -> int:
        """Return where the clause begins that the word at ``start`` stands in."""
        enders = [at for at in range(start) if self.sentence.words[at] in _JOINTS]
        return max(enders, default=-1) + 1

    def _old_years(self, *, since: bool) -> list[int]:
        """Return where years before this one are named, after "since" or not."""
        words = self.sentence.words
        return [
            at
            for at, word in enumerate(words)
            if (year := _year(word, words[at - 1 : at], self.today)) is not None
            and year <= self.today.year - _OLD_YEARS
            and bool(_SINCE & set(words[max(0, at - 3) : at])) is since
        ]

    def _for_years(self) -> list[int]:
        """Return where it is said to last for "three years", which is not "three years ago" and no age."""
        words = self.sentence.words
        return [
            at
            for at, word in enumerate(words)
            if word in _YEARS
            and at > 0
            and _NUMBER.match(words[at - 1])
            and not _AGO & set(words[at + 1 : at + 2])
            and not (words[at - 2 : at - 1] == ("hace",) and "que" not in words[at + 1 : at + 2])
        ]


def _year(word: str, before: Sequence[str], today: date) -> int | None:
    if _YEAR.match(word):
        return int(word)
    if list(before) != ["'"] or not _SHORT_YEAR.match(word):
        return None
    return 2000 + int(word) if int(word) <= today.year % 100 else 1900 + int(word)

"""The first line of triage: the rules of ``rules.yml``, and which of them a message meets."""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from bot.errors import ConfigurationError
from bot.nlu.language import language_of
from bot.safety.context import Surroundings
from bot.safety.sentences import Sentence, SentenceReader
from bot.safety.words import Span, WordFinder

Level = Literal["urgent", "emergency", "crisis"]

RULES: Final = Path(__file__).with_name("rules.yml")
_REACH: Final = 7  # words between the parts of a pattern
UNLESS: Final = "unless"
_MARKS: Final = {"&&": "message", ">": "order", "+": "near"}


@dataclass(frozen=True)
class Pattern:
    """Groups of words that belong together: near each other, in this order, or anywhere in the message."""

    groups: tuple[str, ...]
    how: Literal["near", "order", "message"]


@dataclass(frozen=True)
class Rule:
    """A rule: what it looks for, how urgent that is, what it rests on, and who signed it off when."""

    id: str
    family: str
    level: Level
    source: str
    signed_off: str | None
    patterns: tuple[Pattern, ...]
    even_if: frozenset[str]  # what does not hold it back
    unless: frozenset[str]  # groups of words in the same sentence that do


@dataclass(frozen=True)
class Hit:
    """A rule that a message meets, the words that met it, and why it does not count, if it does not."""

    rule: Rule
    words: str
    held_back: str | None = None


class Rules:
    """The rules, compiled; made once."""

    def __init__(self, loaded: Mapping[str, Any], today: date | None = None) -> None:
        """Compile rules. Raises ConfigurationError with one sentence where they are wrong."""
        groups = {**loaded["contexts"], **loaded["words"]}
        self._finder = WordFinder(groups)
        self._reader = SentenceReader(self._finder.words)
        self.rules = tuple(_rule(entry, groups) for entry in loaded["rules"])
        self._today = today
        _unique([rule.id for rule in self.rules])
        self._by_group: defaultdict[str, set[int]] = defaultdict(set)  # the rules with a pattern that begins so
        for number, rule in enumerate(self.rules):
            for pattern in rule.patterns:
                self._by_group[pattern.groups[0]].add(number)

    def sentences(self, text: str, language: str | None = None) -> list[Sentence]:
        """Return the message's sentences in plain words; ``language`` is found out if it is not given."""
        return self._reader.read(text, language or language_of(text))

    def read(self, sentences: Sequence[Sentence]) -> list[Surroundings]:
        """Return the sentences with the groups of words found in them, for ``meet`` and what is said of time."""
        today = self._today or date.today()  # noqa: DTZ011 - which year it is, wherever the visitor is
        found = [self._finder.find(sentence) for sentence in sentences]
        everywhere = frozenset(name for groups in found for name in groups)
        return [
            Surroundings(
                sentence, groups, everywhere, frozenset(name for later in found[at + 1 :] for name in later), today
            )
            for at, (sentence, groups) in enumerate(zip(sentences, found, strict=True))
        ]

    def meet(self, places: Sequence[Surroundings]) -> list[Hit]:
        """Return the rules that a message meets: each once, one that counts before one that is held back."""
        hits: dict[str, Hit] = {}
        for rule in self._possible(places):
            for hit in self._hits(rule, places):
                if rule.id not in hits or hits[rule.id].held_back:
                    hits[rule.id] = hit
                if not hit.held_back:
                    break
        return list(hits.values())

    def says_old(self, places: Sequence[Surroundings]) -> bool:
        """Whether a message tells of something old or unchanged, and of nothing new or worse."""
        return any(place.tells_of_old() for place in places)

    def says_changing(self, places: Sequence[Surroundings]) -> bool:
        """Whether a message says that something is new or getting worse."""
        found = _everywhere(places)
        return bool(found & {"now", "worse"}) and "unchanged" not in found

    def _possible(self, places: Sequence[Surroundings]) -> Iterator[Rule]:
        """Give the rules, in their order, of which the message has the first group of a pattern."""
        numbers = {number for group in _everywhere(places) for number in self._by_group.get(group, ())}
        return (self.rules[number] for number in sorted(numbers))

    def _hits(self, rule: Rule, places: Sequence[Surroundings]) -> Iterator[Hit]:
        everywhere = _everywhere(places)
        for pattern in rule.patterns:
            if not everywhere.issuperset(pattern.groups):
                continue
            if pattern.how == "message":
                yield from _across(rule, pattern, places)
                continue
            for place in places:
                for spans in _together(pattern, place.found):
                    yield _hit(rule, place, spans)


def load_rules() -> Rules:
    """Return the rules of ``rules.yml``."""
    return Rules(yaml.safe_load(RULES.read_text(encoding="utf-8")))


def _everywhere(places: Sequence[Surroundings]) -> frozenset[str]:
    """Return the groups of words that the message has."""
    return places[0].in_message if places else frozenset()


def _hit(rule: Rule, place: Surroundings, spans: Sequence[Span], own: Sequence[Span] | None = None) -> Hit:
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    reasons = [why for why in place.reasons(sorted(spans), own or spans) if why not in rule.even_if]
    if rule.unless & place.found.keys():
        reasons.append(UNLESS)
    return Hit(rule, " ".join(place.sentence.words[start:end]), reasons[0] if reasons else None)


def _across(rule: Rule, pattern: Pattern, places: Sequence[Surroundings]) -> Iterator[Hit]:
    """Look for each group by itself, anywhere: all of them have to be there and count."""
    parts = []
    for group in pattern.groups:
        hits = [
            _hit(rule, place, [span], [own for name in pattern.groups for own in place.found.get(name, ())])
            for place in places
            for span in place.found.get(group, ())
        ]
        if not hits:
            return
        parts.append(next((hit for hit in hits if not hit.held_back), hits[0]))
    yield Hit(
        rule, " … ".join(part.words for part in parts), next(filter(None, (part.held_back for part in parts)), None)
    )


def _together(pattern: Pattern, found: Mapping[str, Sequence[Span]]) -> Iterator[tuple[Span, ...]]:
    """Give the places at which the pattern's groups stand together, none overlapping another."""
    if not all(group in found for group in pattern.groups):
        return
    for spans in itertools.product(*(found[group] for group in pattern.groups)):
        ordered = sorted(spans)
        if pattern.how == "order" and list(spans) != ordered:
            continue
        gaps = [after.start - before.end for before, after in itertools.pairwise(ordered)]
        if all(0 <= gap <= _REACH for gap in gaps):
            yield spans


def _rule(entry: Mapping[str, Any], groups: Mapping[str, Any]) -> Rule:
    rule = Rule(
        id=entry["id"],
        family=entry["family"],
        level=entry["level"],
        source=entry["source"],
        signed_off=entry["signed_off"],
        patterns=tuple(map(_pattern, entry["any"])),
        even_if=frozenset(entry.get("even_if", ())),
        unless=frozenset(entry.get("unless", ())),
    )
    for group in {*rule.unless, *(group for pattern in rule.patterns for group in pattern.groups)}:
        if group not in groups:
            raise ConfigurationError(f"rules.yml: rule {rule.id} names the words {group!r}, which are not there.")
    return rule


@functools.cache
def _pattern(written: str) -> Pattern:
    marks = [mark for mark in _MARKS if f" {mark} " in written]
    if len(marks) > 1:
        raise ConfigurationError(f"rules.yml: {written!r} mixes {' and '.join(marks)}; a pattern has one of them.")
    for mark, how in _MARKS.items():
        if f" {mark} " in written:
            return Pattern(tuple(part.strip() for part in written.split(f" {mark} ")), how)  # type: ignore[arg-type]
    return Pattern((written.strip(),), "near")


def _unique(ids: Sequence[str]) -> None:
    double = sorted({each for each in ids if ids.count(each) > 1})
    if double:
        raise ConfigurationError(f"rules.yml: there are several rules {', '.join(double)}.")

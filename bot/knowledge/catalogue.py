"""Topics, passages and grounding, as read from this folder's files."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

_FOLDER = Path(__file__).parent
_HEADING = ".0"  # how the ids of headings end


@dataclass(frozen=True)
class Passage:
    """A passage of the source document: its id, as ``rfa.2``, and its exact words."""

    id: str
    quote: str


@dataclass(frozen=True)
class Catalogue:
    """All that is known, by topic id and passage id."""

    source: str
    passages: Mapping[str, str]
    quotes: Mapping[str, str]  # of topics.yml: topic -> the quote that grounds it
    actions: frozenset[str]
    safety: frozenset[str]
    refusals: frozenset[str]
    titles: Mapping[str, str]
    grounding: Mapping[str, Mapping[str, tuple[str, ...]]]  # topic -> sentence -> passage ids
    phrases_in_answers: frozenset[str]
    phrases_elsewhere: frozenset[str]

    @property
    def answers(self) -> frozenset[str]:
        """The topics that the document answers."""
        return frozenset(self.quotes)

    @property
    def topics(self) -> frozenset[str]:
        """All topic ids."""
        return self.answers | self.actions | self.safety | self.refusals

    def passages_behind(self, topic: str, text: str) -> list[Passage]:
        """Return the passages that the sentences of an answer rest on, each once, in the order of the sentences."""
        ids = dict.fromkeys(
            passage for sentence in sentences(text) for passage in self.grounding.get(topic, {}).get(sentence, ())
        )
        return [Passage(id=passage, quote=self.passages[passage]) for passage in ids]

    def passages_of(self, topic: str) -> list[Passage]:
        """Return the passages that a topic's answer may rest on, in the order of the document, headings left out."""
        ids = {passage for known in self.grounding.get(topic, {}).values() for passage in known}
        told = {passage for passage in ids if not passage.endswith(_HEADING)} or ids
        return [Passage(id=passage, quote=quote) for passage, quote in self.passages.items() if passage in told]


def sentences(text: str) -> list[str]:
    """Split an answer into sentences: at line ends and after a full stop, question or exclamation mark."""
    lines = (line.strip().removeprefix("•").strip() for line in text.splitlines())
    return [part for line in lines for part in re.split(r"(?<=[.!?])\s+", line) if part]


def same_words(text: str) -> str:
    """Return the text with white space folded, for comparing quotes."""
    return " ".join(text.split())


@functools.cache
def load_catalogue() -> Catalogue:
    """Return the catalogue; the files are read once."""
    topics = _read("topics.yml")
    phrases = _read("phrases.yml")
    return Catalogue(
        source=(_FOLDER / "source.txt").read_text(encoding="utf-8"),
        passages=_read("passages.yml"),
        quotes={topic: entry["quote"] for topic, entry in topics["answers"].items()},
        actions=frozenset(topics["actions"]),
        safety=frozenset(topics["safety"]),
        refusals=frozenset(topics["refusals"]),
        titles=_read("titles.yml"),
        grounding={
            topic: {sentence: tuple(ids) for sentence, ids in known.items()}
            for topic, known in _read("grounding.yml").items()
        },
        phrases_in_answers=frozenset(phrases["in_answers"]),
        phrases_elsewhere=frozenset(phrases["elsewhere"]),
    )


def _read(name: str) -> dict:  # type: ignore[type-arg]  # the files' shapes differ; the tests check them
    loaded: dict = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))  # type: ignore[type-arg]
    return loaded

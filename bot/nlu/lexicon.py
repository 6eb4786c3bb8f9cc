"""Finds what a message names: treatments, medicines, symptoms, body parts, and those that are outside the document."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spacy
import yaml
from spacy.pipeline import EntityRuler

if TYPE_CHECKING:
    from spacy.language import Language

LEXICON = Path(__file__).with_name("lexicon.yml")


@dataclass(frozen=True)
class Named:
    """Something that a message names, at character offsets; ``topic`` is where the document speaks of it."""

    kind: str
    value: str
    text: str
    start: int
    end: int
    topic: str | None


@functools.cache
def language() -> Language:
    """Return spaCy's English tokenizer with an entity ruler filled from ``lexicon.yml``; no statistical model."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    assert isinstance(ruler, EntityRuler)  # noqa: S101 - tells the type checker what add_pipe made
    ruler.add_patterns(
        [
            {"label": kind, "pattern": words, "id": value}
            for kind, values in _lexicon().items()
            for value, entry in values.items()
            for words in entry["words"]
        ]
    )
    return nlp


def find_named(text: str) -> list[Named]:
    """Return what ``text`` names, in order, the longest match where several overlap."""
    return [
        Named(
            kind=entity.label_,
            value=entity.ent_id_,
            text=entity.text,
            start=entity.start_char,
            end=entity.end_char,
            topic=topic_of(entity.label_, entity.ent_id_),
        )
        for entity in language()(text).ents
    ]


def topic_of(kind: str, value: str) -> str | None:
    """Return the topic under which the document speaks of an entity, or None where it does not."""
    entry = _lexicon().get(kind, {}).get(value)
    return entry.get("topic") if entry else None


def all_words() -> list[str]:
    """Return every wording that the lexicon knows."""
    return [words for values in _lexicon().values() for entry in values.values() for words in entry["words"]]


@functools.cache
def _lexicon() -> dict[str, dict[str, dict[str, Any]]]:
    return yaml.safe_load(LEXICON.read_text(encoding="utf-8"))

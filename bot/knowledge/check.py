"""Is everything that the assistant says grounded? Used by the tests and by ``python -m bot check``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import yaml

from bot.knowledge.catalogue import Catalogue, load_catalogue, same_words, sentences

ANSWER = "utter_faq/"
OVERDOSE = "utter_emergency/overdose_allergy"
_DOMAIN = Path(__file__).parents[2] / "domain.yml"


class Approved(Protocol):
    """An approved safety text, for the page and by SMS."""

    @property
    def text(self) -> str:
        """The text in the page."""

    @property
    def sms(self) -> str | None:
        """The text by SMS."""


def check_project(safety_texts: Mapping[str, Approved]) -> list[str]:
    """Return what is wrong with this project's domain.yml and knowledge, one sentence a problem."""
    responses = yaml.safe_load(_DOMAIN.read_text(encoding="utf-8"))["responses"]
    approved = [text for entry in safety_texts.values() for text in (entry.text, entry.sms) if text]
    return [*problems(load_catalogue(), responses, approved), *_changed_safety_texts(responses, safety_texts)]


def problems(
    catalogue: Catalogue, responses: Mapping[str, Sequence[Mapping[str, str]]], safety_texts: Collection[str]
) -> list[str]:
    """Return one sentence for each thing that is wrong, none if all is well.

    ``responses`` are those of domain.yml: name -> variants with ``text`` and perhaps ``channel``. ``safety_texts`` are
    the approved ones; each of their sentences may stand anywhere.
    """
    return [
        *_wrong_passages(catalogue),
        *_wrong_topics(catalogue, responses),
        *_ungrounded(catalogue, responses, safety_texts),
    ]


def _wrong_passages(catalogue: Catalogue) -> Iterator[str]:
    source = same_words(catalogue.source)
    for passage, quote in catalogue.passages.items():
        if same_words(quote) not in source:
            yield f"passages.yml: {passage} is not in the source document: {quote!r}"
    for topic, quote in catalogue.quotes.items():
        if same_words(quote) not in source:
            yield f"topics.yml: the quote of {topic} is not in the source document: {quote!r}"
    used = {passage for known in catalogue.grounding.values() for passages in known.values() for passage in passages}
    for passage in catalogue.passages.keys() - used:
        yield f"passages.yml: no answer uses {passage}"
    for passage in used - catalogue.passages.keys():
        yield f"grounding.yml: there is no passage {passage}"


def _wrong_topics(catalogue: Catalogue, responses: Mapping[str, Sequence[Mapping[str, str]]]) -> Iterator[str]:
    for topic in sorted(catalogue.answers):
        variants = responses.get(ANSWER + topic, [])
        if {variant.get("channel", "web") for variant in variants} != {"web", "sms"}:
            yield f"domain.yml: {ANSWER}{topic} needs one text for all channels and one for sms"
        grounds = {passage for passages in catalogue.grounding.get(topic, {}).values() for passage in passages}
        if not any(same_words(catalogue.quotes[topic]) in same_words(catalogue.passages[name]) for name in grounds):
            yield f"grounding.yml: {topic} does not rest on its own quote, {catalogue.quotes[topic]!r}"
    for topic in sorted(catalogue.topics - catalogue.titles.keys()):
        yield f"titles.yml: {topic} has no title"


def _ungrounded(
    catalogue: Catalogue, responses: Mapping[str, Sequence[Mapping[str, str]]], safety_texts: Collection[str]
) -> Iterator[str]:
    safe = {sentence for text in safety_texts for sentence in sentences(same_words(text))}
    said: dict[str, set[str]] = {topic: set() for topic in catalogue.grounding}
    for name, variants in responses.items():
        topic = name.removeprefix(ANSWER) if name.startswith(ANSWER) else None
        grounded = catalogue.grounding.get(topic, {}) if topic else {}
        phrases = catalogue.phrases_in_answers if topic else catalogue.phrases_elsewhere
        for variant in variants:
            spoken = sentences(variant["text"])
            said.setdefault(topic or "", set()).update(spoken)
            for sentence in spoken:
                if sentence not in grounded and sentence not in phrases and sentence not in safe:
                    yield (
                        f"domain.yml: {name} says {sentence!r}, which is neither in grounding.yml nor an approved "
                        "phrase; say in grounding.yml which passages it rests on"
                    )
            if topic and not any(sentence in grounded for sentence in spoken):
                yield f"domain.yml: {name} says nothing that is in the document"
    for topic, known in catalogue.grounding.items():
        for sentence in known.keys() - said[topic]:
            yield f"grounding.yml: {topic} no longer says {sentence!r}"


def _changed_safety_texts(
    responses: Mapping[str, Sequence[Mapping[str, str]]], safety_texts: Mapping[str, Approved]
) -> Iterator[str]:
    """Find replies to emergencies and crises that are not the approved text, word for word."""
    for name, variants in responses.items():
        if name.startswith(("utter_emergency", "utter_crisis")):
            approved = safety_texts[
                "crisis" if name == "utter_crisis" else "overdose" if name == OVERDOSE else "emergency"
            ]
            for variant in variants:
                expected = approved.sms if variant.get("channel") == "sms" else approved.text
                if variant["text"] != expected:
                    yield f"domain.yml: {name} is not the approved text of bot/safety/replies.yml"

"""A visitor's message as the classifier understood it, in the form that plans are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.nlu.lexicon import topic_of

_OUTSIDE = {"other_treatment", "other_condition", "other_body_part"}


@dataclass(frozen=True)
class Part:
    """A message, or one of several questions in it: its clean text, calibrated labels, and what it names."""

    text: str
    labels: Mapping[str, float]
    named: tuple[str, ...] = ()  # topics of what it names, in order
    words: tuple[str, ...] = ()  # the names of those
    outside: tuple[str, ...] = ()  # entity types of what it names that the document does not speak of

    @classmethod
    def read(cls, parsed: Mapping[str, Any]) -> Part:
        """Return the part for what the classifier's component has set: text, labels, entities."""
        topics: dict[str, str] = {}
        outside = []
        for entity in parsed["entities"]:
            topic = topic_of(entity["entity"], entity["value"])
            if topic:
                topics.setdefault(topic, entity["value"])
            elif entity["entity"] in _OUTSIDE:
                outside.append(entity["entity"])
        return cls(
            text=parsed["text"],
            labels={entry["label"]: entry["confidence"] for entry in parsed["labels"]},
            named=tuple(topics),
            words=tuple(topics.values()),
            outside=tuple(dict.fromkeys(outside)),
        )


@dataclass(frozen=True)
class Reading:
    """A whole message. ``parts`` are its questions if it has several, else the message itself."""

    whole: Part
    parts: tuple[Part, ...]
    text: str  # as it was written
    language: str = "en"
    message_id: str | None = None

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Reading:
        """Return the reading of Rasa's latest message."""
        whole = Part.read(
            {
                "text": message.get("clean_text") or message.get("text") or "",
                "labels": message.get("labels") or [],
                "entities": message.get("entities") or [],
            }
        )
        return cls(
            whole=whole,
            parts=tuple(Part.read(part) for part in message.get("parts") or []) or (whole,),
            text=message.get("text") or "",
            language=message.get("language") or "en",
            message_id=message.get("message_id"),
        )

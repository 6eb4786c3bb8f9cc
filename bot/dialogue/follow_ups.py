"""Where the document answers a follow-up: "how long does it last?" after an answer, by ``follow_ups.yml``."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

_FILE = Path(__file__).with_name("follow_ups.yml")
_DEFAULT: Final = "default"
_SAME: Final = "same"
_WORD: Final = re.compile(r"[a-z]+")


def answer_to(aspect: str, topic: str) -> str:
    """Return the topic that answers an aspect of ``topic``, or the label of the refusal (with a slash).

    Raises KeyError for an aspect that is not in the table.
    """
    table: dict[str, str] = _tables()["aspects"][aspect]
    answer = table.get(topic, table[_DEFAULT])
    return topic if answer == _SAME else answer


def facts() -> dict[str, tuple[str, str]]:
    """Return the topics that are a fact of one treatment, each with its aspect and that treatment."""
    return {fact: (entry["aspect"], entry["of"]) for fact, entry in _tables()["facts"].items()}


def subject_of(topic: str) -> str:
    """Return the treatment that a fact belongs to; any other topic is its own subject."""
    return facts()[topic][1] if topic in facts() else topic


def aspects() -> frozenset[str]:
    """Return the aspects of the table."""
    return frozenset(_tables()["aspects"])


def topics_with(aspect: str) -> list[str]:
    """Return the topics for which the document itself has this aspect, at most three."""
    own = dict.fromkeys(answer for answer in _tables()["aspects"][aspect].values() if answer != _SAME)
    return [topic for topic in own if "/" not in topic][:3]


def group_of(topic: str) -> str | None:
    """Return the topic above: ``interventional`` for ``rfa``; None for the topmost."""
    return next((group for group, members in _tables()["groups"].items() if topic in members), None)


def members_of(group: str) -> list[str]:
    """Return the topics below a topic; none for most."""
    members: list[str] = _tables()["groups"].get(group, [])
    return list(members)


def telling_words(topic: str) -> frozenset[str]:
    """Return the words that tell a topic from the others of its group; none for the groups themselves."""
    return frozenset(_tables()["told_by"].get(topic, ()))


def told_apart(text: str, topics: Sequence[str]) -> str | None:
    """Return the one of several topics that a text tells by a word, "the nerve ones"; None where none or more fit."""
    words = set(_WORD.findall(text.lower()))
    fitting = [topic for topic in topics if words & telling_words(topic)]
    return fitting[0] if len(fitting) == 1 else None


def beside(topic: str) -> str | None:
    """Return what else there is beside a topic: its group, or for one in no group what the table says."""
    other: str | None = group_of(topic) or _tables()["beside"].get(topic)
    return other


def counterpart_of(topic: str) -> str | None:
    """Return the topic that "the other one" means when only ``topic`` was spoken of."""
    counterpart: str | None = _tables()["pairs"].get(topic)
    return counterpart


@functools.cache
def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tables

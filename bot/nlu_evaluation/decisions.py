"""What ``bot.nlu.decision`` does with messages, told apart by what was due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.decision import Decision, decide
from bot.nlu.labels import topic_of


class Kind(StrEnum):
    """What sort of reply a topic is due."""

    ANSWER = "answer"
    ACTION = "action"
    SAFETY = "safety"
    REFUSAL = "refusal"
    DIALOGUE = "dialogue"  # yes, no and follow-up questions: topics only to the classifier


class Outcome(StrEnum):
    """What was done, beside what was due."""

    RIGHT = "right"
    ASKED = "asked"  # with the right topic among the buttons
    ASKED_IN_VAIN = "asked in vain"  # without it
    NOT_UNDERSTOOD = "not understood"
    REFUSED = "refused"  # where another refusal, or none, was due
    CONTENT = "content"  # another topic's answer
    ALARM = "alarm"  # emergency or crisis, where it was not due
    OTHER = "other"  # another action, or taken for a part of the dialogue


WRONG: Final = (Outcome.CONTENT, Outcome.ALARM, Outcome.OTHER)  # for topics that are answers


def kind_of(topic: str) -> Kind:
    """Return the kind of a topic."""
    catalogue = load_catalogue()
    kinds = {
        Kind.ANSWER: catalogue.answers,
        Kind.ACTION: catalogue.actions,
        Kind.SAFETY: catalogue.safety,
        Kind.REFUSAL: catalogue.refusals,
    }
    return next((kind for kind, topics in kinds.items() if topic in topics), Kind.DIALOGUE)


def outcome_of(decision: Decision, due: str) -> Outcome:
    """Return what a decision comes to where the topic ``due`` was meant."""
    if decision.candidates:
        return Outcome.ASKED if due in decision.candidates else Outcome.ASKED_IN_VAIN
    if decision.label is None:
        return Outcome.NOT_UNDERSTOOD
    chosen = topic_of(decision.label)
    if chosen == due:
        return Outcome.RIGHT
    done = {Kind.REFUSAL: Outcome.REFUSED, Kind.ANSWER: Outcome.CONTENT, Kind.SAFETY: Outcome.ALARM}
    return done.get(kind_of(chosen), Outcome.OTHER)


def decisions(messages: Iterable[tuple[Mapping[str, float], str]]) -> dict[str, dict[str, int]]:
    """Count the outcomes by what was due; ``messages``: probabilities of the labels, and the topic that was meant."""
    counts = {kind: Counter(dict.fromkeys(Outcome, 0)) for kind in Kind}
    for labels, due in messages:
        counts[kind_of(due)][outcome_of(decide(labels), due)] += 1
    return {kind.value: {outcome.value: counted[outcome] for outcome in Outcome} for kind, counted in counts.items()}

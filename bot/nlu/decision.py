"""From calibrated probabilities to what to do: answer, refuse, ask which topic was meant, or say "not understood".

Whatever has the least expected cost. A wrong answer costs more than a refusal, a refusal more than a question back,
and content where a refusal is due more than anything but a missed red flag.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.labels import intent_of, topic_of

# Costs of doing one thing where another was due; doing what was due costs nothing.
_WRONG_ANSWER: Final = 1.0  # another topic's answer, where an answer was due
_CONTENT_FOR_REFUSAL: Final = 1.1
_REFUSED_ANSWER: Final = 0.8
_WRONG_REFUSAL: Final = 0.3  # refused, with another reason
_WRONG_ACTION: Final = 1.0
_MISSED_RED_FLAG: Final = 1.5  # triage has looked for it before, and answered at once if it was there
_WRONG_ALARM: Final = 0.5  # an emergency taken for a crisis, or the other way round
_FALSE_ALARM: Final = 0.9
_ASKED: Final = 0.45  # asked, and what was meant is among the buttons
_ASKED_IN_VAIN: Final = 0.8  # asked, and it is not
_ASKED_FOR_REFUSAL: Final = 0.4  # asked, where a refusal was due: nothing was given away
_NOT_UNDERSTOOD: Final = 0.85

_LEAST_RED_FLAG: Final = 0.4  # triage has looked before (bot.safety); here only what is likely adds to it
_MOST_CANDIDATES: Final = 3
_LEAST_CANDIDATE: Final = 0.08  # what is less likely than this is not worth a button


@dataclass(frozen=True)
class Decision:
    """The label to go by; or, without one, the topics to ask about, the likeliest first; or nothing at all."""

    label: str | None
    candidates: tuple[str, ...] = ()


def decide(labels: Mapping[str, float]) -> Decision:
    """Return what to do for these probabilities of the labels, which add up to about 1."""
    topics = topics_of(labels)
    catalogue = load_catalogue()
    red_flags = sum(topics.get(topic, 0.0) for topic in catalogue.safety)
    costs: dict[tuple[str, ...] | str, float] = {
        topic: _cost(topic, topics) for topic in topics if topic not in catalogue.safety or red_flags >= _LEAST_RED_FLAG
    }
    buttons = tuple(
        topic
        for topic, probability in sorted(topics.items(), key=lambda item: -item[1])
        if probability >= _LEAST_CANDIDATE and topic in catalogue.answers | catalogue.actions
    )[:_MOST_CANDIDATES]
    if len(buttons) > 1:
        costs[buttons] = sum(probability * _cost_of_asking(topic, buttons) for topic, probability in topics.items())
    best = min(costs, key=costs.__getitem__, default=())
    if not costs or costs[best] > _NOT_UNDERSTOOD:
        return Decision(None)
    if isinstance(best, tuple):
        return Decision(None, best)
    return Decision(max((label for label in labels if topic_of(label) == best), key=labels.__getitem__))


def topics_of(labels: Mapping[str, float]) -> dict[str, float]:
    """Return the probabilities of the topics: those of their labels added up."""
    return _added_up(labels, topic_of)


def intents_of(labels: Mapping[str, float]) -> dict[str, float]:
    """Return the probabilities of Rasa's intents: those of their labels added up."""
    return _added_up(labels, intent_of)


def _added_up(labels: Mapping[str, float], group_of: Callable[[str], str]) -> dict[str, float]:
    groups: dict[str, float] = {}
    for label, probability in labels.items():
        groups[group_of(label)] = groups.get(group_of(label), 0.0) + probability
    return groups


def _cost(choice: str, topics: Mapping[str, float]) -> float:
    return sum(probability * _price(choice, due) for due, probability in topics.items() if due != choice)


def _price(choice: str, due: str) -> float:
    catalogue = load_catalogue()
    if due in catalogue.safety:
        return _WRONG_ALARM if choice in catalogue.safety else _MISSED_RED_FLAG
    if choice in catalogue.safety:
        return _FALSE_ALARM
    if choice in catalogue.refusals:
        return _WRONG_REFUSAL if due in catalogue.refusals else _REFUSED_ANSWER
    if choice in catalogue.answers:
        return _CONTENT_FOR_REFUSAL if due in catalogue.refusals else _WRONG_ANSWER
    return _WRONG_ACTION


def _cost_of_asking(due: str, buttons: tuple[str, ...]) -> float:
    catalogue = load_catalogue()
    if due in catalogue.safety:
        return _MISSED_RED_FLAG
    if due in buttons:
        return _ASKED
    return _ASKED_FOR_REFUSAL if due in catalogue.refusals else _ASKED_IN_VAIN

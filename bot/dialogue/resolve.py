"""What one question asks for, in the light of what was said before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from bot.dialogue import follow_ups
from bot.dialogue.context import Context
from bot.dialogue.pointing import pointed_at
from bot.dialogue.reading import Part
from bot.knowledge.catalogue import load_catalogue
from bot.nlu.decision import decide, topics_of
from bot.nlu.labels import BOOKING, FOLLOW_UP, intent_of, part_of, topic_of

DURATION: Final = "duration"
EFFECTIVENESS: Final = "effectiveness"
OTHER: Final = "other"
ELSE: Final = "else"
PLACE: Final = "place"
WRONG: Final = "wrong"
INSIST: Final = "insist"
_OUTSIDE: Final = {
    "other_treatment": "not_in_source/other_treatment",
    "other_condition": "not_in_source/other_condition",
}
_SWITCH: Final = re.compile(r"^\W*(ok|okay|so|well)?\W*(and|what about|how about|what of)\b", re.IGNORECASE)
_SWITCH_WORDS: Final = 8
# "Which of them works best?": the document calls one treatment "one of the most effective".
_SUPERLATIVE: Final = re.compile(r"\b(best|most)\b", re.IGNORECASE)
_WITH_A_BEST: Final = {"treatments", "interventional"}
# "The strong ones", "and the one for the mind?": something of the group that is spoken of, told by its nature.
_ONE_OF_THEM: Final = re.compile(
    r"\b(the|that|those|these|any|which)\b(?:\s+\S+){0,3}?\s+(ones?|kinds?|types?|sorts?)\b", re.IGNORECASE
)
_LIMBS: Final = re.compile(
    r"\b(arms?|legs?|hands?|f(?:oo|ee)t|fingers?|toes?|limbs?|calf|calves|thighs?)\b", re.IGNORECASE
)
_TRUNK: Final = re.compile(r"\b(neck|back|spine|lumbar|cervical|tailbone)\b", re.IGNORECASE)
# How likely a follow-up stays once there is something that it can follow up, and before: the classifier, which sees the
# message alone, takes some questions for one that are none.
_AFTER_A_TOPIC: Final = 0.8
_BEFORE_ANY_TOPIC: Final = 0.25
_OUTSIDE_A_BOOKING: Final = 0.05  # how likely what belongs into a booking stays while none is under way
_ITS_OWN_FACT: Final = 2.0  # asked of the one treatment for which the document has that fact
_CERTAIN: Final = 0.8  # an answer this likely is given although something outside the document is named in passing
_OF_THE_GROUP: Final = 5.0  # how much likelier one of the group is once the message says "one"
_DESCRIBED: Final = (0.02, 3.0)  # how likely the one that is described must be, and how much likelier than the next
_INSISTS_ON_NOTHING: Final = 0.05  # how likely pressing for an answer stays where none was refused
_STATED: Final = 0.3  # a fact this likely is asked for in so many words
_FOLLOW_UP_BESIDE_FACT: Final = 0.1  # as likely as the fact: then the topic before was meant


@dataclass(frozen=True)
class Act:
    """What is asked for.

    ``answer``: the topic ``value``; ``refuse``: for the label ``value``; ``say``: the fixed response of the label
    ``value``; ``ask``: which of ``topics`` is meant; ``wrong``: the reply before was, and ``topics`` are what else it
    may have been; ``nothing``: not understood. ``aspect`` is what is asked about a topic, ``about`` of which one.
    """

    kind: Literal["answer", "refuse", "say", "ask", "wrong", "nothing"]
    value: str = ""
    aspect: str | None = None
    about: str | None = None
    topics: tuple[str, ...] = ()


def both_named(part: Part, act: Act) -> list[Act]:
    """Return answers on both topics of a message that names two of a kind ("what do Lyrica and opioids do?")."""
    if act.kind != "answer" or act.aspect or len(part.named) != 2 or act.value not in part.named:  # noqa: PLR2004
        return []
    first, second = part.named
    if follow_ups.group_of(first) is None or follow_ups.group_of(first) != follow_ups.group_of(second):
        return []
    return [Act("answer", first), Act("answer", second)]


def resolve(part: Part, context: Context) -> Act:
    """Return what a part of a message asks for."""
    decision = decide(_in_context(part, context))
    if same := _same_treatment(decision.candidates):
        return Act("answer", same)
    if decision.label is None:
        return Act("ask", topics=decision.candidates) if decision.candidates else Act("nothing")
    label = decision.label
    if intent_of(label) == FOLLOW_UP:
        return _follow_up(part_of(label), part, context)
    return _outside(part, label) or _fact(part, context, label) or _switch(part, context, label) or _plain(part, label)


def _same_treatment(asked_about: tuple[str, ...]) -> str | None:
    """Return the likelier of a treatment and a fact of it: to ask which of the two is meant helps nobody."""
    facts = {fact: owner for fact, (_, owner) in follow_ups.facts().items()}
    owners = {facts.get(topic, topic) for topic in asked_about}
    return asked_about[0] if len(owners) == 1 and owners <= set(facts.values()) else None


def candidates(part: Part, context: Context) -> tuple[str, ...]:
    """Return the topics that the part may mean, the likeliest first."""
    catalogue = load_catalogue()
    topics = topics_of(_in_context(part, context))
    likely = sorted(topics, key=topics.__getitem__, reverse=True)
    return tuple(topic for topic in likely if topic in catalogue.answers | catalogue.actions)


def _in_context(part: Part, context: Context) -> dict[str, float]:
    """Return the labels' probabilities, with follow-ups made likelier after a topic, and less likely before any."""
    follows = context.topic and not part.named and not part.outside
    weights = {FOLLOW_UP: _AFTER_A_TOPIC if follows else _BEFORE_ANY_TOPIC, BOOKING: _OUTSIDE_A_BOOKING}
    weighted = {label: probability * weights.get(intent_of(label), 1.0) for label, probability in part.labels.items()}
    if follows and context.topic:
        for fact, (aspect, owner) in follow_ups.facts().items():
            if context.topic == owner:
                for label in (f"faq/{fact}", f"{FOLLOW_UP}/{aspect}"):
                    weighted[label] = weighted.get(label, 0.0) * _ITS_OWN_FACT
        if _ONE_OF_THEM.search(part.text):
            group = _its_group(context.topic)
            for topic in [*group, *(fact for fact, (_, owner) in follow_ups.facts().items() if owner in group)]:
                weighted[f"faq/{topic}"] = weighted.get(f"faq/{topic}", 0.0) * _OF_THE_GROUP
            if told := follow_ups.told_apart(part.text, group):
                _gather(weighted, f"faq/{told}")
    if not context.refused:
        insisting = f"{FOLLOW_UP}/{INSIST}"
        weighted[insisting] = weighted.get(insisting, 0.0) * _INSISTS_ON_NOTHING
    total = sum(weighted.values()) or 1.0
    return {label: probability / total for label, probability in weighted.items()}


def _gather(weighted: dict[str, float], label: str) -> None:
    """Give one label what all answers together have: which of them is meant was said in so many words."""
    answers = [other for other in weighted if intent_of(other) == "faq"]
    weighted[label] = sum(weighted.pop(other) for other in answers)


def _its_group(topic: str) -> list[str]:
    """Return the topics that "the one for ..." may be after a topic: those below it, or else those beside it."""
    below = follow_ups.members_of(topic)
    return below or [other for other in follow_ups.members_of(follow_ups.group_of(topic) or "") if other != topic]


def _plain(part: Part, label: str) -> Act:
    intent = intent_of(label)
    if intent == "faq":
        return Act("answer", topic_of(label))
    if intent in {"not_in_source", "personal_advice"}:
        return Act("refuse", label, about=part.named[0] if part.named else None)
    return Act("say", label)


def _outside(part: Part, label: str) -> Act | None:
    """Refuse what names a treatment or condition outside the document: it is no question about the nearest topic."""
    outside = [kind for kind in part.outside if kind in _OUTSIDE]
    if intent_of(label) == "faq" and outside and not part.named and part.labels.get(label, 0.0) < _CERTAIN:
        return Act("refuse", _OUTSIDE[outside[0]])
    return None


def _fact(part: Part, context: Context, label: str) -> Act | None:
    """Keep a fact of one treatment from being given for another that was named, or that is being spoken of."""
    if topic_of(label) not in follow_ups.facts():
        return None
    aspect, owner = follow_ups.facts()[topic_of(label)]
    if part.named:
        another = owner not in part.named and part.named[0] in follow_ups.members_of("interventional")
        return _about(aspect, part.named[0]) if another else None
    likely = part.labels.get(f"{FOLLOW_UP}/{aspect}", 0.0) >= _FOLLOW_UP_BESIDE_FACT * part.labels.get(label, 0.0)
    if likely and context.topic not in {None, owner}:
        return _about(aspect, context.topic)
    return None


def _switch(part: Part, context: Context, label: str) -> Act | None:
    """Ask of another treatment what was asked of the one before: "and the stimulator?"."""
    short = len(part.text.split()) <= _SWITCH_WORDS and _SWITCH.search(part.text)
    stated = any(
        owner == topic_of(label) and part.labels.get(f"faq/{fact}", 0.0) >= _STATED
        for fact, (_, owner) in follow_ups.facts().items()
    )
    if (
        short
        and not stated
        and context.aspect in {DURATION, EFFECTIVENESS}
        and topic_of(label) in follow_ups.members_of("interventional")
    ):
        return _about(context.aspect, topic_of(label))
    return None


def _follow_up(aspect: str, part: Part, context: Context) -> Act:
    if aspect == WRONG:
        return Act("wrong", topics=context.candidates)
    if aspect == INSIST:
        return Act("refuse", context.refused, about=context.topic) if context.refused else Act("nothing")
    if context.action and context.topic is None and not part.named:
        return Act("refuse", "not_in_source/clinic") if aspect == DURATION else Act("say", context.action)
    if aspect == OTHER:
        return _the_other(part, context)
    target = pointed_at(part.text, context) or (part.named[0] if part.named else _described(part, context))
    if target is None:
        known = follow_ups.topics_with(aspect) if aspect in follow_ups.aspects() else []
        return Act(
            "ask", aspect=aspect, topics=tuple(known) if len(known) > 1 else ("causes", "symptoms", "treatments")
        )
    return _of_topic(aspect, part, target, context)


def _described(part: Part, context: Context) -> str | None:
    """Return the one of its group that the message describes ("the strong ones"), or else the topic spoken of."""
    if context.topic is None or not _ONE_OF_THEM.search(part.text):
        return context.topic
    if told := follow_ups.told_apart(part.text, _its_group(context.topic)):
        return told
    likely = sorted(
        ((part.labels.get(f"faq/{topic}", 0.0), topic) for topic in _its_group(context.topic)), reverse=True
    )
    if len(likely) < 2:  # noqa: PLR2004 - with none beside it, nothing is told apart
        return context.topic
    (first, topic), (second, _) = likely[:2]
    return topic if first >= _DESCRIBED[0] and first >= _DESCRIBED[1] * second else context.topic


def _of_topic(aspect: str, part: Part, topic: str, context: Context) -> Act:
    if aspect == ELSE:
        return _something_else(topic, context)
    if aspect == PLACE:
        return _elsewhere(part, topic)
    if aspect == EFFECTIVENESS and topic in _WITH_A_BEST and _SUPERLATIVE.search(part.text):
        return Act("answer", "scs_effectiveness", aspect=aspect)
    return _about(aspect, topic)


def _about(aspect: str, topic: str) -> Act:
    answer = follow_ups.answer_to(aspect, topic)
    if "/" in answer:
        return Act("refuse", answer, aspect=aspect, about=topic)
    return Act("answer", answer, aspect=aspect, about=topic)


def _the_other(part: Part, context: Context) -> Act:
    topic = part.named[0] if part.named else pointed_at(part.text, context)
    if topic is None and (described := _described(part, context)) != context.topic:
        topic = described
    if topic is None and context.topic:
        topic = follow_ups.counterpart_of(context.topic)
    if topic is None:
        group = follow_ups.group_of(context.topic) if context.topic else None
        siblings = [member for member in follow_ups.members_of(group or "treatments") if member != context.topic]
        return Act("ask", aspect=OTHER, topics=tuple(siblings[:3]))
    if context.aspect in {DURATION, EFFECTIVENESS}:
        return _about(context.aspect, topic)
    return Act("answer", topic)


def _something_else(topic: str, context: Context) -> Act:
    """Return what else there is: the group of the topic, or the group above if that was answered already."""
    group = follow_ups.beside(topic) or topic
    while group in context.answered and follow_ups.group_of(group):
        group = follow_ups.group_of(group) or group
    return Act("answer", group, aspect=ELSE, about=topic)


def _elsewhere(part: Part, topic: str) -> Act:
    """Return the symptom of another part of the body: "what about the arms?"."""
    if part.outside:
        return Act("refuse", _OUTSIDE.get(part.outside[0], "not_in_source/other_condition"))
    if topic == "symptom_numbness_weakness":
        return Act("answer", topic)
    if topic.startswith("symptom"):
        if _LIMBS.search(part.text):
            return Act("answer", "symptom_radiculopathy")
        if _TRUNK.search(part.text):
            return Act("answer", "symptom_back_neck_pain")
    return _about(PLACE, topic)

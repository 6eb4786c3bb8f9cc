"""What a message asks for: one thing, or two where it holds two clear questions."""

from __future__ import annotations

from typing import Final

from bot.dialogue import follow_ups
from bot.dialogue.context import Context
from bot.dialogue.reading import Reading
from bot.dialogue.resolve import Act, both_named, resolve
from bot.nlu.labels import intent_of

_MOST_ANSWERS: Final = 2
_CLEAR: Final = 0.5  # a question that is more likely than not
_STAYS: Final = {"surgery", "purpose", "mechanism", "offered", "place"}  # asked of a topic that stays the subject


def asked_for(reading: Reading, context: Context) -> list[Act]:
    """Return one act, or two if the parts of the message ask for two things clearly."""
    whole = resolve(reading.whole, context)
    alone = both_named(reading.whole, whole) or [whole]
    if len(reading.parts) == 1 or (whole.kind == "say" and intent_of(whole.value) != "out_of_scope"):
        return alone
    acts = [act for act in _of_parts(reading, context) if _likelihood(act, reading) >= _CLEAR]
    answers = [act for act in acts if act.kind == "answer"]
    refusals = [act for act in acts if act.kind != "answer"]
    if len(answers) >= _MOST_ANSWERS:
        return answers[:_MOST_ANSWERS]
    return [answers[0], refusals[0]] if answers and refusals else alone


def spoken_of(act: Act) -> str | None:
    """Return what "it" is after an act: after "how long does RFA last" it is RFA, after a treatment the treatment."""
    if act.kind == "answer":
        return act.about if act.about and act.aspect in _STAYS else follow_ups.subject_of(act.value)
    return act.about


def _of_parts(reading: Reading, context: Context) -> list[Act]:
    """Return what each part asks for, each topic once; a part may follow up what the part before it asked."""
    acts: dict[str, Act] = {}
    for part in reading.parts:
        act = resolve(part, context)
        if act.kind in {"answer", "refuse"} or (act.kind == "say" and intent_of(act.value) == "out_of_scope"):
            context = context.changed(topic=spoken_of(act) or context.topic, aspect=act.aspect)
            acts.setdefault(act.value, act)
    return list(acts.values())


def _likelihood(act: Act, reading: Reading) -> float:
    """Return how likely some part of the message asks for this, of 1; of refusals the reason does not matter."""
    wanted = {f"faq/{act.value}", f"follow_up/{act.aspect}"}
    refused = None if act.kind == "answer" else intent_of(act.value)
    return max(
        sum(value for label, value in part.labels.items() if label in wanted or intent_of(label) == refused)
        for part in reading.parts
    )

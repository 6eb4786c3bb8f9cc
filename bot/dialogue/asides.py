"""A message that comes while a form is active: what the classifier makes of it, and questions in between."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.dialogue.context import Context
from bot.dialogue.plan import Say, plan
from bot.dialogue.reading import Reading
from bot.nlu.decision import decide
from bot.nlu.labels import BOOKING, FOLLOW_UP, intent_of

LIKELY: Final = 0.6  # what the classifier has to be sure of before a message counts as no detail
ANSWERED: Final = frozenset({"faq", FOLLOW_UP, "not_in_source", "personal_advice", "out_of_scope", "talk_to_human"})
_QUESTION: Final = re.compile(
    r"\?|^\W*(?:and |but |so |ok |also |by the way |quick question |wait )*"
    r"(what|whats|how|why|when|who|whom|where|which|is|are|am|do|does|did|can|could|will|would|should|tell me)\b",
    re.IGNORECASE,
)
_ASKS_BACK: Final = (
    "utter_did_you_mean",
    "utter_which",
    "utter_follow_up/",
    "utter_sorry",
    "utter_fallback",
    "utter_say_it",
)


class Heard:
    """A message that a form takes. ``asides``: the intents of what does not belong to the form but is answered."""

    def __init__(self, reading: Reading, asides: frozenset[str]) -> None:
        self.reading = reading
        self.text = reading.text
        self._asides = asides

    @property
    def label(self) -> str | None:
        """What the message means by itself, None where that is not certain."""
        return decide(self.reading.whole.labels).label

    @property
    def is_question(self) -> bool:
        """Whether the message asks something."""
        return bool(_QUESTION.search(self.text))

    @property
    def is_aside(self) -> bool:
        """Whether the message asks for something else than the form."""
        return self.is_question and self.likely_group(self._asides) >= LIKELY and not self.means("none_fit")

    @property
    def may_be_aside(self) -> bool:
        """Whether the message, a question or not, is likely about something else than the form."""
        return self.likely_group(self._asides) >= LIKELY

    def likely(self, label: str) -> float:
        """Return how likely a label is, from 0 to 1."""
        return self.reading.whole.labels.get(label, 0.0)

    def likely_group(self, intents: frozenset[str]) -> float:
        """Return how likely it is that the message has one of these intents."""
        return sum(value for label, value in self.reading.whole.labels.items() if intent_of(label) in intents)

    def means(self, part: str) -> bool:
        """Tell whether the message is likely this part of a booking: abort, change, decline, none_fit, why."""
        return self.likely(f"{BOOKING}/{part}") >= LIKELY

    def answered(
        self, context: Context, turn: int, others: Mapping[str, str]
    ) -> tuple[tuple[Say, ...], Context] | None:
        """Return the answer to what does not belong to the form, and the context after it.

        None if nothing like that was understood. ``others``: what is said, by topic, instead of handing over.
        """
        label = self.label
        if label is None or intent_of(label) not in self._asides:
            return None
        # The visitor is about to come to one, so no consultation is offered.
        planned = plan(self.reading, context.changed(consultation_declined=True), turn)
        if any(say.response.startswith(_ASKS_BACK) for say in planned.says):
            return None  # two questions at once would be one too many
        instead = others.get(planned.hand_over or "")
        says = (*planned.says, *((Say(instead),) if instead else ()))
        after = planned.context.changed(consultation_declined=context.consultation_declined)
        return (says, after) if says else None

"""Labels of training examples, the Rasa intents that they belong to, and the topics that they stand for.

A label is an intent (``book_consultation``) or an intent with a part (``faq/rfa``, ``not_in_source/risks``). For
``faq`` the part is the topic; else the intent is.
"""

from __future__ import annotations

from typing import Final

ANSWERS: Final = "faq"
FALLBACK: Final = "nlu_fallback"
FOLLOW_UP: Final = "follow_up"
BOOKING: Final = "booking"
RED_FLAGS: Final = frozenset({"emergency", "crisis"})
# In a message's metadata: whether it may be taken for a red flag, which triage has looked for before.
MAY_ALARM: Final = "may_alarm"


def intent_of(label: str) -> str:
    """Return the Rasa intent of a label."""
    return label.split("/", 1)[0]


def topic_of(label: str) -> str:
    """Return the topic of a label; ``affirm`` and ``deny`` are topics only to the classifier."""
    intent, _, part = label.partition("/")
    return part if intent == ANSWERS else intent


def part_of(label: str) -> str:
    """Return what follows the slash in a label; empty if nothing does."""
    return label.partition("/")[2]

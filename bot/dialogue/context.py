"""What an answer needs to know of the conversation so far. Kept in Rasa's slots, gone when the session expires."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CONSULTATION: Final = "consultation"
DID_YOU_MEAN: Final = "did_you_mean"
PERSON: Final = "person"
DETAILS: Final = "details"
_APART: Final = 4  # turns between two offers of a consultation, and between two words of sympathy


@dataclass(frozen=True)
class Context:
    """The conversation so far. Each field is a slot of the domain of the same name; turns count visitors' messages."""

    topic: str | None = None  # what was spoken of last: "it"
    aspect: str | None = None  # what was asked about it last: "and the other one?"
    listed: tuple[str, ...] = ()  # what was named last, in order: "the second one"
    answered: tuple[str, ...] = ()  # what has been answered, the latest last
    quoted: tuple[str, ...] = ()  # what has been shown in the document's own words
    refused: str | None = None  # the label that was refused last
    candidates: tuple[str, ...] = ()  # what the last message may also have meant
    action: str | None = None  # what the visitor wanted done last, if that was asked last: "is it still on?"
    offer: str | None = None  # what the last reply offered
    offered_topics: tuple[str, ...] = ()  # the topics of that offer
    offered_about: str | None = None  # id of the message that was unclear
    offered_turn: int = -1  # when that offer was made
    consultation_turn: int = -_APART  # when a consultation was offered last
    consultation_declined: bool = False
    sympathy_turn: int = -_APART
    misses: int = 0  # messages in a row that were not understood

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Context:
        """Return the context that the slots hold; what is unset has its default."""
        values: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            value = slots.get(field.name)
            if value is not None:
                kept = tuple(value) if isinstance(value, list) else value
                values[field.name] = int(kept) if isinstance(kept, float) else kept
        return cls(**values)

    def to_slots(self) -> dict[str, Any]:
        """Return the slots that hold this context."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in ((field.name, getattr(self, field.name)) for field in dataclasses.fields(self))
        }

    def changed(self, **changes: Any) -> Context:
        """Return the context with some fields changed."""
        return dataclasses.replace(self, **changes)

    def open_offer(self, turn: int) -> str | None:
        """Return what "yes" would take up in this turn: only what the reply just before offered."""
        return self.offer if self.offered_turn == turn - 1 else None

    def may_offer_consultation(self, turn: int) -> bool:
        """Whether to offer a consultation: at most once in four turns, and not after a "no"."""
        return not self.consultation_declined and turn - self.consultation_turn >= _APART

    def may_sympathise(self, turn: int) -> bool:
        """Whether words of sympathy are due: not at every turn."""
        return turn - self.sympathy_turn >= _APART

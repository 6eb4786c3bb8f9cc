"""What a visitor says after an alarm: that help is there, that it is old, that it was a mistake, or none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from bot.nlu.quick_encoder import QuickEncoder
    from bot.nlu.topic_model import TopicModel
    from bot.safety.rules import Rules

Said = Literal["getting_help", "long_standing", "mistake", "stays"]
STAYS: Final = "stays"
# An alarm ends only if that is what the message most likely says, by far.
CLEAR: Final = 0.9

_BUTTONS: Final[dict[Said, tuple[str, str]]] = {  # in English, in Spanish
    "getting_help": ("I am getting help", "Ya me están ayudando"),
    "long_standing": ("It is an old problem, no worse", "Es un problema antiguo, no está peor"),
    "mistake": ("You misunderstood, I am safe", "Entendió mal, estoy bien"),
}


class Afterwards:
    """Reads the messages that follow an alarm."""

    def __init__(self, rules: Rules, encoder: QuickEncoder, model: TopicModel) -> None:
        self._rules = rules
        self._encoder = encoder
        self._model = model

    def said(self, text: str) -> Said:
        """Return what a message says about the alarm before it."""
        chosen = next((said for said, titles in _BUTTONS.items() if text.strip() in titles), None)
        if chosen:
            return chosen
        sentences = self._rules.sentences(text)
        if not sentences:
            return STAYS
        # Where something is told, a question beside it is about something else.
        told = [sentence for sentence in sentences if not sentence.written.rstrip().endswith("?")]
        plain = " ".join(sentence.plain for sentence in told or sentences)
        (row,) = self._model.probabilities([plain], self._encoder.encode([plain]))
        best = int(row.argmax())
        said: Said = self._model.labels[best] if row[best] >= CLEAR else STAYS  # type: ignore[assignment]
        return said


def buttons(language: str, *, may_be_old: bool) -> tuple[str, ...]:
    """Return the titles of the buttons under an alarm; an overdose or a wish to die is never "an old problem"."""
    return tuple(titles[language == "es"] for said, titles in _BUTTONS.items() if may_be_old or said != "long_standing")

"""The second line of triage: what a message means, by the sentence encoder and the written examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.nlu.encoder import Array
from bot.nlu.quick_encoder import QuickEncoder
from bot.nlu.topic_model import Probabilities, TopicModel
from bot.safety.sentences import Sentence
from bot.safety.verdicts import CRISIS

LOOK_ALIKE: Final = "look_alike"
ORDINARY: Final = "ordinary"
NO_ALARM: Final = frozenset({LOOK_ALIKE, ORDINARY})
# From here on it is an alarm (docs/adr/0010; `make evaluate-safety` shows other thresholds): the whole message, and a
# sentence by itself, which lacks its surroundings and so has to be clearer.
WHOLE: Final = 0.5
SENTENCE: Final = 0.8
CALM: Final = 0.9  # where the rules met a sign and found it denied, past or old, or the message says that it is old


@dataclass(frozen=True)
class Likelihood:
    """How likely a text is an alarm, of 1, of which family most likely, and the text."""

    alarm: float
    family: str
    text: str
    is_enough: bool


class Meaning:
    """Tells alarms from look-alikes by meaning."""

    def __init__(self, encoder: QuickEncoder, model: TopicModel) -> None:
        self._encoder = encoder
        self._model = model
        self._alarms = [index for index, label in enumerate(model.labels) if label not in NO_ALARM]

    def with_model(self, model: TopicModel) -> Meaning:
        """Return the same line with another classifier."""
        return Meaning(self._encoder, model)

    def encode(self, texts: Sequence[str]) -> Array:
        """Return the vectors of plain texts."""
        return self._encoder.encode(texts)

    def likelihood(self, sentences: Sequence[Sentence], *, calm: bool = False) -> Likelihood:
        """Return the likelihood of the message: of the whole, or of the sentence that is most an alarm by itself.

        ``calm``: there is reason to think that it is none, so that it has to be clearer; thoughts of suicide have not.
        """
        texts, alarms = self._alarm_rows(sentences)
        totals = alarms.sum(axis=1)
        families = [self._model.labels[self._alarms[int(row.argmax())]] for row in alarms]
        usual = [WHOLE] + [SENTENCE] * (len(texts) - 1)
        needed = np.array(
            [
                max(least, CALM if calm and family != CRISIS else 0.0)
                for least, family in zip(usual, families, strict=True)
            ]
        )
        best = int(np.argmax(totals / needed))
        family = families[best]
        return Likelihood(float(totals[best]), family, texts[best], bool(totals[best] >= needed[best]))

    def likelihoods(self, sentences: Sequence[Sentence]) -> list[float]:
        """Return how likely the whole message is an alarm, then each sentence by itself if it has several."""
        _, alarms = self._alarm_rows(sentences)
        return [float(total) for total in alarms.sum(axis=1)]

    def _alarm_rows(self, sentences: Sequence[Sentence]) -> tuple[list[str], Probabilities]:
        texts = texts_of([sentence.plain for sentence in sentences] or ["?"])
        return texts, self._model.probabilities(texts, self.encode(texts))[:, self._alarms]


def texts_of(sentences: Sequence[str]) -> list[str]:
    """Return what is looked at: the whole message, then its sentences if it has several."""
    return [" ".join(sentences), *(sentences if len(sentences) > 1 else ())]

"""The second line of triage: what a message means, by the sentence encoder and the written examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.nlu.encoder import Array
from bot.nlu.quick_encoder import QuickEncoder
from bot.nlu.topic_model import TopicModel
from bot.safety.sentences import Sentence
from bot.safety.verdicts import CRISIS

LOOK_ALIKE: Final = "look_alike"
ORDINARY: Final = "ordinary"
NO_ALARM: Final = frozenset({LOOK_ALIKE, ORDINARY})


@dataclass(frozen=True)
class Thresholds:
    """From where on a message is an alarm; likelihoods of 1.

    ``whole``: the message; ``crisis``: the same where it is most likely a crisis, which is told in more ways than any
    other. ``sentence``: one of several sentences, which lacks its surroundings and so has to be clearer, unless the
    whole is below ``surroundings``. ``calm``: where the rules met a sign and found it denied, past or old, or the
    message says that it is old; thoughts of suicide are never old.
    """

    whole: float = 0.5
    crisis: float = 0.25
    sentence: float = 0.8
    surroundings: float = 0.1
    calm: float = 0.9


IN_USE: Final = Thresholds()  # chosen on the cross-validation of the examples: docs/adr/0010


@dataclass(frozen=True)
class Likelihoods:
    """How likely each of ``texts`` is an alarm, of 1, and of which family most likely.

    The first is the whole message, the others its sentences, if it has several.
    """

    texts: tuple[str, ...]
    alarms: tuple[float, ...]
    families: tuple[str, ...]

    def nearest(self, *, calm: bool, thresholds: Thresholds = IN_USE) -> tuple[int, bool]:
        """Return the place of what is nearest to an alarm, and whether it is one. ``calm``: see Thresholds."""
        ratios = [alarm / self._needed(place, thresholds, calm=calm) for place, alarm in enumerate(self.alarms)]
        best = max(range(len(ratios)), key=ratios.__getitem__)
        return best, ratios[best] >= 1.0

    def _needed(self, place: int, thresholds: Thresholds, *, calm: bool) -> float:
        if place and self.alarms[0] < thresholds.surroundings:
            return float("inf")
        if self.families[place] == CRISIS:
            return thresholds.sentence if place else thresholds.crisis
        return max(thresholds.sentence if place else thresholds.whole, thresholds.calm if calm else 0.0)


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

    def likelihoods(self, sentences: Sequence[Sentence]) -> Likelihoods:
        """Return how likely the message and each of its sentences is an alarm."""
        plain = [sentence.plain for sentence in sentences] or ["?"]
        texts = (" ".join(plain), *(plain if len(plain) > 1 else ()))
        alarms = self._model.probabilities(texts, self.encode(texts))[:, self._alarms]
        families = (self._model.labels[self._alarms[int(np.argmax(row))]] for row in alarms)
        return Likelihoods(texts, tuple(map(float, alarms.sum(axis=1))), tuple(families))

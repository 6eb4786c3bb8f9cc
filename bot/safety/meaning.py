"""The second line of triage: what a message means, by the sentence encoder and the written examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from bot.nlu.encoder import Array
from bot.nlu.topic_model import Probabilities, TopicModel
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


# A sentence that is so likely ordinary, and so unlikely an alarm, has nothing to do with the rest of the message.
_BESIDE: Final = 0.8
_NO_SIGN: Final = 0.1
_FAINTEST: Final = 0.002  # of a whole message; reading the sentences of a fainter one takes time and finds hardly any
_BESIDE_AT_LEAST: Final = 2  # sentences; with one alone, the message as a whole tells more than what remains of it


@dataclass(frozen=True)
class Likelihoods:
    """How likely each of ``texts`` is an alarm, of 1, and of which family most likely.

    The first is the whole message, the others its sentences, where they matter. ``has_core``: the last is what remains
    of the message without the sentences that have nothing to do with it, such as a story or a wish for an appointment.
    """

    texts: tuple[str, ...]
    alarms: tuple[float, ...]
    families: tuple[str, ...]
    has_core: bool = False

    def nearest(self, *, calm: bool, thresholds: Thresholds = IN_USE) -> tuple[int, bool]:
        """Return the place of what is nearest to an alarm, and whether it is one. ``calm``: see Thresholds."""
        ratios = [alarm / self._needed(place, thresholds, calm=calm) for place, alarm in enumerate(self.alarms)]
        best = max(range(len(ratios)), key=ratios.__getitem__)
        return best, ratios[best] >= 1.0

    def outdoes_sentences(self, *, calm: bool) -> bool:
        """Whether the whole message is nearer to an alarm than any sentence of it can be."""
        return self.alarms[0] / self._needed(0, IN_USE, calm=calm) >= 1.0 / IN_USE.sentence

    def _needed(self, place: int, thresholds: Thresholds, *, calm: bool) -> float:
        is_core = self.has_core and place == len(self.texts) - 1
        if place and not is_core and self.alarms[0] < thresholds.surroundings:
            return float("inf")
        if self.families[place] == CRISIS:
            return thresholds.sentence if place else thresholds.crisis
        return max(thresholds.sentence if place else thresholds.whole, thresholds.calm if calm else 0.0)


class Encoder(Protocol):
    """Turns texts into unit vectors; see QuickEncoder."""

    def encode(self, texts: Sequence[str]) -> Array:
        """Return one vector a text: float32, shape ``(len(texts), 384)``."""


class Meaning:
    """Tells alarms from look-alikes by meaning."""

    def __init__(self, encoder: Encoder, model: TopicModel) -> None:
        self.encoder = encoder
        self._model = model
        self._alarms = [index for index, label in enumerate(model.labels) if label not in NO_ALARM]
        self._ordinary = model.labels.index(ORDINARY)

    def likelihoods(self, sentences: Sequence[Sentence], *, calm: bool) -> Likelihoods:
        """Return how likely the message, each of its sentences, and its core is an alarm. ``calm``: see Thresholds."""
        plain = [sentence.plain for sentence in sentences] or ["?"]
        whole = " ".join(plain)
        rows = dict(self._read([whole]))
        matters = IN_USE.surroundings if len(plain) <= _BESIDE_AT_LEAST else _FAINTEST
        alone = self._of([whole], rows)
        if len(plain) == 1 or alone.alarms[0] < matters or alone.outdoes_sentences(calm=calm):
            return alone
        rows.update(self._read(plain))
        core = [text for text in plain if not self._is_beside(rows[text])]
        if not core or len(plain) - len(core) < _BESIDE_AT_LEAST:
            return self._of([whole, *plain], rows)
        rest = " ".join(core)
        rows.update(self._read([rest]) if len(core) > 1 else ())
        return self._of([whole, *plain, rest], rows, has_core=True)

    def _of(self, texts: Sequence[str], rows: Mapping[str, Probabilities], *, has_core: bool = False) -> Likelihoods:
        families = (self._model.labels[self._alarms[int(np.argmax(rows[text][self._alarms]))]] for text in texts)
        return Likelihoods(tuple(texts), tuple(self._alarm(rows[text]) for text in texts), tuple(families), has_core)

    def _read(self, texts: Sequence[str]) -> Iterator[tuple[str, Probabilities]]:
        """Give each text with the likelihoods of its labels."""
        for text in dict.fromkeys(texts):
            # One at a time: the eight-bit products of a text would else depend on those beside it, and filling up the
            # shorter ones takes longer.
            yield text, self._model.probabilities([text], self.encoder.encode([text]))[0]

    def _is_beside(self, row: Probabilities) -> bool:
        return bool(row[self._ordinary] >= _BESIDE) and self._alarm(row) < _NO_SIGN

    def _alarm(self, row: Probabilities) -> float:
        return float(row[self._alarms].sum())

"""Stratified cross-validation: each example's probabilities, from a model that has learned without its fold.

The message is read as a whole; what ``bot.nlu.reading_order`` makes of long messages is not part of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import yaml
from sklearn.model_selection import StratifiedKFold

from bot.errors import ConfigurationError
from bot.nlu.cleanup import shared_cleaner
from bot.nlu.encoder import WIDTH, Array, SentenceEncoder
from bot.nlu.folds import held_out
from bot.nlu.topic_model import Probabilities, TopicModel
from bot.nlu.tuning import Tuning, tune

Numbers = npt.NDArray[np.int_]

_log = logging.getLogger(__name__)
_SEED: Final = 7
_BULLET: Final = "- "


@dataclass(frozen=True)
class Example:
    """A training example: its clean text and its label."""

    text: str
    label: str


@dataclass(frozen=True)
class Predictions:
    """What the folds' models make of the examples.

    ``labels``: of the columns of ``probabilities``, shape ``(examples, labels)``; ``truth``: the label of each example;
    ``folds``: the number of the fold that each example is in, and ``temperatures``: of the folds' models.
    """

    labels: tuple[str, ...]
    truth: tuple[str, ...]
    probabilities: Probabilities
    folds: Numbers
    temperatures: tuple[float, ...]


def read_examples(file: Path, most: int | None = None) -> list[Example]:
    """Return the examples of a training file of Rasa, at most ``most`` a label, spread evenly over the label's list."""
    examples = []
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
        if "intent" not in entry:
            continue
        lines = [line.strip() for line in entry["examples"].splitlines()]
        texts = [line.removeprefix(_BULLET).strip() for line in lines if line.startswith(_BULLET)]
        if most is not None and len(texts) > most:
            texts = [texts[index] for index in np.linspace(0, len(texts) - 1, most).astype(int)]
        examples += [Example(shared_cleaner().plain(text), entry["intent"]) for text in texts]
    return examples


def folds_of(labels: Sequence[str], count: int) -> Numbers:
    """Return the number of the fold, from 0, that each example is predicted in; every label is spread over all folds.

    Raises ConfigurationError if a label has fewer examples than there are folds.
    """
    names, sizes = np.unique(labels, return_counts=True)
    if sizes.min() < count:
        raise ConfigurationError(
            f"{names[sizes.argmin()]} has {sizes.min()} examples, too few for {count} folds; "
            "choose fewer --folds or more --examples."
        )
    folds = np.zeros(len(labels), dtype=np.int_)
    splits = StratifiedKFold(count, shuffle=True, random_state=_SEED).split(np.zeros(len(labels)), labels)
    for number, (_, rows) in enumerate(splits):
        folds[rows] = number
    return folds


def learned_from(examples: Sequence[Example], folds: Numbers, number: int) -> Numbers:
    """Return the rows that the model of a fold learns from: of the other folds, without texts that the fold has too."""
    seen = {example.text for example, fold in zip(examples, folds, strict=True) if fold == number}
    rows = [row for row, fold in enumerate(folds) if fold != number and examples[row].text not in seen]
    return np.array(rows, dtype=np.int_)


def cross_validate(examples: Sequence[Example], encoder: SentenceEncoder, count: int, tuning: Tuning) -> Predictions:
    """Predict each example once, by a model that has been tuned, trained and calibrated on the other folds.

    ``count``: of folds; ``tuning.epochs`` 0 leaves the encoder as it is. What the layers below those that are tuned
    make of the examples is computed once.
    """
    texts = [example.text for example in examples]
    truth = [example.label for example in examples]
    labels = sorted(set(truth))
    folds = folds_of(truth, count)
    _log.info("%d examples of %d labels; the lower layers read them", len(examples), len(labels))
    states = encoder.states(texts, tuning.first_layer)
    vectors = np.zeros((0, WIDTH), dtype=np.float32) if tuning.epochs else encoder.finish(states, tuning.first_layer)
    probabilities = np.zeros((len(examples), len(labels)))
    temperatures = []
    for number in range(count):
        started = time.monotonic()
        learned, rows = learned_from(examples, folds, number), np.flatnonzero(folds == number)
        if tuning.epochs:
            vectors = _tuned(encoder, examples, states, learned, tuning).finish(states, tuning.first_layer)
        model = TopicModel.trained([texts[row] for row in learned], vectors[learned], [truth[row] for row in learned])
        columns = np.searchsorted(labels, model.labels)
        probabilities[np.ix_(rows, columns)] = model.probabilities([texts[row] for row in rows], vectors[rows])
        temperatures.append(model.temperature)
        _log.info("fold %d of %d took %.0f s", number + 1, count, time.monotonic() - started)
    return Predictions(tuple(labels), tuple(truth), probabilities, folds, tuple(temperatures))


def _tuned(
    encoder: SentenceEncoder, examples: Sequence[Example], states: Sequence[Array], learned: Numbers, tuning: Tuning
) -> SentenceEncoder:
    """Return the encoder tuned on the rows ``learned``, but for those that calibrate the classifier."""
    rows = [row for row in learned if not held_out(examples[row].text)]
    weights = tune(encoder, [states[row] for row in rows], [examples[row].label for row in rows], tuning)
    return encoder.with_weights(weights)

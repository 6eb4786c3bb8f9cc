"""The classifier itself: sentence vectors beside word and character n-grams, logistic regression, a temperature.

Knows nothing of Rasa, so that cross-validation and the benchmark use the very model that answers.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse
import skops.io
from scipy.optimize import minimize_scalar
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.encoder import Array
from bot.nlu.folds import held_out
from bot.nlu.ngrams import Floats, Ngrams

Probabilities = npt.NDArray[np.float64]

# skops loads only what it is told to trust, and does not know this class, in which SciPy keeps the n-gram weights.
_TRUSTED: Final = ["scipy.sparse._csr.csr_matrix"]
_TEMPERATURES: Final = (0.3, 5.0)
_ENOUGH_TO_CALIBRATE: Final = 50


@dataclass(frozen=True)
class Options:
    """``ngram_weight``: of the n-grams beside the vector; ``c``, ``epochs``, ``seed``: of the regression."""

    ngram_weight: float = 0.7
    c: float = 10.0
    epochs: int = 15
    seed: int = 7


@dataclass(frozen=True)
class _Parts:
    """The weights of the regression, ``(features, labels)`` each: those of the vector, and of each kind of n-grams."""

    of_vector: Floats
    of_ngrams: tuple[tuple[Ngrams, Floats], ...]


class TopicModel:
    """Probabilities of labels for clean texts and their sentence vectors."""

    def __init__(self, options: Options | None = None) -> None:
        self._options = options or Options()
        self._words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, dtype=np.float32)
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), min_df=5, sublinear_tf=True, dtype=np.float32
        )
        self._regression: LogisticRegression | None = None
        self._parts: _Parts | None = None
        self.temperature = 1.0

    @property
    def labels(self) -> list[str]:
        """The labels, in the order of the columns of ``probabilities``. Raises RuntimeError before training."""
        return [str(label) for label in self._trained().classes_]

    def fit(self, texts: Sequence[str], vectors: Array, labels: Sequence[str]) -> None:
        """Learn from clean texts, their vectors ``(texts, 384)`` and their labels.

        The temperature is fitted on the examples that are held out, with a regression that has not seen them; then
        the regression is fitted on all.
        """
        self._words.fit(texts)
        self._characters.fit(texts)
        features = self._features(texts, vectors)
        truth = np.array(labels)
        apart = np.array([held_out(text) for text in texts])
        if apart.sum() >= _ENOUGH_TO_CALIBRATE:
            first = self._regressed(features[~apart], truth[~apart])
            self.temperature = _temperature(first, features[apart], truth[apart])
        self._regression = self._regressed(features, truth)
        self._parts = None

    @classmethod
    def trained(
        cls, texts: Sequence[str], vectors: Array, labels: Sequence[str], options: Options | None = None
    ) -> TopicModel:
        """Return a model that has learned; see ``fit``."""
        model = cls(options)
        model.fit(texts, vectors, labels)
        return model

    def probabilities(self, texts: Sequence[str], vectors: Array) -> Probabilities:
        """Return calibrated probabilities, shape ``(texts, labels)``."""
        parts = self._read()
        scores = vectors @ parts.of_vector + self._trained().intercept_
        for row, text in enumerate(texts):
            for ngrams, weights in parts.of_ngrams:
                columns, values = ngrams.features(text)
                scores[row] += (values * self._options.ngram_weight) @ weights[columns]
        return _softmax(scores / self.temperature)

    def save(self, file: Path) -> None:
        """Write the trained model to a file, without pickle."""
        skops.io.dump((self._words, self._characters, self._trained(), float(self.temperature)), file)

    @classmethod
    def load(cls, file: Path, options: Options | None = None) -> TopicModel:
        """Return the model of a file."""
        model = cls(options)
        model._words, model._characters, model._regression, model.temperature = skops.io.load(file, trusted=_TRUSTED)
        return model

    def _read(self) -> _Parts:
        """Return the weights laid out as the products need them; made once, because that takes milliseconds."""
        if self._parts is None:
            weights = np.ascontiguousarray(self._trained().coef_.T, dtype=np.float32)
            words, characters = Ngrams(self._words), Ngrams(self._characters)
            first = len(weights) - len(words) - len(characters)
            ends = first + len(words)
            self._parts = _Parts(weights[:first], ((words, weights[first:ends]), (characters, weights[ends:])))
        return self._parts

    def _trained(self) -> LogisticRegression:
        if self._regression is None:
            raise RuntimeError("the topic model is not trained")
        return self._regression

    def _regressed(self, features: scipy.sparse.csr_matrix, truth: npt.NDArray[np.str_]) -> LogisticRegression:
        # A fixed number of passes: after 12 the held-out accuracy no longer moves.
        regression = LogisticRegression(
            solver="saga",
            C=self._options.c,
            max_iter=self._options.epochs,
            tol=0.0,
            random_state=self._options.seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return regression.fit(features, truth)

    def _features(self, texts: Sequence[str], vectors: Array) -> scipy.sparse.csr_matrix:
        weight = self._options.ngram_weight
        return scipy.sparse.hstack(
            [
                scipy.sparse.csr_matrix(vectors),
                self._words.transform(texts) * weight,
                self._characters.transform(texts) * weight,
            ],
            format="csr",
            dtype=np.float32,
        )


def _temperature(
    regression: LogisticRegression, features: scipy.sparse.csr_matrix, truth: npt.NDArray[np.str_]
) -> float:
    """Return what to divide the scores by so that the truth is likeliest (Guo et al. 2017)."""
    known = np.isin(truth, regression.classes_)  # not a label whose few examples are all held out
    scores = regression.decision_function(features[known])
    columns = np.searchsorted(regression.classes_, truth[known])

    def loss(temperature: float) -> float:
        likely = _softmax(scores / temperature)[np.arange(len(columns)), columns]
        return float(-np.log(np.maximum(likely, 1e-12)).mean())

    return float(minimize_scalar(loss, bounds=_TEMPERATURES, method="bounded").x)


def _softmax(scores: npt.NDArray[np.float64]) -> Probabilities:
    risen = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities: Probabilities = risen / risen.sum(axis=1, keepdims=True)
    return probabilities

"""The figures: from the probabilities of a cross-validation to accuracy, confusions, calibration and separation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix, f1_score, roc_auc_score

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.labels import topic_of
from bot.nlu.topic_model import Probabilities
from bot.nlu_evaluation.cross_validation import Numbers, Predictions
from bot.nlu_evaluation.decisions import Kind, decisions, kind_of

BINS: Final = 10
_MOST_CONFUSIONS: Final = 25
_OUT_OF_SCOPE: Final = "out_of_scope"


@dataclass(frozen=True)
class Scores:
    """Share right, and the mean over the classes of their F1."""

    accuracy: float
    macro_f1: float


@dataclass(frozen=True)
class Confusion:
    """How many messages of topic ``due`` were taken for ``taken_for``; ``share``: of all messages of ``due``."""

    due: str
    taken_for: str
    count: int
    share: float


@dataclass(frozen=True)
class Bin:
    """Messages whose top topic has a probability from ``low`` to ``high``; the means are None where there are none."""

    low: float
    high: float
    count: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True)
class Figures:
    """All figures; ``matrix``: messages by their topic (row) and the topic they were taken for, as in ``topics``."""

    labels: Scores
    topics: Scores
    accuracy_of_folds: list[float]
    decisions: dict[str, dict[str, int]]
    confusions: list[Confusion]
    reliability: list[Bin]
    calibration_error: float
    auroc_refusals: float | None
    auroc_out_of_scope: float | None
    topic_names: list[str]
    matrix: list[list[int]]


def figures_of(predictions: Predictions) -> Figures:
    """Return the figures of a cross-validation."""
    due = [topic_of(label) for label in predictions.truth]
    names, probabilities = by_topic(predictions.labels, predictions.probabilities)
    taken_for = [names[column] for column in probabilities.argmax(axis=1)]
    top_labels = [predictions.labels[column] for column in predictions.probabilities.argmax(axis=1)]
    right = np.array(due) == np.array(taken_for)
    reliability = reliability_of(probabilities.max(axis=1), right)
    answers = probabilities[:, [kind_of(name) is Kind.ANSWER for name in names]].sum(axis=1)
    return Figures(
        labels=scores_of(predictions.truth, top_labels),
        topics=scores_of(due, taken_for),
        accuracy_of_folds=[float(right[predictions.folds == fold].mean()) for fold in np.unique(predictions.folds)],
        decisions=decisions(
            (dict(zip(predictions.labels, map(float, row), strict=True)), topic)
            for row, topic in zip(predictions.probabilities, due, strict=True)
        ),
        confusions=confusions_of(due, taken_for),
        reliability=reliability,
        calibration_error=calibration_error_of(reliability),
        auroc_refusals=separation_of(answers, due, load_catalogue().refusals),
        auroc_out_of_scope=separation_of(answers, due, frozenset({_OUT_OF_SCOPE})),
        topic_names=names,
        matrix=confusion_matrix(due, taken_for, labels=names).tolist(),
    )


def by_topic(labels: Sequence[str], probabilities: Probabilities) -> tuple[list[str], Probabilities]:
    """Return the topics, by kind and as the catalogue lists them, and their probabilities ``(messages, topics)``."""
    listed = [*load_catalogue().quotes, *sorted({topic_of(label) for label in labels})]
    known = dict.fromkeys(topic for topic in listed if topic in {topic_of(label) for label in labels})
    names = sorted(known, key=lambda topic: list(Kind).index(kind_of(topic)))
    belongs = np.array([[topic_of(label) == name for name in names] for label in labels], dtype=np.float64)
    summed: Probabilities = probabilities @ belongs
    return names, summed


def scores_of(truth: Sequence[str], predicted: Sequence[str]) -> Scores:
    """Return accuracy and macro-F1 over the classes that are true or predicted at least once."""
    accuracy = float(np.mean(np.array(truth) == np.array(predicted)))
    return Scores(accuracy, float(f1_score(truth, predicted, average="macro", zero_division=0)))


def confusions_of(due: Sequence[str], taken_for: Sequence[str], most: int = _MOST_CONFUSIONS) -> list[Confusion]:
    """Return the pairs of topics that are confused most often, the most frequent first, then by name."""
    of_topic = Counter(due)
    pairs = Counter(pair for pair in zip(due, taken_for, strict=True) if pair[0] != pair[1])
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [Confusion(*pair, count=count, share=count / of_topic[pair[0]]) for pair, count in ranked]


def reliability_of(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> list[Bin]:
    """Return ``BINS`` bins of equal width; ``confidence``: of the top topic, ``right``: whether it is due."""
    numbers: Numbers = np.minimum((confidence * BINS).astype(np.int_), BINS - 1)
    bins = []
    for number in range(BINS):
        within = numbers == number
        count = int(within.sum())
        means = (float(confidence[within].mean()), float(right[within].mean())) if count else (None, None)
        bins.append(Bin(number / BINS, (number + 1) / BINS, count, *means))
    return bins


def calibration_error_of(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the bins' mean distance of confidence and accuracy, by their counts."""
    distances = [
        entry.count * abs(entry.confidence - entry.accuracy)
        for entry in bins
        if entry.confidence is not None and entry.accuracy is not None
    ]
    return sum(distances) / max(1, sum(entry.count for entry in bins))


def separation_of(score: npt.NDArray[np.float64], due: Sequence[str], negatives: frozenset[str]) -> float | None:
    """Return the area under the ROC curve by which ``score`` tells answer topics from ``negatives``; else is left out.

    None if there are no messages of one of the two sides.
    """
    positive = np.array([kind_of(topic) is Kind.ANSWER for topic in due])
    counted = positive | np.array([topic in negatives for topic in due])
    if len(set(positive[counted])) < len({True, False}):
        return None
    return float(roc_auc_score(positive[counted], score[counted]))

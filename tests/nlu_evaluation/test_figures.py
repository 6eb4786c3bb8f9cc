"""The numbers of the evaluation, on probabilities that are small enough to count by hand."""

import numpy as np
import pytest

from bot.nlu_evaluation.cross_validation import Predictions
from bot.nlu_evaluation.figures import (
    by_topic,
    calibration_error_of,
    confusions_of,
    figures_of,
    reliability_of,
    scores_of,
    separation_of,
)
from bot.nlu_evaluation.report import report

LABELS = ("faq/rfa", "faq/scs", "follow_up/why", "follow_up/more", "out_of_scope/general", "personal_advice/dose")
MESSAGES = (
    ("faq/rfa", [0.94, 0.02, 0.01, 0.01, 0.01, 0.01]),
    ("faq/rfa", [0.50, 0.46, 0.01, 0.01, 0.01, 0.01]),
    ("faq/scs", [0.86, 0.10, 0.01, 0.01, 0.01, 0.01]),
    ("follow_up/why", [0.02, 0.02, 0.40, 0.50, 0.03, 0.03]),
    ("follow_up/more", [0.03, 0.02, 0.45, 0.45, 0.03, 0.02]),
    ("out_of_scope/general", [0.02, 0.02, 0.01, 0.01, 0.91, 0.03]),
    ("personal_advice/dose", [0.05, 0.93, 0.00, 0.00, 0.01, 0.01]),
    ("personal_advice/dose", [0.01, 0.01, 0.01, 0.01, 0.05, 0.91]),
)


@pytest.fixture
def figures():
    return figures_of(
        Predictions(
            LABELS,
            tuple(label for label, _ in MESSAGES),
            np.array([probabilities for _, probabilities in MESSAGES]),
            np.array([0, 0, 0, 0, 1, 1, 1, 1]),
            (1.0, 1.1),
        )
    )


def test_labels_are_added_up_to_topics_in_the_order_of_the_catalogue():
    names, probabilities = by_topic(LABELS, np.array([probabilities for _, probabilities in MESSAGES]))
    assert names == ["rfa", "scs", "out_of_scope", "personal_advice", "follow_up"]
    assert probabilities[3].tolist() == pytest.approx([0.02, 0.02, 0.03, 0.03, 0.90])
    assert probabilities.sum(axis=1).tolist() == pytest.approx([1.0] * 8)


def test_accuracy_and_macro_f1():
    scores = scores_of(["a", "a", "a", "b"], ["a", "a", "b", "b"])
    assert scores.accuracy == 0.75
    # a: precision 1, recall 2/3; b: precision 1/2, recall 1.
    assert scores.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)


def test_a_class_that_is_never_predicted_counts_as_zero():
    assert scores_of(["a", "b"], ["a", "a"]).macro_f1 == pytest.approx((2 / 3 + 0) / 2)


def test_accuracy_over_labels_and_over_topics(figures):
    assert figures.topics.accuracy == 6 / 8
    assert figures.labels.accuracy == 4 / 8  # follow_up/why and follow_up/more are one topic, but two labels
    assert figures.accuracy_of_folds == [3 / 4, 3 / 4]


def test_confusions_are_of_topics(figures):
    assert [(entry.due, entry.taken_for, entry.count, entry.share) for entry in figures.confusions] == [
        ("personal_advice", "scs", 1, 0.5),
        ("scs", "rfa", 1, 1.0),
    ]
    rows = dict(zip(figures.topic_names, figures.matrix, strict=True))
    assert rows["personal_advice"] == [0, 1, 0, 1, 0]
    assert sum(map(sum, figures.matrix)) == len(MESSAGES)


def test_the_most_frequent_confusions_come_first():
    due, taken_for = ["a", "a", "a", "b", "b", "c"], ["b", "b", "a", "c", "b", "a"]
    found = confusions_of(due, taken_for, most=2)
    assert [(entry.due, entry.taken_for, entry.count) for entry in found] == [("a", "b", 2), ("b", "c", 1)]
    assert found[0].share == pytest.approx(2 / 3)


def test_reliability_and_calibration_error():
    confidence = np.array([1.0, 0.9, 0.55, 0.55, 0.5, 0.0])
    bins = reliability_of(confidence, np.array([True, True, True, False, False, True]))
    assert [entry.count for entry in bins] == [1, 0, 0, 0, 0, 3, 0, 0, 0, 2]
    assert (bins[1].confidence, bins[1].accuracy) == (None, None)
    assert bins[9].confidence == pytest.approx(0.95)
    assert bins[9].accuracy == 1.0
    # |0 - 1| once, |1.6/3 - 1/3| three times, |0.95 - 1| twice.
    assert calibration_error_of(bins) == pytest.approx((1.0 + 0.6 + 0.1) / 6)


def test_who_is_as_sure_as_right_has_no_calibration_error():
    bins = reliability_of(np.full(4, 0.75), np.array([True, True, True, False]))
    assert calibration_error_of(bins) == 0.0
    assert calibration_error_of(reliability_of(np.zeros(0), np.zeros(0, dtype=bool))) == 0.0


def test_separation_of_answers_from_what_is_refused():
    due = ["rfa", "rfa", "out_of_scope", "not_in_source", "smalltalk"]
    score = np.array([0.9, 0.4, 0.1, 0.6, 1.0])
    # Of the four pairs, (0.4, 0.6) alone is in the wrong order; small talk is on neither side.
    assert separation_of(score, due, frozenset({"out_of_scope", "not_in_source"})) == 0.75
    assert separation_of(score, due, frozenset({"out_of_scope"})) == 1.0
    assert separation_of(score, due, frozenset({"personal_advice"})) is None
    assert separation_of(np.full(5, 0.5), due, frozenset({"out_of_scope"})) == 0.5


def test_separation_takes_the_answer_topics_together(figures):
    # Answers score 0.96, 0.96 and 0.96; advice 0.98 and 0.02; out of scope 0.04: two of three are below every answer.
    assert figures.auroc_refusals == pytest.approx(2 / 3)
    assert figures.auroc_out_of_scope == 1.0


def test_decisions_are_counted_by_what_is_due(figures):
    answers, refusals = figures.decisions["answer"], figures.decisions["refusal"]
    assert (answers["right"], answers["asked"], answers["content"]) == (1, 1, 1)
    assert (refusals["right"], refusals["content"]) == (2, 1)
    assert figures.decisions["dialogue"]["right"] == 2
    assert sum(sum(counts.values()) for counts in figures.decisions.values()) == len(MESSAGES)


def test_the_report_has_every_part(figures):
    told = report(figures)
    for part in (
        "topics    75.0 %",
        "Content where a refusal is due: 1 (33.3 %)",
        "100.0 %  scs             -> rfa",
        f"Expected calibration error: {figures.calibration_error:.4f}",
        "out_of_scope alone: 1.0000",
    ):
        assert part in told

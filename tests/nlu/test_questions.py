"""The model answers questions that it was not trained on, and knows where it must not answer or should ask."""

import pytest
import yaml

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.labels import topic_of
from bot.settings import ROOT

CATALOGUE = load_catalogue()
ASKED = "asked"
NOTHING = "not understood"


def results_of(name, understand):
    """(true topic, understood topic) of every question; asked where the right topic is among the buttons."""
    from bot.nlu.decision import decide

    rows = []
    for label, questions in yaml.safe_load((ROOT / "tests" / "nlu" / name).read_text()).items():
        for question in questions:
            labels = {each["label"]: each["confidence"] for each in understand(question)["labels"]}
            decision = decide(labels)
            asked = ASKED if topic_of(label) in decision.candidates else NOTHING
            rows.append((topic_of(label), topic_of(decision.label) if decision.label else asked))
    return rows


@pytest.fixture(scope="module")
def plain(understand):
    return results_of("questions.yml", understand)


@pytest.fixture(scope="module")
def difficult(understand):
    return results_of("difficult_questions.yml", understand)


def share(rows, right):
    return sum(right(true, got) for true, got in rows) / len(rows)


def test_answers_are_right(plain):
    rows = [row for row in plain if row[0] in CATALOGUE.answers]
    assert share(rows, lambda true, got: true == got) >= 0.95
    assert share(rows, lambda true, got: got in CATALOGUE.topics - CATALOGUE.refusals and true != got) <= 0.02


@pytest.mark.parametrize(
    "topic", sorted((CATALOGUE.actions | CATALOGUE.safety | CATALOGUE.refusals) - CATALOGUE.answers)
)
def test_what_is_not_an_answer_is_recognised(plain, topic):
    rows = [row for row in plain if row[0] == topic]
    assert share(rows, lambda true, got: true == got) >= 0.88


def test_refusals_hardly_ever_get_content(plain):
    rows = [row for row in plain if row[0] in CATALOGUE.refusals]
    assert share(rows, lambda _, got: got in CATALOGUE.answers) <= 0.02


def test_no_topic_is_forgotten(plain):
    for topic in CATALOGUE.answers:
        rows = [row for row in plain if row[0] == topic]
        assert share(rows, lambda true, got: true == got) >= 0.6, topic


def test_false_alarms_are_rare(plain):
    rows = [row for row in plain if row[0] not in CATALOGUE.safety]
    assert share(rows, lambda _, got: got in CATALOGUE.safety) <= 0.02


def test_difficult_questions_are_answered_or_asked_back(difficult):
    rows = [row for row in difficult if row[0] in CATALOGUE.answers]
    assert share(rows, lambda true, got: got in {true, ASKED}) >= 0.75
    assert share(rows, lambda true, got: got in CATALOGUE.topics - CATALOGUE.refusals and true != got) <= 0.15


def test_difficult_refusals_hardly_ever_get_content(difficult):
    rows = [row for row in difficult if row[0] in CATALOGUE.refusals]
    assert share(rows, lambda _, got: got in CATALOGUE.answers) <= 0.06

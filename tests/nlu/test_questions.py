"""The model answers questions that it was not trained on, and knows where it must not answer."""

import pytest
import yaml

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.labels import FALLBACK, topic_of
from bot.settings import ROOT

HELD_BACK = yaml.safe_load((ROOT / "tests/nlu/questions.yml").read_text())
CATALOGUE = load_catalogue()


@pytest.fixture(scope="module")
def results(understand):
    """(true topic, understood topic or None) of every question held back."""
    rows = []
    for label, questions in HELD_BACK.items():
        for question in questions:
            parsed = understand(question)
            fallback = parsed["intent"]["name"] == FALLBACK
            rows.append((topic_of(label), None if fallback else topic_of(parsed["label"])))
    return rows


def share(rows, right):
    return sum(right(true, got) for true, got in rows) / len(rows)


def test_answers_are_right(results):
    rows = [row for row in results if row[0] in CATALOGUE.answers]
    assert share(rows, lambda true, got: true == got) >= 0.93


@pytest.mark.parametrize(
    "topic", sorted((CATALOGUE.actions | CATALOGUE.safety | CATALOGUE.refusals) - CATALOGUE.answers)
)
def test_what_is_not_an_answer_is_recognised(results, topic):
    rows = [row for row in results if row[0] == topic]
    assert share(rows, lambda true, got: true == got) >= 0.85


def test_refusals_hardly_ever_get_content(results):
    rows = [row for row in results if row[0] in CATALOGUE.refusals]
    assert share(rows, lambda _, got: got in CATALOGUE.answers) <= 0.06


def test_no_topic_is_forgotten(results):
    for topic in CATALOGUE.answers:
        rows = [row for row in results if row[0] == topic]
        assert share(rows, lambda true, got: true == got) >= 0.6, topic


def test_false_alarms_are_rare(results):
    rows = [row for row in results if row[0] not in CATALOGUE.safety]
    assert share(rows, lambda _, got: got in CATALOGUE.safety) <= 0.02

"""What a decision comes to, beside what was due."""

import pytest

from bot.nlu.decision import Decision
from bot.nlu_evaluation.decisions import Kind, Outcome, decisions, kind_of, outcome_of


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("rfa", Kind.ANSWER),
        ("talk_to_human", Kind.ACTION),
        ("crisis", Kind.SAFETY),
        ("not_in_source", Kind.REFUSAL),
        ("follow_up", Kind.DIALOGUE),
        ("affirm", Kind.DIALOGUE),
    ],
)
def test_every_topic_has_a_kind(topic, kind):
    assert kind_of(topic) is kind


@pytest.mark.parametrize(
    ("decision", "due", "outcome"),
    [
        (Decision("faq/rfa"), "rfa", Outcome.RIGHT),
        (Decision("not_in_source/risks"), "not_in_source", Outcome.RIGHT),
        (Decision(None, ("rfa", "scs")), "scs", Outcome.ASKED),
        (Decision(None, ("rfa", "scs")), "pns", Outcome.ASKED_IN_VAIN),
        (Decision(None), "rfa", Outcome.NOT_UNDERSTOOD),
        (Decision("out_of_scope/general"), "rfa", Outcome.REFUSED),
        (Decision("out_of_scope/general"), "not_in_source", Outcome.REFUSED),
        (Decision("faq/scs"), "rfa", Outcome.CONTENT),
        (Decision("faq/scs"), "personal_advice", Outcome.CONTENT),
        (Decision("emergency/infection"), "rfa", Outcome.ALARM),
        (Decision("book_consultation"), "rfa", Outcome.OTHER),
        (Decision("follow_up/why"), "rfa", Outcome.OTHER),
    ],
)
def test_an_outcome_is_told_from_what_was_due(decision, due, outcome):
    assert outcome_of(decision, due) is outcome


def test_nothing_to_count_gives_zeros():
    counted = decisions([])
    assert set(counted) == {"answer", "action", "safety", "refusal", "dialogue"}
    assert all(set(counts.values()) == {0} for counts in counted.values())

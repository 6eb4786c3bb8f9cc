"""What is done for any probabilities: an answer, a refusal, a question back, nothing, and red flags in time."""

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.decision import Decision, decide, intents_of, topics_of
from bot.nlu.labels import intent_of, topic_of
from bot.settings import ROOT

CATALOGUE = load_catalogue()
LABELS = sorted(
    entry["intent"]
    for entry in yaml.safe_load((ROOT / "data/nlu.yml").read_text(encoding="utf-8"))["nlu"]
    if "intent" in entry
)
FLAGS = sorted(label for label in LABELS if topic_of(label) in CATALOGUE.safety)
ANSWERS = sorted(label for label in LABELS if topic_of(label) in CATALOGUE.answers)
REFUSALS = sorted(label for label in LABELS if topic_of(label) in CATALOGUE.refusals)
FAINT, CLEAR = 0.05, 0.5  # below, a red flag is never raised; above, always


@st.composite
def probabilities(draw, least=0.0):
    """Probabilities of some or all labels, peaked or flat; those of the red flags at least ``least`` together."""
    chosen = draw(st.one_of(st.just(LABELS), st.lists(st.sampled_from(LABELS), min_size=1, unique=True)))
    peak = draw(st.sampled_from([1, 3, 8]))
    weights = {label: draw(st.floats(1e-6, 1)) ** peak for label in chosen}
    if not least:
        return {label: weight / sum(weights.values()) for label, weight in weights.items()}
    mass = draw(st.floats(least, 1))
    share = draw(st.floats(0, 1))
    others = {label: weight for label, weight in weights.items() if label not in FLAGS}
    rest = {label: (1 - mass) * weight / sum(others.values()) for label, weight in others.items()}
    return {**rest, FLAGS[0]: mass * share, FLAGS[-1]: mass * (1 - share)}


def flagged(labels):
    return sum(value for topic, value in topics_of(labels).items() if topic in CATALOGUE.safety)


@settings(max_examples=300, deadline=None)
@given(labels=probabilities())
@example(labels={label: 1 / len(LABELS) for label in LABELS})
@example(labels={"affirm": 1.0})
def test_there_is_a_label_or_a_question_or_nothing(labels):
    decision = decide(labels)
    topics = topics_of(labels)
    if decision.label is not None:
        assert decision.label in labels
        assert decision.candidates == ()
        assert labels[decision.label] == max(
            value for label, value in labels.items() if topic_of(label) == topic_of(decision.label)
        )
    elif decision.candidates:
        assert 2 <= len(decision.candidates) <= 3
        assert set(decision.candidates) <= CATALOGUE.answers | CATALOGUE.actions
        asked = [topics[topic] for topic in decision.candidates]
        assert asked == sorted(asked, reverse=True)
        assert all(topic in CATALOGUE.titles for topic in decision.candidates)


@settings(max_examples=300, deadline=None)
@given(labels=probabilities())
def test_a_red_flag_is_not_raised_without_reason(labels):
    decision = decide(labels)
    if decision.label in FLAGS:
        assert flagged(labels) >= FAINT


@settings(max_examples=300, deadline=None)
@given(labels=probabilities(least=CLEAR))
@example(labels={FLAGS[0]: 0.25, FLAGS[-1]: 0.26, "smalltalk/greet": 0.49})
def test_a_clear_red_flag_is_raised_whatever_else_is_likely(labels):
    assert decide(labels).label in FLAGS


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("other", [*ANSWERS[:3], *REFUSALS[:3], "book_consultation", "affirm"])
def test_a_red_flag_wins_from_less_than_half(flag, other):
    assert decide({flag: 0.4, other: 0.6}).label == flag
    assert decide({flag: 0.1, other: 0.9}).label == other


@pytest.mark.parametrize("label", LABELS)
def test_what_is_certain_is_done(label):
    rest = {other: 0.1 / (len(LABELS) - 1) for other in LABELS if other != label}
    assert decide({**rest, label: 0.9}) == Decision(label)
    assert decide({label: 1.0}) == Decision(label)


def test_between_two_answers_it_asks():
    assert decide({"faq/rfa": 0.51, "faq/scs": 0.49}) == Decision(None, ("rfa", "scs"))
    assert decide({"faq/scs": 0.3, "faq/rfa": 0.4, "faq/pns": 0.25, "faq/adhesiolysis": 0.05}).candidates == (
        "rfa",
        "scs",
        "pns",
    )


def test_no_more_than_three_topics_are_asked_about():
    assert len(decide(dict.fromkeys(ANSWERS[:5], 0.2)).candidates) in {0, 3}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_between_an_answer_and_a_refusal_it_refuses(refusal):
    assert decide({"faq/rfa": 0.5, refusal: 0.5}).label == refusal


def test_nothing_is_made_of_what_could_be_anything():
    assert decide(dict.fromkeys(ANSWERS, 1 / len(ANSWERS))) == Decision(None)
    assert decide({}) == Decision(None)


def test_labels_of_one_topic_count_together():
    parts = [label for label in REFUSALS if topic_of(label) == "not_in_source"][:3]
    labels = {**dict.fromkeys(parts, 0.2), parts[1]: 0.21, "faq/rfa": 0.39}
    assert decide(labels).label == parts[1]


@settings(deadline=None)
@given(labels=probabilities())
def test_topics_and_intents_share_out_all_that_labels_have(labels):
    topics, intents = topics_of(labels), intents_of(labels)
    assert set(topics) == {topic_of(label) for label in labels}
    assert set(intents) == {intent_of(label) for label in labels}
    assert sum(topics.values()) == pytest.approx(1)
    assert sum(intents.values()) == pytest.approx(1)

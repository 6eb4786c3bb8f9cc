"""What a parsed message looks like, for Rasa and for the gateway."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.catalogue import load_catalogue


def test_a_question_of_a_topic_selects_its_response(understand):
    parsed = understand("How long does the relief from radiofrequency ablation last?")
    assert parsed["intent"]["name"] == "faq"
    assert parsed["label"] == "faq/rfa_duration"
    assert parsed["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/rfa_duration"
    assert parsed["topics"][0]["topic"] == "rfa_duration"
    assert [topic["confidence"] for topic in parsed["topics"]] == sorted(
        (topic["confidence"] for topic in parsed["topics"]), reverse=True
    )
    assert ("treatment", "radiofrequency ablation") in [(e["entity"], e["value"]) for e in parsed["entities"]]


def test_what_is_like_nothing_learnt_is_not_understood(understand):
    parsed = understand("zxqv 8841 ⟁⟁")
    assert parsed["intent"]["name"] in {"nlu_fallback", "out_of_scope"}


@pytest.mark.parametrize("topic", sorted(load_catalogue().answers | {"book_consultation", "talk_to_human"}))
def test_a_button_is_understood_as_its_topic(understand, topic):
    parsed = understand(load_catalogue().titles[topic])
    assert parsed["topics"][0]["topic"] == topic
    assert parsed["intent"]["name"] != "nlu_fallback"


@settings(max_examples=60, deadline=None)
@given(text=st.text(min_size=1, max_size=300))
def test_any_text_is_parsed(understand, text):
    if text.lstrip().startswith("/"):
        return  # a command to Rasa; the channel lets none through
    parsed = understand(text)
    assert 0 <= parsed["intent"]["confidence"] <= 1 + 1e-6

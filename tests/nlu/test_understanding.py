"""What a parsed message looks like, for Rasa and for the gateway."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.labels import MAY_ALARM, RED_FLAGS, intent_of


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


@pytest.mark.parametrize("may_alarm", [True, False])
def test_a_red_flag_is_none_where_triage_has_found_the_message_far_from_one(agent, may_alarm):
    text = "I cannot feel it when I wipe. I have wet myself since this morning"
    parsed = asyncio.run(agent.processor.parse_message(UserMessage(text, metadata={MAY_ALARM: may_alarm})))
    readings = [parsed["labels"], *(part["labels"] for part in parsed["parts"])]
    found = {intent_of(each["label"]) for labels in readings for each in labels}
    assert bool(found & RED_FLAGS) is may_alarm
    assert (intent_of(parsed["label"]) in RED_FLAGS) is may_alarm

"""Each response name of domain.yml says what kind of message it makes, and on which topic."""

from __future__ import annotations

from typing import get_args

import pytest
from gateway.fake_assistant import UNDERSTOOD, button, domain, said

from bot.conversations.records import BookingStatus, Clarified, Kind
from bot.gateway.assistant_client import Turn
from bot.gateway.reading import read_clarified, read_replies, read_understanding
from bot.knowledge.catalogue import load_catalogue

CONTINUING = {
    "utter_appointment_anew",
    "utter_a_person_may_know",
    "utter_covered_in_general",
    "utter_covered_nearby",
    "utter_offer_consultation",
    "utter_please_reach_us",
}
QUOTING = {"utter_in_its_own_words"}
RESPONSES = sorted(domain()["responses"])
OPENING_STEMS = {
    *("sympathy", "booking_begins", "booking_why", "booking_declined", "booking_not_understood", "booking_ways_out"),
    *("booking_contact", "booking_time", "booking_changed", "booking_under_way", "booking_what_to_change"),
    *("booking_first", "appointment", "appointment_not_understood"),
}
OPENING = {name for name in RESPONSES if name.removeprefix("utter_").partition("/")[0] in OPENING_STEMS}
ASKING = {
    "utter_ask_consultation_form_patient_name": "name",
    "utter_ask_consultation_form_contact": "contact",
    "utter_ask_time": "time",
    "utter_ask_period": "time",
    "utter_ask_consultation_form_reason": "reason",
    "utter_ask_confirmed": "confirm",
}
KIND_OF_STEM = {
    "faq": "answer",
    "not_in_source": "refusal",
    "personal_advice": "refusal",
    "out_of_scope": "refusal",
    "smalltalk": "smalltalk",
    "all_right": "smalltalk",
    "all_right_then": "smalltalk",
    "nothing_offered": "clarify",
    "did_you_mean": "clarify",
    "which_one": "clarify",
    "follow_up": "clarify",
    "sorry_which_topic": "clarify",
    "say_it_differently": "fallback",
    "sorry_say_it_differently": "fallback",
    "spanish": "handoff",
    "that_is_all": "handoff",
    "still_not_understood": "handoff",
    **dict.fromkeys([name.removeprefix("utter_") for name in ASKING], "booking"),
    **dict.fromkeys(["booking_aborted", "booking_without_contact", "booking_done", "booking_failed"], "booking"),
    **dict.fromkeys(["ask_appointment", "appointment_is", "appointment_done"], "booking"),
    "booking": "smalltalk",
    "talk_to_human": "handoff",
    "emergency": "emergency",
    "crisis": "crisis",
    "fallback": "fallback",
}
BOOK = button("Book a consultation", "book_consultation")
PERSON = button("Talk to a person", "talk_to_human")


def read(*replies):
    return read_replies(Turn(replies=list(replies)))


def test_the_continuing_responses_are_in_the_domain():
    assert set(RESPONSES) >= CONTINUING | OPENING | QUOTING


def test_a_word_of_sympathy_opens_the_reply_after_it():
    (reply,) = read(said("utter_sympathy/pain"), said("utter_faq/rfa"))
    assert (reply.kind, reply.topic) == ("answer", "rfa")
    assert reply.text == f"{said('utter_sympathy/pain')['text']} {said('utter_faq/rfa')['text']}"
    assert reply.sources


def test_the_documents_own_words_carry_the_passages_that_they_quote():
    (reply,) = read(said("utter_in_its_own_words") | {"topic": "pns", "passages": ["pns.1"]})
    assert (reply.kind, reply.topic) == ("answer", "pns")
    assert [source.passage for source in reply.sources] == ["pns.1"]


def test_a_choice_labels_the_message_that_was_unclear():
    turn = Turn(replies=[said("utter_faq/scs") | {"clarifies": "01J"}])
    assert read_clarified(turn, read_replies(turn)) == Clarified("01J", "scs")
    turn = Turn(replies=[said("utter_say_it_differently") | {"clarifies": "01J"}])
    assert read_clarified(turn, read_replies(turn)) == Clarified("01J", None)
    turn = Turn(replies=[said("utter_faq/scs")])
    assert read_clarified(turn, read_replies(turn)) is None


@pytest.mark.parametrize("name", [name for name in RESPONSES if name not in CONTINUING | OPENING | QUOTING])
def test_each_response_makes_a_message_of_its_kind_and_topic(name):
    stem, _, part = name.removeprefix("utter_").partition("/")
    (reply,) = read(said(name))
    assert reply.kind in get_args(Kind)
    assert reply.kind == KIND_OF_STEM[stem]
    about = "manage_booking" if "appointment" in stem else "book_consultation"
    expected = {"answer": part, "smalltalk": "smalltalk", "booking": about}.get(reply.kind, stem)
    assert reply.topic == (expected if expected in load_catalogue().topics else None)
    assert reply.topic is None or reply.topic in load_catalogue().topics
    assert bool(reply.sources) == (reply.kind == "answer")


@pytest.mark.parametrize("name", RESPONSES)
def test_what_a_booking_asks_for_is_told(name):
    (reply,) = read(said(name))
    assert reply.asks == ASKING.get(name)


@pytest.mark.parametrize("name", sorted(OPENING))
def test_what_belongs_before_a_reply_becomes_its_beginning(name):
    (reply,) = read(said(name), said("utter_ask_time", BOOK))
    assert (reply.kind, reply.topic, reply.asks) == ("booking", "book_consultation", "time")
    assert reply.text == f"{said(name)['text']} {said('utter_ask_time')['text']}"


def test_how_far_a_booking_is_is_read():
    (reply,) = read(said("utter_booking_done/booked") | {"booking": {"reference": "ABCD-2345", "status": "confirmed"}})
    assert reply.booking == BookingStatus("confirmed", "ABCD-2345")


@pytest.mark.parametrize("name", sorted(CONTINUING))
def test_a_response_that_goes_on_becomes_part_of_the_reply_before_it(name):
    refusal = said("utter_not_in_source/cost_insurance", BOOK)
    (reply,) = read(refusal, said(name, PERSON))
    assert (reply.kind, reply.topic) == ("refusal", "not_in_source")
    assert reply.text == f"{refusal['text']} {said(name)['text']}"
    assert [each.topic for each in reply.buttons] == ["book_consultation", "talk_to_human"]
    assert reply.sources == ()


def test_a_response_that_goes_on_with_nothing_is_a_fallback():
    (reply,) = read(said("utter_covered_in_general", BOOK))
    assert (reply.kind, reply.topic) == ("fallback", None)
    assert len(reply.buttons) == 1


def test_an_answer_keeps_its_sources_when_another_response_goes_on():
    (reply,) = read(said("utter_faq/rfa_duration"), said("utter_please_reach_us", PERSON))
    assert (reply.kind, reply.topic) == ("answer", "rfa_duration")
    assert [source.passage for source in reply.sources] == ["rfa.2"]


def test_replies_with_kinds_of_their_own_stay_apart():
    kinds = [reply.kind for reply in read(said("utter_smalltalk/thanks"), said("utter_faq/rfa"), said("utter_crisis"))]
    assert kinds == ["smalltalk", "answer", "crisis"]


def test_text_without_a_name_is_a_fallback():
    (reply,) = read({"text": "Hello", "buttons": [], "response": None})
    assert (reply.kind, reply.topic, reply.text) == ("fallback", None, "Hello")


def test_an_answer_on_an_unknown_topic_names_none():
    (reply,) = read({"text": "Hello", "buttons": [], "response": "utter_faq/unheard_of"})
    assert (reply.kind, reply.topic, reply.sources) == ("answer", None, ())


def test_what_was_understood_is_read():
    turn = Turn(replies=[said("utter_faq/rfa_duration")], understood=UNDERSTOOD)
    understood = read_understanding(turn, read_replies(turn))
    assert (understood.label, understood.topic, understood.confidence) == ("faq/rfa_duration", "rfa_duration", 0.93)
    assert [(each.topic, each.confidence) for each in understood.alternatives] == [("rfa", 0.05)]
    assert [(each.name, each.value, each.start, each.end) for each in understood.entities] == [
        ("treatment", "RFA", 14, 17)
    ]
    assert understood.action == "utter_faq/rfa_duration"


def test_nothing_understood_is_read_as_nothing():
    understood = read_understanding(Turn(replies=[]), [])
    assert (understood.label, understood.topic, understood.confidence) == (None, None, None)
    assert (understood.alternatives, understood.entities) == ((), ())

"""The actions on real trackers: which responses they say, with which values and buttons, and that they set nothing."""

from types import SimpleNamespace

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import offer, reach
from actions.offer import AnswerToOffer
from actions.reach import HowToReachUs
from actions.refuse import Refuse

OFFICE = "contact the office of Parkview Spine & Pain"
BOOK = {"title": "Book a consultation", "payload": "Book a consultation", "topic": "book_consultation"}
PERSON = {"title": "Talk to a person", "payload": "Talk to a person", "topic": "talk_to_human"}


def tracker(label, entities=(), before=()):
    intent = label.split("/")[0]
    message = {"text": "…", "label": label, "intent": {"name": intent, "confidence": 0.9}, "entities": list(entities)}
    events = [*before, {"event": "user", "text": "…", "parse_data": message}]
    return Tracker("01J", {}, message, events, False, None, {}, "action_listen")


def run(action, at):
    dispatcher = CollectingDispatcher()
    assert action.run(dispatcher, at, {}) == []
    return [
        {
            name: value
            for name, value in message.items()
            if value and name in {"response", "buttons", "nearby", "how_to_reach_us"}
        }
        for message in dispatcher.messages
    ]


def entity(kind, value):
    return {"entity": kind, "value": value, "start": 0, "end": 1}


def test_a_refusal_offers_what_the_document_says_of_the_thing_named():
    said = run(Refuse(), tracker("not_in_source/risks", [entity("medicine", "gabapentin")]))
    nerve_pain = {"title": "Nerve pain medications", "payload": "Nerve pain medications", "topic": "med_neuropathic"}
    assert said == [
        {"response": "utter_not_in_source/risks"},
        {"response": "utter_covered_nearby", "nearby": "gabapentin", "buttons": [nerve_pain, BOOK, PERSON]},
    ]


def test_a_treatment_outside_the_document_is_nothing_nearby():
    said = run(Refuse(), tracker("not_in_source/other_treatment", [entity("other_treatment", "ketamine")]))
    assert said[1] == {"response": "utter_covered_in_general", "buttons": [BOOK, PERSON]}


def test_personal_advice_is_refused_with_the_same_offer():
    said = run(Refuse(), tracker("personal_advice/dose", [entity("medicine", "opioids")]))
    assert said[0] == {"response": "utter_personal_advice/dose"}
    assert said[1]["nearby"] == "opioids"
    assert said[1]["buttons"][1:] == [BOOK, PERSON]


def test_a_question_about_the_clinic_leads_to_its_office():
    said = run(Refuse(), tracker("not_in_source/clinic"))
    assert said[1] == {"response": "utter_please_reach_us", "how_to_reach_us": OFFICE, "buttons": [PERSON]}


@pytest.mark.parametrize("intent", ["book_consultation", "manage_booking", "talk_to_human"])
def test_what_a_visitor_wants_done_leads_to_the_clinic(intent):
    assert run(HowToReachUs(), tracker(intent)) == [{"response": f"utter_{intent}", "how_to_reach_us": OFFICE}]


@pytest.mark.parametrize(
    ("phone", "address", "expected"),
    [
        ("312-555-0100", "", "call Parkview Spine & Pain at 312-555-0100"),
        ("312-555-0100", "1 Main St", "call Parkview Spine & Pain at 312-555-0100, or visit us at 1 Main St"),
        ("", "1 Main St", "contact the office of Parkview Spine & Pain at 1 Main St"),
        ("", "", OFFICE),
    ],
)
def test_phone_and_address_come_from_the_settings_alone(monkeypatch, phone, address, expected):
    from bot.settings import Settings

    settings = Settings(_env_file=None, clinic_phone=phone, clinic_address=address)
    monkeypatch.setattr(reach, "load_settings", lambda: settings)
    assert run(HowToReachUs(), tracker("book_consultation"))[0]["how_to_reach_us"] == expected


OFFERED = [
    {"event": "user", "text": "how much gabapentin"},
    {"event": "bot", "text": "I cannot …", "data": {"buttons": None}},
    {"event": "bot", "text": "A consultation …", "data": {"buttons": [BOOK, PERSON]}},
]
ANSWERED = [{"event": "user", "text": "what is FBSS"}, {"event": "bot", "text": "FBSS …", "data": {"buttons": None}}]


@pytest.mark.parametrize(
    ("intent", "before", "response"),
    [
        ("affirm", OFFERED, "utter_book_consultation"),
        ("deny", OFFERED, "utter_all_right"),
        ("affirm", ANSWERED, "utter_nothing_offered"),
        ("affirm", OFFERED + ANSWERED, "utter_nothing_offered"),
        ("deny", [], "utter_nothing_offered"),
    ],
)
def test_yes_and_no_answer_what_was_offered_last(monkeypatch, intent, before, response):
    monkeypatch.setattr(offer, "load_settings", lambda: SimpleNamespace(how_to_reach_us=OFFICE))
    assert run(AnswerToOffer(), tracker(intent, before=before))[0]["response"] == response


def test_the_actions_are_those_of_the_domain():
    import yaml

    from bot.settings import ROOT

    listed = yaml.safe_load((ROOT / "domain.yml").read_text())["actions"]
    assert sorted(listed) == sorted(action().name() for action in (Refuse, HowToReachUs, AnswerToOffer))

"""The reply action on real trackers: what it says, with which values and buttons, and which slots it sets."""

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import reply
from actions.reply import Reply
from bot.dialogue.context import CONSULTATION, Context
from bot.settings import ROOT, Settings

OFFICE = "contact the office of Parkview Spine & Pain"
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())


def tracker(label, slots=None, turns=1):
    message = {
        "text": "…",
        "label": label,
        "labels": [{"label": label, "confidence": 0.95}],
        "intent": {"name": label.split("/")[0], "confidence": 0.95},
        "entities": [],
        "message_id": "01J",
    }
    events = [{"event": "user", "text": "…", "parse_data": message}] * turns
    return Tracker("01J", slots or {}, message, events, False, None, {}, "action_listen")


def run(at):
    dispatcher = CollectingDispatcher()
    events = Reply().run(dispatcher, at, {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events}


def test_an_answer_is_said_and_remembered():
    said, slots = run(tracker("faq/rfa"))
    assert [message["response"] for message in said] == ["utter_faq/rfa", "utter_offer_consultation"]
    assert slots["topic"] == "rfa"
    assert slots["answered"] == ["rfa"]
    assert (slots["offer"], slots["offered_turn"], slots["consultation_turn"]) == (CONSULTATION, 1, 1)


def test_only_what_has_changed_is_set():
    _, slots = run(tracker("out_of_scope/general"))
    assert "topic" not in slots
    assert "answered" not in slots


def test_the_next_turn_reads_what_this_one_set():
    _, slots = run(tracker("faq/rfa"))
    said, _ = run(tracker("follow_up/duration", slots, turns=2))
    assert said[0]["response"] == "utter_faq/rfa_duration"


def test_yes_to_a_consultation_says_how_to_book():
    _, slots = run(tracker("faq/rfa"))
    said, _ = run(tracker("affirm", slots, turns=2))
    assert [(message["response"], message["how_to_reach_us"]) for message in said] == [
        ("utter_book_consultation", OFFICE)
    ]


@pytest.mark.parametrize("intent", ["book_consultation", "manage_booking", "talk_to_human"])
def test_what_a_visitor_wants_done_leads_to_the_clinic(intent):
    said, _ = run(tracker(intent))
    assert [(message["response"], message["how_to_reach_us"]) for message in said] == [(f"utter_{intent}", OFFICE)]


@pytest.mark.parametrize(
    ("phone", "address", "expected", "in_spanish"),
    [
        (
            "312-555-0100",
            "",
            "call Parkview Spine & Pain at 312-555-0100",
            "Llame a Parkview Spine & Pain al 312-555-0100",
        ),
        (
            "312-555-0100",
            "1 Main St",
            "call Parkview Spine & Pain at 312-555-0100, or visit us at 1 Main St",
            "Llame a Parkview Spine & Pain al 312-555-0100 o visítenos en 1 Main St",
        ),
        (
            "",
            "1 Main St",
            "contact the office of Parkview Spine & Pain at 1 Main St",
            "Comuníquese con la oficina de Parkview Spine & Pain en 1 Main St",
        ),
        ("", "", OFFICE, "Comuníquese con la oficina de Parkview Spine & Pain"),
    ],
)
def test_phone_and_address_come_from_the_settings_alone(monkeypatch, phone, address, expected, in_spanish):
    settings = Settings(_env_file=None, clinic_phone=phone, clinic_address=address)
    monkeypatch.setattr(reply, "load_settings", lambda: settings)
    said, _ = run(tracker("talk_to_human"))
    assert said[0]["how_to_reach_us"] == expected
    said, _ = run(tracker("not_in_source/clinic"))
    assert said[1]["how_to_reach_us_in_spanish"] == in_spanish


def test_the_slots_of_the_domain_are_the_context():
    assert DOMAIN["slots"].keys() == Context().to_slots().keys()
    assert not any(slot["influence_conversation"] for slot in DOMAIN["slots"].values())


def test_the_context_comes_back_from_its_slots_as_it_was():
    context = Context(
        topic="rfa", listed=("rfa", "scs"), answered=("rfa",), offered_turn=3, misses=1, consultation_declined=True
    )
    stored = {name: float(value) if type(value) is int else value for name, value in context.to_slots().items()}
    assert Context.from_slots(stored) == context


def test_the_actions_are_those_of_the_domain():
    assert DOMAIN["actions"] == [Reply().name()]

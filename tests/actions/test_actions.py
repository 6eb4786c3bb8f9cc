"""The actions on real trackers: what they say, with which values and buttons, and which slots and forms they set."""

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import appointment_form, appointments, consultation_form, saying
from actions.reply import Reply
from bot.booking.book import Book
from bot.dialogue import appointment
from bot.dialogue.consultation import DETAILS, NO_SLOTS
from bot.dialogue.context import CONSULTATION, Context
from bot.settings import ROOT, Settings
from bot.storage.encryption import Cipher
from bot.storage.engine import Database, make_engine

OFFICE = "contact the office of Parkview Spine & Pain"
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())


@pytest.fixture
def book(sqlite_url, monkeypatch):
    """A book without times that the actions use."""
    database = Database(make_engine(sqlite_url))
    made = Book(database, None, cipher=Cipher([bytes(32)]))
    monkeypatch.setattr(appointments, "book", lambda: made)
    monkeypatch.setattr(appointments, "availability", lambda: None)
    yield made
    database.close()


def tracker(label, slots=None, turns=1, *, text="…", form=None):
    message = {
        "text": text,
        "label": label,
        "labels": [{"label": label, "confidence": 0.95}],
        "intent": {"name": label.split("/")[0], "confidence": 0.95},
        "entities": [],
        "message_id": "01J",
    }
    events = [{"event": "user", "text": "…", "parse_data": message}] * turns
    active = {"name": form} if form else {}
    return Tracker("01J", slots or {}, message, events, False, None, active, "action_listen")


def run(at):
    dispatcher = CollectingDispatcher()
    events = Reply().run(dispatcher, at, {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def followed_by(at):
    """The forms that begin or go on after the reply."""
    events = Reply().run(CollectingDispatcher(), at, {})
    return [event["name"] for event in events if event["event"] == "followup"]


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


def test_yes_to_a_consultation_begins_the_form_that_books_one():
    _, slots = run(tracker("faq/rfa"))
    assert followed_by(tracker("affirm", slots, turns=2)) == [consultation_form.FORM]
    assert run(tracker("affirm", slots, turns=2))[0] == []


def test_a_wish_to_book_begins_the_form_that_books():
    assert followed_by(tracker("book_consultation")) == [consultation_form.FORM]


@pytest.mark.usefixtures("book")
def test_a_wish_to_change_an_appointment_begins_the_form_that_does():
    at = tracker("manage_booking", text="move my appointment")
    assert [message["response"] for message in run(at)[0]] == ["utter_appointment/begins"]
    assert followed_by(at) == [appointment_form.FORM]


@pytest.mark.usefixtures("book")
def test_what_is_said_at_once_of_an_appointment_begins_no_form():
    at = tracker("manage_booking", text="running late")
    said, slots = run(at)
    assert [(message["response"], message["how_to_reach_us"]) for message in said] == [
        ("utter_appointment_done/by_office", OFFICE)
    ]
    assert slots[appointment.STATE]["over"]
    assert followed_by(at) == []


def test_a_person_is_reached_by_the_office():
    said, _ = run(tracker("talk_to_human"))
    assert [(message["response"], message["how_to_reach_us"]) for message in said] == [("utter_talk_to_human", OFFICE)]


@pytest.mark.parametrize("form", [consultation_form.FORM, appointment_form.FORM])
@pytest.mark.parametrize("label", ["book_consultation", "manage_booking", "faq/rfa"])
def test_while_a_form_is_active_it_goes_on_and_no_other_begins(form, label):
    at = tracker(label, text="cancel my appointment", form=form)
    assert followed_by(at) == [form]
    assert run(at) == ([], {})


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
    monkeypatch.setattr(saying, "load_settings", lambda: settings)
    said, _ = run(tracker("talk_to_human"))
    assert said[0]["how_to_reach_us"] == expected
    said, _ = run(tracker("not_in_source/clinic"))
    assert said[1]["how_to_reach_us_in_spanish"] == in_spanish


def test_the_slots_of_the_domain_are_the_context_and_what_the_forms_keep():
    kept = {*Context().to_slots(), *NO_SLOTS, appointment.STATE, appointment.STEP}
    assert DOMAIN["slots"].keys() == kept
    assert not any(slot["influence_conversation"] for slot in DOMAIN["slots"].values())


def test_the_slots_that_the_forms_ask_for_are_theirs():
    assert DOMAIN["forms"] == {
        consultation_form.FORM: {"required_slots": list(DETAILS)},
        appointment_form.FORM: {"required_slots": [appointment.STEP]},
    }


def test_the_context_comes_back_from_its_slots_as_it_was():
    context = Context(
        topic="rfa", listed=("rfa", "scs"), answered=("rfa",), offered_turn=3, misses=1, consultation_declined=True
    )
    stored = {name: float(value) if type(value) is int else value for name, value in context.to_slots().items()}
    assert Context.from_slots(stored) == context


def test_the_actions_are_those_of_the_domain():
    made = [
        Reply(),
        consultation_form.ValidateConsultationForm(),
        consultation_form.AskPreferredTime(),
        consultation_form.AskConfirmed(),
        consultation_form.BookConsultation(),
        appointment_form.ValidateAppointmentForm(),
        appointment_form.AskAppointmentStep(),
        appointment_form.AfterAppointment(),
    ]
    assert DOMAIN["actions"] == [action.name() for action in made]

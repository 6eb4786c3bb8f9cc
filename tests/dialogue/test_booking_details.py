"""How the details of a consultation are told: several at once, for a relative, wrongly, or not at all."""

import pytest
from dialogue.booking_driver import states
from dialogue.booking_steps import ANSWERS, ASKING, BOOK, asks, summary, up_to

from bot.dialogue.consultation import Consultation


class TestSeveralDetailsInOneMessage:
    def test_what_is_told_at_once_is_not_asked_again(self, chat):
        chat.say("I want to book. I'm Ann Lee, 404 555 0190", BOOK)
        assert asks(chat) == "time"
        chat.say("2")
        assert asks(chat) == "reason"

    def test_all_in_the_answer_to_the_first_question(self, chat):
        up_to(chat, "name")
        chat.say("Ann Lee, 404-555-0190, november 24 at 9am, leg pain")
        assert summary(chat)["name"] == "Ann Lee"
        assert summary(chat)["contact"] == "(404) 555-0190"
        assert summary(chat)["time"] == "Tuesday, November 24, 9:00 AM EST"
        assert summary(chat)["reason"] == "leg pain"
        assert asks(chat) == "confirm"

    def test_a_wish_for_a_day_offers_its_times(self, chat):
        chat.say("can I come in on wednesday afternoon? Ann Lee, 404 555 0190", BOOK)
        assert chat.titles[0] == "Wed, Nov 25, 1:00 PM"

    def test_two_contacts_are_both_shown_and_the_first_is_kept(self, chat):
        up_to(chat, "contact")
        chat.say("404 555 0190 or ann@clinic.example")
        chat.say("2")
        chat.say("skip")
        assert summary(chat)["contact"] == "(404) 555-0190, ann@clinic.example"
        chat.say("yes")
        assert chat.made[0].contact == "+14045550190"


class TestForARelative:
    def test_the_name_is_the_patients_and_whose_it_is_is_kept(self, chat):
        chat.say("I need an appointment for my mother", BOOK)
        for answer in ("Rosa Diaz", "404 555 0190", "2", "her hip hurts"):
            chat.say(answer)
        assert summary(chat)["name"] == "Rosa Diaz (my mother)"
        chat.say("yes")
        assert (chat.made[0].patient_name, chat.made[0].for_whom) == ("Rosa Diaz", "my mother")

    def test_it_may_be_told_with_the_name(self, chat):
        up_to(chat, "name")
        chat.say("it's for my dad, his name is Luis Diaz")
        assert asks(chat) == "contact"
        assert Consultation.from_slots(chat.slots).for_whom == "my dad"


class TestBadInput:
    @pytest.mark.parametrize(
        ("detail", "text", "response"),
        [
            ("contact", "555", "booking_contact/too_short"),
            ("contact", "404 555 019", "booking_contact/too_short"),
            ("contact", "1234567890123456789", "booking_contact/too_long"),
            ("contact", "ann@clinic", "booking_contact/not_an_address"),
            ("contact", "blue", "booking_not_understood/contact"),
            ("time", "yesterday", "booking_time/past"),
            ("time", "yesterday at 3", "booking_time/past"),
            ("time", "february 30", "booking_time/impossible"),
            ("time", "blue", "booking_not_understood/time"),
            ("name", "12345", "booking_not_understood/name"),
            ("name", "?!", "booking_not_understood/name"),
            ("confirm", "blue", "booking_not_understood/confirm"),
        ],
    )
    def test_what_is_wrong_is_said_and_asked_again(self, chat, detail, text, response):
        up_to(chat, detail)
        chat.say(text)
        assert chat.responses == [response, ASKING[detail]]
        assert asks(chat) == detail

    def test_who_has_neither_phone_nor_email_is_shown_the_office_and_nothing_is_kept(self, chat):
        up_to(chat, "contact")
        chat.say("no phone")
        assert chat.responses == ["booking_declined/contact", ASKING["contact"]]
        chat.say("no email either")
        assert chat.responses == ["booking_without_contact"]
        assert chat.form is None

    def test_who_twice_gives_no_name_is_told_the_ways_out_and_can_go_on(self, chat):
        up_to(chat, "name")
        for _ in range(2):
            chat.say("prefer not to say")
        assert chat.responses == ["booking_declined/name", "booking_ways_out", ASKING["name"]]
        chat.say("A. L.")
        assert asks(chat) == "contact"

    @pytest.mark.parametrize("detail", ["name", "contact", "time", "confirm"])
    def test_after_two_misses_the_ways_out_are_told(self, chat, detail):
        up_to(chat, detail)
        chat.say("?!")
        assert "booking_ways_out" not in chat.responses
        chat.say("?!")
        assert "booking_ways_out" in chat.responses
        chat.say(ANSWERS[detail])
        assert asks(chat) != detail

    @pytest.mark.parametrize("detail", ASKING)
    @pytest.mark.parametrize("text", ["x" * 2_000, "'; DROP TABLE appointments; --", "{summary}", "\u202e\u0000"])
    def test_nothing_that_is_typed_breaks_it(self, chat, detail, text):
        up_to(chat, detail)
        chat.say(text)
        assert chat.form == "consultation_form"
        assert chat.made == ()


class TestDeclining:
    def test_a_first_name_is_enough(self, chat):
        up_to(chat, "name")
        chat.say("I'd rather not say")
        assert chat.responses == ["booking_declined/name", ASKING["name"]]
        chat.say("Ann")
        assert asks(chat) == "contact"

    def test_without_any_contact_nothing_is_sent(self, chat):
        up_to(chat, "contact")
        chat.say("no phone")
        assert chat.responses == ["booking_declined/contact", ASKING["contact"]]
        chat.say("no email either, I'd rather not", "booking/decline")
        assert chat.responses == ["booking_without_contact"]
        assert states(chat) == [("aborted", None)]
        assert "contact the office" in chat.text
        assert chat.form is None

    @pytest.mark.parametrize("text", ["skip", "I'd rather not say", "no"])
    def test_the_reason_may_be_left_out(self, chat, text):
        up_to(chat, "reason")
        chat.say(text)
        assert summary(chat)["reason"] == "not given"

    def test_a_time_may_be_left_to_the_office(self, chat):
        up_to(chat, "time")
        chat.say("I'd rather not say", "booking/decline")
        chat.say("skip")
        chat.say("yes")
        (made,) = chat.made
        assert (made.status, made.slot) == ("proposed", None)


def test_the_consultation_comes_back_from_its_slots_as_it_was(chat):
    up_to(chat, "confirm")
    consultation = Consultation.from_slots(chat.slots)
    assert Consultation.from_slots(consultation.to_slots()) == consultation

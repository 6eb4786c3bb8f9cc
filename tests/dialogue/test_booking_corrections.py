"""How details of a consultation are corrected, before the summary and at it."""

import pytest
from dialogue.booking_steps import ANSWERS, asks, summary, up_to

from bot.dialogue.consultation import Consultation


class TestCorrections:
    @pytest.mark.parametrize(
        ("text", "line", "value"),
        [
            ("no, my name is Anna Leigh", "name", "Anna Leigh"),
            ("the number is wrong, it's 404 555 0123", "contact", "(404) 555-0123"),
            ("actually make it november 25 at 9am", "time", "Wednesday, November 25, 9:00 AM EST"),
            ("the reason is wrong, it's for my neck pain", "reason", "my neck pain"),
        ],
    )
    def test_at_the_summary_a_new_value_is_taken_and_shown(self, chat, text, line, value):
        up_to(chat, "confirm")
        chat.say(text)
        assert value in summary(chat)[line]
        assert asks(chat) == "confirm"
        assert chat.made == ()

    @pytest.mark.parametrize(
        ("text", "detail"),
        [
            ("the name is wrong", "name"),
            ("the number is wrong", "contact"),
            ("wrong time", "time"),
            ("the reason is not right", "reason"),
            ("the reason is wrong", "reason"),
            ("name", "name"),
            ("phone number please", "contact"),
        ],
    )
    def test_at_the_summary_what_is_wrong_is_asked_again(self, chat, text, detail):
        up_to(chat, "confirm")
        chat.say(text)
        assert asks(chat) == detail
        assert "booking_changed" not in chat.responses  # it is not yet
        chat.say(ANSWERS[detail])
        assert asks(chat) == "confirm"

    @pytest.mark.parametrize("detail", ["contact", "time", "reason"])
    def test_the_name_can_be_corrected_at_each_point(self, chat, detail):
        up_to(chat, detail)
        chat.say("the name is wrong, my name is Anna Leigh")
        assert Consultation.from_slots(chat.slots).patient_name == "Anna Leigh"
        assert asks(chat) == detail

    @pytest.mark.parametrize("detail", ["time", "reason"])
    def test_the_contact_can_be_corrected_at_each_point(self, chat, detail):
        up_to(chat, detail)
        chat.say("sorry, wrong number, it's 404 555 0123")
        assert Consultation.from_slots(chat.slots).contacts[0].value == "+14045550123"
        assert asks(chat) == detail

    def test_the_time_can_be_corrected_before_the_summary(self, chat):
        up_to(chat, "reason")
        chat.say("can we change the time to november 25 at 9am")
        assert Consultation.from_slots(chat.slots).slot.starts_at.day == 25

    @pytest.mark.parametrize("text", ["no", "Change something", "not quite"])
    def test_a_bare_no_is_asked_what_to_change(self, chat, text):
        up_to(chat, "confirm")
        chat.say(text)
        assert chat.responses == ["booking_what_to_change", "ask_confirmed"]

    def test_a_yes_but_is_no_yes(self, chat):
        up_to(chat, "confirm")
        chat.say("yes but the number is wrong", {"affirm": 0.9, "deny": 0.1})
        assert asks(chat) == "contact"
        assert chat.made == ()

    def test_the_time_given_up_is_free_again(self, chat, book):
        up_to(chat, "confirm")
        before = Consultation.from_slots(chat.slots).slot
        chat.say("wrong time")
        assert before in book.offered()

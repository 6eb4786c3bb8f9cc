"""Conversations in which booking a consultation is interrupted by something else, or given up."""

import pytest
from dialogue.booking_driver import states
from dialogue.booking_steps import ASKING, BOOK, asks, summary, up_to

from bot.dialogue.consultation import Consultation


class TestInterruptions:
    @pytest.mark.parametrize("detail", ASKING)
    def test_a_question_is_answered_and_the_same_is_asked_again(self, chat, detail):
        up_to(chat, detail)
        chat.say("what is RFA?", "faq/rfa")
        assert chat.responses == ["faq/rfa", ASKING[detail]]
        assert [each.kind for each in chat.said] == ["answer", "booking"]

    @pytest.mark.parametrize("detail", ASKING)
    @pytest.mark.parametrize(
        ("text", "label", "response"),
        [
            ("can I talk to a person?", "talk_to_human", "talk_to_human"),
            ("what does it cost?", "not_in_source/clinic", "not_in_source/clinic"),
            ("should I stop my pills?", "personal_advice/stop_mix", "personal_advice/stop_mix"),
            ("can you cancel my other appointment?", "manage_booking", "booking_first"),
        ],
    )
    def test_so_is_what_is_not_answered(self, chat, detail, text, label, response):
        up_to(chat, detail)
        chat.say(text, label)
        assert response in chat.responses
        assert asks(chat) == detail
        assert chat.form == "consultation_form"

    @pytest.mark.parametrize("detail", ["name", "contact", "time", "reason"])
    def test_wanting_to_book_while_booking_changes_nothing(self, chat, detail):
        up_to(chat, detail)
        chat.say("I want to book", BOOK)
        assert asks(chat) == detail

    @pytest.mark.parametrize("detail", ASKING)
    def test_why_is_told_for_each_detail(self, chat, detail):
        up_to(chat, detail)
        chat.say("why do you need that?")
        assert chat.responses == [f"booking_why/{detail}", ASKING[detail]]

    @pytest.mark.parametrize(
        "text", ["something is wrong with my back these days", "my old surgery went wrong at the time"]
    )
    def test_a_reason_with_such_words_is_a_reason(self, chat, text):
        up_to(chat, "reason")
        chat.say(text)
        assert summary(chat)["reason"] == text

    def test_no_consultation_is_offered_after_an_answer(self, chat):
        up_to(chat, "contact")
        chat.say("what is RFA?", "faq/rfa")
        assert "offer_consultation" not in chat.responses


class TestNeverMind:
    @pytest.mark.parametrize("detail", ASKING)
    @pytest.mark.parametrize("text", ["never mind", "stop", "cancel", "I changed my mind"])
    def test_it_ends_at_any_point_and_nothing_is_kept(self, chat, book, detail, text):
        free = book.offered()
        up_to(chat, detail)
        chat.say(text)
        assert chat.responses == ["booking_aborted"]
        assert states(chat) == [("aborted", None)]
        assert chat.form is None
        assert chat.made == ()
        assert Consultation.from_slots(chat.slots) is None
        assert book.offered() == free

    def test_it_can_be_begun_again(self, chat):
        up_to(chat, "reason")
        chat.say("never mind")
        up_to(chat, "confirm")

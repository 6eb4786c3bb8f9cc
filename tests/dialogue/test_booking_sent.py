"""Conversations in which a consultation is booked the plain way, and is sent once."""

import pytest
from booking.booking_examples import CIPHER, hours
from dialogue.booking_driver import put_in_place, states
from dialogue.booking_steps import ANSWERS, ASKING, BOOK, MONDAY, up_to

from bot.booking.book import Book
from bot.booking.errors import NoSuchConversation
from bot.dialogue.consultation import Consultation


class TestThePlainWay:
    def test_each_detail_is_asked_for_and_the_summary_is_sent_on_a_yes(self, chat):
        chat.say("I want to book a consultation", BOOK)
        assert chat.responses[0] == "booking_begins"
        for asked, answer in ANSWERS.items():
            assert chat.responses[-1] == ASKING[asked]
            assert (chat.said[-1].kind, chat.said[-1].topic, chat.said[-1].asks) == ("booking", BOOK, asked)
            assert chat.made == ()
            chat.say(answer)
        (made,) = chat.made
        assert (made.patient_name, made.contact, made.reason) == ("Ann Lee", "+14045550190", "pain since my fusion")
        assert made.local_start.isoformat() == "2026-11-23T13:00:00-05:00"
        assert states(chat) == [("requested", made.reference)]
        assert MONDAY in chat.text
        assert made.reference in chat.text
        assert chat.form is None

    def test_staff_get_what_the_visitor_confirmed(self, chat):
        up_to(chat, "confirm")
        shown = chat.text
        chat.say("yes")
        assert chat.made[0].summary in shown

    def test_where_the_clinic_confirms_at_once_so_is_told(self, chat, sqlite, clock, monkeypatch):
        confirming = hours(confirmation="at_once")
        put_in_place(monkeypatch, Book(sqlite, confirming, cipher=CIPHER, clock=clock), confirming, clock)
        up_to(chat, "confirm")
        assert f"is booked for {MONDAY}" in chat.say("Send it")
        assert states(chat) == [("confirmed", chat.made[0].reference)]

    def test_the_chosen_time_is_held_meanwhile(self, chat, book):
        before = book.offered()
        up_to(chat, "confirm")
        slot = Consultation.from_slots(chat.slots).slot
        assert slot in before
        assert slot not in book.offered()

    def test_a_yes_afterwards_does_not_begin_another(self, chat):
        up_to(chat, "confirm")
        chat.say("yes")
        chat.say("ok", "affirm")
        assert chat.form is None
        assert len(chat.made) == 1

    def test_a_second_yes_of_a_visitor_whom_no_answer_reached_tells_of_the_first(self, chat):
        up_to(chat, "confirm")
        before = dict(chat.slots), chat.form
        chat.say("yes", message_id="lost")
        (made,) = chat.made
        chat.slots, chat.form = before  # the assistant ended before it kept the turn
        chat.say("yes", message_id="another")
        assert chat.made == (made,)
        assert states(chat) == [("requested", made.reference)]

    @pytest.mark.parametrize("text", ["yes", "Send it", "looks good", "yep that's right", "correct"])
    def test_a_yes_has_many_words(self, chat, text):
        up_to(chat, "confirm")
        chat.say(text)
        assert len(chat.made) == 1

    def test_a_short_message_has_short_texts(self, chat):
        chat.channel = "sms"
        up_to(chat, "confirm")
        chat.say("yes")
        assert all(len(each.text) <= 320 for each in chat.said)

    @pytest.mark.parametrize(
        ("text", "likely"),
        [("sure, and I would like to hear more about the burning", 0.95), ("hmm mhm", 0.7), ("would do nicely", 0.8)],
    )
    def test_what_may_be_a_yes_books_nothing(self, chat, text, likely):
        up_to(chat, "confirm")
        chat.say(text, {"affirm": likely})
        assert chat.made == ()
        assert chat.form

    def test_a_yes_in_other_words_books(self, chat):
        up_to(chat, "confirm")
        chat.say("tickety boo", {"affirm": 0.95})
        assert len(chat.made) == 1


class TestOnlyOnce:
    def test_the_same_message_books_once(self, chat):
        up_to(chat, "confirm")
        chat.say("yes")
        said = chat.text
        assert chat.again() == said
        assert len(chat.made) == 1

    def test_the_same_message_requests_one_call_back(self, chat):
        up_to(chat, "time")
        chat.say("saturday")
        chat.say("skip")
        chat.say("yes")
        chat.again()
        assert len(chat.made) == 1

    def test_what_fails_is_not_said_to_be_booked(self, chat, book, monkeypatch):
        def erased(*_):
            raise NoSuchConversation

        up_to(chat, "confirm")
        monkeypatch.setattr(book, "book", erased)
        chat.say("yes")
        assert chat.responses == ["booking_failed"]
        assert states(chat) == [("aborted", None)]
        assert chat.made == ()
        assert chat.form is None

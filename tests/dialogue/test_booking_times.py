"""How a time for a consultation is chosen: one that is offered, or one that the office finds."""

import pytest
from booking.booking_examples import REQUEST
from dialogue.booking_driver import states
from dialogue.booking_steps import ASKING, BOOK, MONDAY, asks, summary, up_to

from bot.dialogue.consultation import Consultation


class TestTimes:
    def test_others_are_offered_where_none_suits_whichever_room(self, chat):
        up_to(chat, "time")
        first = chat.titles[:-1]
        chat.say("none of those", "booking/none_fit")
        assert chat.responses == ["booking_time/others", "ask_time"]
        assert not set(first) & set(chat.titles[:-1])
        chat.say("no")
        assert chat.responses == ["booking_time/by_office", "ask_period"]
        chat.say("only on sundays")
        chat.say("skip")
        assert summary(chat)["time"] == "only on sundays (the office will agree on a time)"

    @pytest.mark.parametrize("text", ["none", "None of those work.", "neither"])
    def test_a_plain_none_is_one_of_none_that_suits(self, chat, text):
        up_to(chat, "time")
        chat.say(text)
        assert chat.responses == ["booking_time/others", "ask_time"]

    def test_the_office_can_be_asked(self, chat):
        up_to(chat, "time")
        chat.say("Ask the office for another time")
        assert chat.responses == ["booking_time/by_office", "ask_period"]

    def test_where_no_time_fits_the_wish_goes_to_the_office(self, chat):
        up_to(chat, "time")
        chat.say("saturday")
        assert chat.responses == ["booking_time/none_then", ASKING["reason"]]
        chat.say("skip")
        chat.say("yes")
        (made,) = chat.made
        assert (made.status, made.requested_period) == ("proposed", "saturday")

    @pytest.mark.parametrize("text", ["the second one", "2", "Mon, Nov 23, 1:00 PM", "monday at 1pm"])
    def test_a_time_is_chosen_in_many_words(self, chat, text):
        up_to(chat, "time")
        chat.say(text)
        chat.say("skip")
        assert summary(chat)["time"] == MONDAY

    def test_one_that_is_taken_while_it_is_chosen_is_told_so_and_not_offered_again(self, chat, another, book):
        up_to(chat, "time")
        offered = Consultation.from_slots(chat.slots).offered
        book.hold(another.conversation_id, offered[1])
        chat.say("2")
        assert chat.responses == ["booking_time/taken", "ask_time"]
        assert offered[1] not in Consultation.from_slots(chat.slots).offered

    def test_one_that_is_taken_between_summary_and_yes_is_asked_again(self, chat, another, book, clock):
        up_to(chat, "confirm")
        slot = Consultation.from_slots(chat.slots).slot
        clock.advance(minutes=11)
        book.book("faster", another.conversation_id, REQUEST, slot)
        chat.say("yes")
        assert chat.responses == ["booking_time/taken", "ask_time"]
        assert chat.made == ()
        chat.say("3")
        assert asks(chat) == "confirm"
        chat.say("yes")
        assert len(chat.made) == 1

    def test_a_hold_that_ran_out_is_no_harm_where_nobody_else_came(self, chat, clock):
        up_to(chat, "confirm")
        clock.advance(minutes=11)
        chat.say("yes")
        assert len(chat.made) == 1


class TestWithoutHours:
    @pytest.fixture
    def availability(self):
        return None

    def test_a_wish_is_asked_for_and_a_call_back_requested(self, chat):
        chat.say("I want to book", BOOK)
        for answer in ("Ann Lee", "404 555 0190"):
            chat.say(answer)
        assert chat.responses == ["ask_period"]
        assert asks(chat) == "time"
        for answer in ("tuesdays after lunch", "leg pain"):
            chat.say(answer)
        assert summary(chat)["time"] == "tuesdays after lunch (the office will agree on a time)"
        chat.say("yes")
        (made,) = chat.made
        assert (made.status, made.requested_period) == ("proposed", "tuesdays after lunch")
        assert "(404) 555-0190 to agree on a time" in chat.text
        assert states(chat) == [("requested", made.reference)]

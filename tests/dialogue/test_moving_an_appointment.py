"""Conversations in which a consultation that was booked is moved to another time."""

import pytest
from booking.booking_examples import CIPHER, REQUEST, hours
from dialogue.booking_driver import put_in_place, states
from dialogue.standing_appointment import MANAGE, MONDAY, changes, unchanged

from bot.booking.book import Book
from bot.booking.errors import BookingError
from bot.booking.slots import Slot
from bot.dialogue.appointment import Errand


class TestMoving:
    def test_a_chosen_time_is_held_shown_with_the_old_one_and_stored_on_a_yes(self, chat, another, book, made):
        chat.say("need to move my appointment", MANAGE)
        assert chat.titles[-2:] == ["Ask the office for another time", "Keep it"]
        said = chat.say(chat.titles[2])
        assert said == f"Now: {MONDAY}\nNew: Tuesday, November 24, 9:00 AM EST\nShall I move it?"
        assert unchanged(book, made)
        with pytest.raises(BookingError):
            book.hold(another.conversation_id, Errand.from_slots(chat.slots).slot)
        said = chat.say("Yes, move it")
        moved = book.get(made.id)
        assert moved.local_start.isoformat() == "2026-11-24T09:00:00-05:00"
        assert "Tuesday, November 24, 9:00 AM EST" in said
        assert "The office will confirm" in said
        assert states(chat) == [("requested", made.reference)]
        assert chat.form is None
        assert book.history(made.id)[-1].by == "visitor"

    def test_where_the_clinic_confirms_at_once_so_is_told(self, chat, sqlite, made, clock, monkeypatch):
        confirming = hours(confirmation="at_once")
        put_in_place(monkeypatch, Book(sqlite, confirming, cipher=CIPHER, clock=clock), confirming, clock)
        chat.say("move it", MANAGE)
        chat.say("2")
        assert "and that is confirmed" in chat.say("yes")
        assert states(chat) == [("confirmed", made.reference)]

    @pytest.mark.usefixtures("made")
    def test_the_times_named_in_the_wish_are_offered_and_not_taken(self, chat):
        chat.say("need to move my appointment to friday", MANAGE)
        assert chat.titles[0] == "Fri, Nov 27, 9:00 AM"
        assert all(title.startswith("Fri") for title in chat.titles[:-2])
        assert chat.responses == ["ask_appointment/time"]

    @pytest.mark.usefixtures("made")
    def test_a_free_day_and_hour_in_the_wish_go_to_the_confirmation(self, chat):
        assert "New: Friday, November 27, 1:00 PM EST" in chat.say("move it to friday nov 27 at 1pm", MANAGE)

    @pytest.mark.parametrize(
        ("text", "new"),
        [
            ("the second one", "Monday, November 23, 1:00 PM"),
            ("wednesday afternoon", "Wednesday, November 25, 1:00 PM"),
            ("earliest", "Monday, November 23, 9:40 AM"),
            ("push it back a week", "Monday, November 30, 9:00 AM"),
            ("something later that day", "Monday, November 23, 9:40 AM"),
            ("1pm", "Monday, November 23, 1:00 PM"),
            ("december 4th", "Friday, December 4, 9:00 AM"),
        ],
    )
    @pytest.mark.usefixtures("made")
    def test_a_time_in_words_is_taken_or_the_first_that_fits(self, chat, text, new):
        chat.say("move it", MANAGE)
        assert f"New: {new} EST" in chat.say(text)
        chat.say("yes")
        assert new in chat.say("so when is it?", "follow_up/more")

    @pytest.mark.parametrize(
        ("text", "response"),
        [
            ("yesterday", "booking_time/past"),
            ("february 30", "booking_time/impossible"),
            ("saturday", "appointment/none_then"),
            ("december 2 at 10", "appointment/near"),
            ("monday november 23 at 9", "appointment/same_time"),
        ],
    )
    def test_a_time_that_cannot_be_had_is_told_and_times_are_offered_again(self, chat, book, made, text, response):
        chat.say("move it", MANAGE)
        chat.say(text)
        assert chat.responses == [response, "ask_appointment/time"]
        assert len(chat.titles) > 2
        assert unchanged(book, made)

    @pytest.mark.usefixtures("made")
    def test_where_no_time_fits_the_office_is_pointed_to(self, chat):
        chat.say("move it", MANAGE)
        assert "please contact the office" in chat.say("sundays only")

    @pytest.mark.usefixtures("made")
    def test_where_none_suits_others_are_offered_once_and_then_the_office(self, chat):
        chat.say("move it", MANAGE)
        first = chat.titles[:-2]
        chat.say("none of those")
        assert chat.responses[0] == "booking_time/others"
        assert not set(first) & set(chat.titles[:-2])
        said = chat.say("no")
        assert chat.responses == ["appointment/office_moves", "appointment_is/pending"]
        assert "contact the office" in said
        assert MONDAY in said

    @pytest.mark.parametrize("text", ["Ask the office for another time", "can someone call me"])
    def test_the_office_can_be_asked(self, chat, book, made, text):
        chat.say("move it", MANAGE)
        chat.say(text)
        assert chat.responses[0] == "appointment/office_moves"
        assert chat.form is None
        assert unchanged(book, made)

    @pytest.mark.parametrize("text", ["Another time", "no", "none of these"])
    def test_the_new_time_can_be_refused(self, chat, book, made, text):
        chat.say("move it", MANAGE)
        chat.say("2")
        chat.say(text)
        assert chat.responses == ["appointment/not_moved", "ask_appointment/time"]
        assert unchanged(book, made)

    @pytest.mark.usefixtures("made")
    def test_the_new_time_can_be_changed_before_the_yes(self, chat):
        chat.say("move it", MANAGE)
        chat.say("2")
        assert "New: Wednesday, November 25, 1:00 PM EST" in chat.say("make it wednesday afternoon")

    @pytest.mark.parametrize("text", ["hm", "yes but is it far?", "maybe", "what do you think"])
    def test_without_a_plain_yes_nothing_is_moved(self, chat, book, made, text):
        chat.say("move it", MANAGE)
        chat.say("2")
        chat.say(text, {"affirm": 0.9, "deny": 0.1})
        assert chat.responses[-1] == "ask_appointment/move"
        assert unchanged(book, made)

    def test_a_request_can_be_moved_to_a_time(self, chat, book):
        asked = book.request_callback("asked", chat.conversation_id, REQUEST, "mornings")
        chat.say("reschedule", MANAGE)
        assert chat.responses == ["ask_appointment/time_request"]
        assert chat.say("1") == f"Your request has no time yet. Shall I ask for {MONDAY}?"
        chat.say("yes")
        assert book.get(asked.id).status == "pending"
        assert states(chat) == [("requested", asked.reference)]

    def test_a_time_that_is_taken_before_the_yes_is_told_so(self, chat, another, book, made, clock):
        chat.say("move it", MANAGE)
        chat.say("2")
        wanted = Errand.from_slots(chat.slots).slot
        clock.advance(minutes=11)
        book.book("faster", another.conversation_id, REQUEST, wanted)
        chat.say("yes")
        assert chat.responses == ["booking_time/taken", "ask_appointment/time"]
        assert unchanged(book, made)
        chat.say("wednesday")
        assert "Wednesday" in chat.say("yes")

    def test_a_time_that_is_taken_while_it_is_chosen_is_told_so_and_not_offered_again(self, chat, another, book, made):
        chat.say("move it to friday", MANAGE)
        for room in (slot for slot in book.offered() if slot.starts_at.day == 27 and slot.starts_at.hour == 14):
            book.hold(another.conversation_id, room)
        friday = Errand.from_slots(chat.slots).offered[0]
        taken = Slot(friday.schedule, friday.starts_at, friday.ends_at)
        book.hold(another.conversation_id, taken)
        chat.say("1")
        assert unchanged(book, made)
        assert Errand.from_slots(chat.slots).slot != taken

    def test_a_time_that_is_not_offered_any_more_is_told_so(self, chat, book, made, clock):
        chat.say("move it", MANAGE)
        chat.say("2")
        clock.advance(hours=7)  # the hold has run out, and the notice is too short by now
        chat.say("yes")
        assert chat.responses == ["booking_time/taken", "ask_appointment/time"]
        assert unchanged(book, made)

    def test_the_same_message_moves_once(self, chat, book, made):
        chat.say("move it", MANAGE)
        chat.say("2")
        chat.say("yes")
        said = chat.text
        assert chat.again() == said
        assert changes(book, made) == ["booked", "moved"]


class TestWithoutHours:
    @pytest.fixture
    def availability(self):
        return None

    def test_the_office_moves_it(self, chat, book):
        asked = book.request_callback("asked", chat.conversation_id, REQUEST, "mornings")
        said = chat.say("can we move it to friday", MANAGE)
        assert chat.responses == ["appointment/office_moves", "appointment_is/proposed"]
        assert "contact the office" in said
        assert chat.form is None
        assert unchanged(book, asked)

    def test_it_can_be_cancelled(self, chat, book):
        asked = book.request_callback("asked", chat.conversation_id, REQUEST, "mornings")
        chat.say("cancel it", MANAGE)
        chat.say("yes")
        assert book.get(asked.id).status == "cancelled"

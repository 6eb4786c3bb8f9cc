"""Conversations in which a consultation that was booked is looked up, moved, cancelled or kept."""

from datetime import timedelta

import pytest
from booking.booking_examples import CIPHER, REQUEST, hours
from dialogue.booking_driver import domain, put_in_place

from bot.booking.book import Book
from bot.booking.errors import BookingError
from bot.booking.slots import Slot
from bot.dialogue.appointment import Errand
from bot.gateway.assistant_client import Turn
from bot.gateway.reading import read_replies

MANAGE = "manage_booking"
MONDAY = "Monday, November 23, 9:00 AM EST"


def states(chat):
    return [(each.booking.status, each.booking.reference) for each in chat.said if each.booking]


def changes(book, appointment):
    return [change.what["did"] for change in book.history(appointment.id)]


def unchanged(book, appointment):
    return book.get(appointment.id) == appointment


class TestLookingUp:
    @pytest.mark.parametrize("text", ["is it still on?", "what time was it", "When is my appointment again?"])
    def test_what_this_conversation_has_made_is_told_at_once(self, chat, made, text):
        said = chat.say(text, MANAGE)
        assert MONDAY in said
        assert "waits for the office to confirm" in said
        assert made.reference in said
        assert states(chat) == [("requested", made.reference)]
        assert [(each.kind, each.topic, each.asks) for each in chat.said] == [("booking", MANAGE, None)]
        assert chat.form is None

    def test_one_that_is_confirmed_is_told_so(self, chat, book, made):
        book.confirm("c", made.id)
        assert f"on {MONDAY} and is confirmed" in chat.say("is it still on?", MANAGE)
        assert states(chat) == [("confirmed", made.reference)]

    def test_a_request_without_a_time_is_told_so(self, chat, book):
        asked = book.request_callback("asked", chat.conversation_id, REQUEST, "mornings")
        assert "It has no time yet: the office will reach you" in chat.say("did it go through?", MANAGE)
        assert states(chat) == [("requested", asked.reference)]

    def test_where_it_is_unclear_what_is_wanted_that_is_asked(self, chat, made):
        assert MONDAY in chat.say("can't make it tomorrow", MANAGE)
        assert chat.titles == ["Move it", "Cancel it", "Keep it"]
        assert states(chat) == [("requested", made.reference)]
        assert "Cancel the consultation" in chat.say("Cancel it")

    def test_what_only_the_office_can_do_is_said_at_once(self, chat, book, made):
        assert "please contact the office" in chat.say("running 20 min late", MANAGE)
        assert chat.form is None
        assert unchanged(book, made)


class TestFinding:
    def test_without_one_reference_and_contact_are_asked_for(self, another, made, book):
        another.say("I need to cancel my appointment", MANAGE)
        assert another.responses == ["appointment/begins", "ask_appointment/reference"]
        another.say(made.reference.lower().replace("-", " - "))
        assert another.responses == ["ask_appointment/contact"]
        another.say("404 555 0190")
        assert MONDAY in another.text
        another.say("yes")
        assert book.get(made.id).status == "cancelled"

    def test_both_may_be_in_one_message(self, another, made):
        another.say("is my appointment confirmed?", MANAGE)
        assert MONDAY in another.say(f"{made.reference}, (404) 555-0190")

    def test_both_may_be_in_the_first_message(self, another, made):
        assert MONDAY in another.say(f"cancel {made.reference}, my number is 404-555-0190", MANAGE)
        assert another.responses == ["ask_appointment/cancel"]

    def test_the_contact_may_come_first(self, another, made):
        another.say("is my appointment confirmed?", MANAGE)
        another.say("my number is 404-555-0190")
        assert another.responses == ["ask_appointment/reference"]
        assert MONDAY in another.say(made.reference)

    @pytest.mark.parametrize("pair", ["{} 404 555 0191", "ZZZZ-0000 404 555 0190"])
    def test_whichever_is_wrong_the_same_is_said_and_both_are_asked_again(self, another, made, pair):
        another.say("look up my appointment", MANAGE)
        another.say(pair.format(made.reference))
        assert another.responses == ["appointment/not_found", "ask_appointment/reference"]
        assert MONDAY in another.say(f"{made.reference} 404 555 0190")

    def test_after_too_many_tries_it_ends_with_how_to_reach_the_office(self, another, made):
        another.say("look up my appointment", MANAGE)
        for _ in range(5):
            another.say("ZZZZ-0000 404 555 0190")
        another.say(f"{made.reference} 404 555 0190")
        assert another.responses == ["appointment_done/too_many_tries"]
        assert "contact the office" in another.text
        assert another.form is None

    @pytest.mark.parametrize("text", ["I lost it", "no", "I don't have a reference"])
    @pytest.mark.usefixtures("made")
    def test_without_a_reference_the_office_is_pointed_to(self, another, text):
        another.say("move my appointment", MANAGE)
        assert "contact the office" in another.say(text)
        assert another.form is None

    def test_why_is_answered_and_asked_again(self, another):
        another.say("move my appointment", MANAGE)
        another.say("why do you need that?")
        assert another.responses == ["appointment/why", "ask_appointment/reference"]

    def test_what_is_wrong_with_a_contact_is_said(self, another, made):
        another.say("move my appointment", MANAGE)
        another.say(made.reference)
        another.say("404 555")
        assert another.responses == ["booking_contact/too_short", "ask_appointment/contact"]

    def test_after_two_misses_the_ways_out_are_told(self, another):
        another.say("move my appointment", MANAGE)
        another.say("blue")
        assert another.responses == ["appointment_not_understood/reference", "ask_appointment/reference"]
        another.say("blue")
        assert another.responses[1] == "booking_ways_out"

    def test_the_wish_may_come_while_it_is_looked_for(self, another, made):
        another.say("An appointment I have", MANAGE)
        another.say("I want to cancel my consultation")
        assert another.responses == ["ask_appointment/reference"]
        another.say(f"{made.reference} 404 555 0190")
        assert another.responses == ["ask_appointment/cancel"]

    @pytest.mark.parametrize("text", ["never mind", "stop", "cancel"])
    def test_the_search_can_be_ended(self, another, text):
        another.say("move my appointment", MANAGE)
        another.say(text)
        assert another.responses == ["appointment/kept"]
        assert [(each.kind, each.topic) for each in another.said] == [("booking", MANAGE)]
        assert another.form is None


class TestOneOfSeveral:
    @pytest.fixture
    def request_too(self, chat, book):
        return book.request_callback("asked", chat.conversation_id, REQUEST, "mornings")

    def test_which_one_is_asked_with_time_and_reference(self, chat, made, request_too):
        chat.say("cancel my appointment", MANAGE)
        assert chat.titles == [f"Mon, Nov 23, 9:00 AM ({made.reference})", f"Call back ({request_too.reference})"]

    @pytest.mark.parametrize("text", ["the first one", "monday", "{}", "Mon, Nov 23, 9:00 AM ({})"])
    def test_the_one_with_a_time_can_be_chosen(self, chat, book, made, request_too, text):
        chat.say("cancel my appointment", MANAGE)
        assert MONDAY in chat.say(text.format(made.reference))
        chat.say("yes")
        assert book.get(made.id).status == "cancelled"
        assert unchanged(book, request_too)

    @pytest.mark.parametrize("text", ["the call back", "Call back ({})", "the request"])
    def test_the_one_without_can_be_chosen(self, chat, book, made, request_too, text):
        chat.say("cancel my appointment", MANAGE)
        chat.say(text.format(request_too.reference))
        assert chat.responses == ["ask_appointment/cancel_request"]
        chat.say("yes")
        assert states(chat) == [("cancelled", request_too.reference)]
        assert unchanged(book, made)

    @pytest.mark.usefixtures("made", "request_too")
    def test_the_message_may_tell_which(self, chat):
        assert MONDAY in chat.say("cancel my monday appointment", MANAGE)

    @pytest.mark.usefixtures("made", "request_too")
    def test_none_of_them_asks_for_a_reference(self, chat):
        chat.say("cancel my appointment", MANAGE)
        chat.say("none of these")
        assert chat.responses == ["ask_appointment/reference"]

    @pytest.mark.usefixtures("made", "request_too")
    def test_what_is_not_understood_is_asked_again(self, chat):
        chat.say("cancel my appointment", MANAGE)
        chat.say("blue")
        assert chat.responses == ["appointment_not_understood/which", "ask_appointment/which"]

    @pytest.mark.usefixtures("made", "request_too")
    def test_after_one_was_cancelled_the_other_is_meant(self, chat):
        chat.say("cancel my appointment", MANAGE)
        chat.say("the call back")
        chat.say("yes")
        assert MONDAY in chat.say("and cancel my appointment too", MANAGE)

    def test_another_one_than_the_one_spoken_of_is_found_by_its_reference(self, chat, another, book, made):
        others = book.request_callback("others", another.conversation_id, REQUEST, None)
        chat.say("cancel my appointment", MANAGE)
        chat.say(f"no, the other one, {others.reference}")
        assert chat.responses == ["ask_appointment/contact"]
        chat.say("404 555 0190")
        chat.say("yes")
        assert book.get(others.id).status == "cancelled"
        assert unchanged(book, made)


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


class TestCancelling:
    def test_it_is_asked_and_stored_on_a_yes(self, chat, book, made):
        assert chat.say("cancel my consultation", MANAGE) == f"Cancel the consultation on {MONDAY}?"
        assert chat.titles == ["Yes, cancel it", "Keep it"]
        assert unchanged(book, made)
        assert f"The consultation on {MONDAY} is cancelled" in chat.say("Yes, cancel it")
        assert book.get(made.id).status == "cancelled"
        assert states(chat) == [("cancelled", made.reference)]
        assert chat.form is None

    @pytest.mark.parametrize("text", ["no", "Keep it", "never mind", "no wait keep it", "stop", "don't cancel it"])
    def test_it_is_kept_on_a_no(self, chat, book, made, text):
        chat.say("cancel my consultation", MANAGE)
        assert "I have changed nothing" in chat.say(text)
        assert MONDAY in chat.text
        assert states(chat) == [("requested", made.reference)]
        assert unchanged(book, made)
        assert chat.form is None

    @pytest.mark.parametrize("text", ["hm", "yes but what does it cost?", "I am not sure I want to cancel", "can I?"])
    def test_without_a_plain_yes_nothing_is_cancelled(self, chat, book, made, text):
        chat.say("cancel my consultation", MANAGE)
        chat.say(text, {"affirm": 0.9, "deny": 0.1})
        assert chat.responses[-1] == "ask_appointment/cancel"
        assert unchanged(book, made)

    def test_it_can_be_moved_instead(self, chat, book, made):
        chat.say("cancel my consultation", MANAGE)
        chat.say("or no, can you move it to friday")
        assert chat.responses == ["ask_appointment/time"]
        chat.say("1")
        chat.say("yes")
        assert book.get(made.id).status == "pending"

    def test_one_that_the_office_moved_meanwhile_is_not_cancelled_unseen(self, chat, book, made):
        chat.say("cancel my consultation", MANAGE)
        book.move("staff", made.id, book.offered()[9], "staff")
        chat.say("yes")
        assert chat.responses == ["appointment/changed_meanwhile", "appointment_is/booked", "ask_appointment/cancel"]
        chat.say("yes")
        assert book.get(made.id).status == "cancelled"

    def test_one_that_the_office_cancelled_meanwhile_is_told_so(self, chat, book, made):
        chat.say("move it", MANAGE)
        book.cancel("staff", made.id, "staff")
        chat.say("2")
        assert chat.responses == ["appointment_is/cancelled", "appointment_anew"]
        assert states(chat) == [("cancelled", made.reference)]
        assert chat.form is None

    def test_one_that_began_meanwhile_is_told_so(self, chat, book, made, clock):
        chat.say("cancel it", MANAGE)
        clock.time = made.slot.starts_at + timedelta(minutes=1)
        chat.say("yes")
        assert chat.responses == ["appointment_is/past", "appointment_anew"]
        assert unchanged(book, made)

    def test_the_same_message_cancels_once(self, chat, book, made):
        chat.say("cancel it", MANAGE)
        chat.say("yes")
        said = chat.text
        assert chat.again() == said
        assert changes(book, made) == ["booked", "cancelled"]

    @pytest.mark.usefixtures("made")
    def test_one_that_was_erased_meanwhile_is_not_said_to_be_cancelled(self, chat, book, monkeypatch):
        chat.say("cancel it", MANAGE)
        monkeypatch.setattr(book, "get", lambda _: book.find("", "", asked_by="x"))
        chat.say("yes")
        assert chat.responses == ["appointment_done/failed"]
        assert states(chat) == []


class TestKeeping:
    @pytest.mark.parametrize("steps", [[], ["Move it"], ["Move it", "2"], ["Cancel it"]])
    @pytest.mark.parametrize("text", ["Keep it", "never mind", "no wait, leave it as it is"])
    def test_at_any_point_nothing_is_changed_and_the_time_that_stands_is_said(self, chat, book, made, steps, text):
        chat.say("An appointment I have", MANAGE)
        for step in steps:
            chat.say(step)
        said = chat.say(text)
        assert "I have changed nothing" in said
        assert MONDAY in said
        assert states(chat) == [("requested", made.reference)]
        assert chat.form is None
        assert unchanged(book, made)

    @pytest.mark.usefixtures("made")
    def test_the_time_that_was_held_is_free_again(self, chat, book):
        chat.say("move it", MANAGE)
        chat.say("2")
        held = Errand.from_slots(chat.slots).slot
        assert held not in book.offered()
        chat.say("keep it")
        assert held in book.offered()


class TestAfterwards:
    @pytest.mark.usefixtures("made")
    def test_another_word_is_taken_up(self, chat):
        chat.say("move it", MANAGE)
        chat.say("2")
        chat.say("yes")
        assert "1:00 PM" in chat.say("so is it still on?", "follow_up/more")

    @pytest.mark.usefixtures("made")
    def test_keep_it_after_a_move_tells_what_stands_and_asks(self, chat):
        chat.say("move it", MANAGE)
        chat.say("2")
        chat.say("yes")
        assert "1:00 PM" in chat.say("no wait, keep it", "deny")
        assert chat.titles == ["Move it", "Cancel it", "Keep it"]
        chat.say("Keep it")
        assert chat.form is None

    @pytest.mark.parametrize("text", ["no wait, keep it", "so is it still on?", "actually move it to friday"])
    @pytest.mark.usefixtures("made")
    def test_one_that_is_cancelled_is_not_revived_but_can_be_booked_anew(self, chat, text):
        chat.say("cancel it", MANAGE)
        chat.say("yes")
        said = chat.say(text, "deny")
        assert f"The consultation on {MONDAY} is cancelled" in said
        assert "Would you like to?" in said
        assert chat.titles == ["Book a consultation"]
        assert chat.form is None
        chat.say("yes", "affirm")
        assert chat.form == "consultation_form"

    @pytest.mark.parametrize(("text", "label"), [("ok", "affirm"), ("thanks", "smalltalk/thanks"), ("no", "deny")])
    @pytest.mark.usefixtures("made")
    def test_a_word_that_wants_nothing_begins_nothing(self, chat, text, label):
        chat.say("is it still on?", MANAGE)
        chat.say(text, label)
        assert chat.form is None
        assert not [each for each in chat.said if each.topic == MANAGE]

    @pytest.mark.parametrize(
        ("text", "label"), [("cancel that last message", "out_of_scope/general"), ("what is RFA?", "faq/rfa")]
    )
    @pytest.mark.usefixtures("made")
    def test_what_is_about_something_else_is_not_taken_for_it(self, chat, text, label):
        chat.say("is it still on?", MANAGE)
        chat.say(text, label)
        assert chat.form is None
        assert chat.said[0].topic != MANAGE

    @pytest.mark.usefixtures("made")
    def test_a_word_right_after_booking_is_about_what_was_booked(self, chat):
        assert MONDAY in chat.say("wait, cancel that", "booking/abort")
        assert chat.responses == ["ask_appointment/cancel"]

    @pytest.mark.usefixtures("made")
    def test_long_after_only_a_plain_wish_is(self, chat, clock):
        clock.advance(hours=3)
        chat.say("never mind", "booking/abort")
        assert chat.said[0].topic != MANAGE
        chat.say("actually make it friday", "booking/change")
        assert chat.responses == ["ask_appointment/time"]

    @pytest.mark.usefixtures("made")
    def test_what_was_booked_since_is_meant_and_not_what_was_cancelled_before(self, chat, book, clock):
        chat.say("cancel it", MANAGE)
        chat.say("yes")
        clock.advance(minutes=1)
        book.book("anew", chat.conversation_id, REQUEST, book.offered()[3])
        chat.say("is it still on?", MANAGE)
        assert chat.responses == ["appointment_is/pending"]


class TestInBetween:
    @pytest.mark.parametrize("steps", [[], ["Move it"], ["Move it", "2"], ["Cancel it"]])
    @pytest.mark.usefixtures("made")
    def test_a_question_is_answered_and_the_form_goes_on(self, chat, steps):
        chat.say("An appointment I have", MANAGE)
        for step in steps:
            chat.say(step)
        question = chat.responses[-1]
        chat.say("what is RFA?", "faq/rfa")
        assert chat.responses == ["faq/rfa", question]
        assert [each.kind for each in chat.said] == ["answer", "booking"]
        assert chat.form == "appointment_form"

    def test_a_question_while_it_is_looked_for_is_answered(self, another):
        another.say("move my appointment", MANAGE)
        another.say("how long does it last with no pills?", "faq/rfa_duration")
        assert another.responses == ["faq/rfa_duration", "ask_appointment/reference"]

    @pytest.mark.usefixtures("made")
    def test_how_to_reach_a_person_is_answered(self, chat):
        chat.say("cancel it", MANAGE)
        chat.say("can I talk to a person?", "talk_to_human")
        assert chat.responses == ["talk_to_human", "ask_appointment/cancel"]

    @pytest.mark.usefixtures("made")
    def test_when_it_is_can_be_asked_at_any_point(self, chat):
        chat.say("move it", MANAGE)
        chat.say("when is it again?", "not_in_source/clinic")
        assert chat.responses == ["appointment_is/pending", "ask_appointment/time"]

    @pytest.mark.parametrize("step", ["Move it", "Cancel it"])
    def test_a_new_one_can_be_booked_instead(self, chat, book, made, step):
        chat.say("An appointment I have", MANAGE)
        chat.say(step)
        chat.say("I want to book a new one instead", "book_consultation")
        assert MONDAY in chat.text
        assert chat.responses[:2] == ["appointment/kept", "appointment_is/pending"]
        assert chat.responses[-1] == "ask_consultation_form_patient_name"
        assert chat.form == "consultation_form"
        assert unchanged(book, made)
        chat.say("Ann Lee")
        assert chat.form == "consultation_form"

    @pytest.mark.usefixtures("made")
    def test_no_booking_is_begun_beside_it(self, chat):
        chat.say("move it", MANAGE)
        chat.say("book me for wednesday", "book_consultation")
        assert chat.form == "appointment_form"
        assert "New: Wednesday" in chat.text


@pytest.mark.parametrize("name", [name for name in domain()["responses"] if "appointment" in name])
def test_each_response_of_the_form_is_read_as_one_of_a_booking(name):
    before = {"response": "utter_appointment_is/booked", "text": "It is on.", "buttons": []}
    replies = read_replies(Turn(replies=[before, {"response": name, "text": "...", "buttons": []}]))
    assert {(each.kind, each.topic, each.asks) for each in replies} == {("booking", MANAGE, None)}


def test_the_errand_comes_back_from_its_slot_as_it_was(book):
    first, second = book.offered()[:2]
    errand = Errand(
        appointment="01J", wish="move", words="friday", offered=(first, second), slot=first, version=2, turn=4
    )
    assert Errand.from_slots(errand.to_slots()) == errand
    assert Errand.from_slots({}) is None

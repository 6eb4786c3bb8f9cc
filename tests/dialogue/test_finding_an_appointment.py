"""Conversations in which the consultation that is meant is found: this one's own, by a reference, or one of several."""

import pytest
from booking.booking_examples import REQUEST
from dialogue.booking_driver import states
from dialogue.standing_appointment import MANAGE, MONDAY, unchanged


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

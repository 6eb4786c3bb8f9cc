"""What is said while a consultation that was booked is spoken of, and after it was."""

import pytest
from booking.booking_examples import REQUEST
from dialogue.standing_appointment import MANAGE, MONDAY, unchanged


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

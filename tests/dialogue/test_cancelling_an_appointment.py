"""Conversations in which a consultation that was booked is cancelled, or kept after all."""

from datetime import timedelta

import pytest
from dialogue.booking_driver import states
from dialogue.standing_appointment import MANAGE, MONDAY, changes, unchanged

from bot.dialogue.appointment import Errand


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

"""What a message wants done with a consultation that was booked: a table of phrases, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.words.changes import agrees_to, new_time_words, read_change, wants_new_one

PHRASES = {
    "move": [
        "need to move my appointment to friday",
        "reschedule",
        "RESCHEDULE MY APPOINTMENT PLEASE",
        "move me to next week pls",
        "push it back a week",
        "something later that day",
        "Could it be changed to the following week?",
        "I'm booked on the 14th but my grandson graduates that morning. Could it be changed to the following week?",
        "Yo need to switch my time from 8 to like noon",
        "Change my booking from morning to afternoon.",
        "can we do thursday instead",
        "Could you swap my appointment to a different day, any day but Monday?",
        "I'll need to delay yours",
        "Something came up, so I can't make my visit. Got anything for me the week after instead?",
        "i have an appointment thursday and need to move it to next week",
        "My dad has an appointment with you Monday but his ride fell through. Can we push it back a couple of days?",
        "bring it forward if you can",
        "anything earlier?",
        "Kindly postpone the appointment of my father",
        "dont think im gonna make my 3pm, can we do 4",
        "I don't want to cancel, just move it",
        "make it tuesday",
        "a week later would be good",
        "Move it",
        "Sorry to be a pain, but I've got to shift my appointment again.",
        "any way of making it Wednesday? can you move it",
        "I need a later time",
        "actually make it afternoon",
        "My reference is ABCD-1234, I need a later time.",
        "cancel it. no wait, can you just move it to friday",
    ],
    "cancel": [
        "cancel my appointment",
        "cancel my consultation",
        "scrap it altogether",
        "cancel my appt",
        "cancel plz",
        "CANCEL",
        "I no need the appointment any more, please take it out.",
        "scratch my appointment, going somewhere else",
        "Take my name off for Monday please, I won't be coming.",
        "Please take me off the schedule for Monday, my ride fell through.",
        "My sister's appointment needs to be called off",
        "cancelling for tomorrow, kid is sick",
        "how do i cancel my visit",
        "is it too late to cancel for this afternoon",
        "I've thought it over. Please cancel my consultation with you.",
        "Cancel it",
        "don't move it, cancel it",
        "I want to cancel, not move it",
        "need to cancel my visit on the 14th, my car died",
        "please call it off",
        "I don't need the appointment anymore",
        "move it... no, actually cancel it",
    ],
    "keep": [
        "never mind, keep it",
        "no wait keep it",
        "Keep it",
        "don't cancel it",
        "no wait, don't cancel",
        "cancel it, no wait, keep it",
        "leave it as it is",
        "nvm",
        "never mind",
        "I'll be there",
        "YES I WILL BE THERE THURSDAY AT 10",
        "I want to keep my appointment",
        "on second thought leave it",
        "do not move it",
        "let it stand",
        "please don't change anything, I'll keep it",
        "I changed my mind about cancelling",
        "undo that",
    ],
    "look_up": [
        "is it still on?",
        "so is it still on?",
        "what time was it",
        "When is my appointment again?",
        "do I still have my visit on the 14th",
        "is my appointment confirmed??",
        "whats my appointment time",
        "look up my appointment",
        "appointment lookup",
        "am i on the schedule for monday",
        "forgot what day im supposed to come in",
        "confirm my appointment",
        "Has my booking been cancelled?",
        "was my visit cancelled",
        "Did it go through?",
        "what time do u have me for",
        "DO I STILL HAVE AN APPOINTMENT ON FRIDAY",
        "i need to know when my next visit is",
        "date of my appointment?",
        "What time am I supposed to be there on Thursday?",
        "when is it?",
        "has the office confirmed it yet",
        "Can you tell me what time I'm booked for on Tuesday?",
        "which day was it again",
        "Just checking that my 9:15 on Tuesday is right.",
        "What time is it?",
        "remind me when my visit is",
        "when am I supposed to come in",
        "what was the date again?",
    ],
    "by_office": [
        "running late",
        "gonna be 20 min late stuck in traffic",
        "running 20 min late for my 2:30 with you guys",
        "Can u change the phone number on my booking, got a new cell",
        "You've got the wrong email on my booking",
        "I'd like to keep my appointment but make it a video visit instead of in person",
    ],
    None: [
        "can't make it tomorrow",
        "cant make it today sorry",
        "cancel that last message",
        "can you delete that last message",
        "forget my last question",
        "I can't move my leg",
        "I need to cancel my surgery",
        "what time do you open",
        "does a stimulator help?",
        "move it or cancel it, I don't know yet",
        "An appointment I have",
        "what is your cancellation policy",
        "thank you",
        "ok",
        "how long does it take",
        "I changed the dose",
        "what is it",
        "is it confirmed that scar tissue causes this?",
        "see you later",
        "it moved me to tears",
        "I'm not coming tomorrow",
        "My back keeps me up at night",
        "where is it",
        "scar tissue later in life",
        "I've moved house",
        "I'll think about it later",
        "please ignore my last message",
        "delete this chat",
        "I want to drop the topic",
        "how do I change doctors",
        "somebody cancels all the time",
        "I should keep my weight down",
        "can I keep my implant",
        "is my leg still weak after that",
    ],
}

PILE = ["cancel", "move", "it", "keep", "my visit", "to", "not", "no wait", "don't", "friday", "and", "?", "."]


@pytest.mark.parametrize(("text", "change"), [(text, change) for change, texts in PHRASES.items() for text in texts])
def test_the_wish_is_read_from_the_words(text, change):
    assert read_change(text) == change


@pytest.mark.parametrize("text", PHRASES["cancel"][:8])
@pytest.mark.parametrize("after", ["no wait, keep it", "actually don't cancel it", "never mind, leave it as it is"])
def test_the_last_word_counts(text, after):
    assert read_change(f"{text}. {after}") == "keep"
    assert read_change(f"{text}... {after}\nno, cancel it") == "cancel"


@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    assert read_change(text) in {*PHRASES, None}
    assert len(new_time_words(text)) <= 2 * len(text) + 2
    assert isinstance(wants_new_one(text), bool)


@given(st.lists(st.sampled_from(PILE), max_size=14))
def test_no_pile_of_these_words_is_a_yes_and_a_no_at_once(words):
    text = " ".join(words)
    if agrees_to("cancel", text):
        assert read_change(text) in {"cancel", None}
        assert "don't" not in text
        assert not set(words) & {"keep", "not", "move", "friday"}


def test_long_texts_are_read_in_no_time():
    assert read_change("please move " * 20_000) is None


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("cancel", "yes"),
        ("cancel", "Yes, cancel it"),
        ("cancel", "cancel it"),
        ("cancel", "cancel"),
        ("cancel", "yes please cancel my appointment"),
        ("cancel", "go ahead and cancel it please"),
        ("cancel", "scrap it altogether"),
        ("cancel", "y"),
        ("move", "Yes, move it"),
        ("move", "move it"),
        ("move", "ok"),
        ("move", "sounds good"),
    ],
)
def test_a_plain_yes(change, text):
    assert agrees_to(change, text)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("cancel", "don't cancel it"),
        ("cancel", "yes but move it"),
        ("cancel", "cancel it?"),
        ("cancel", "no"),
        ("cancel", "maybe"),
        ("cancel", "please"),
        ("cancel", ""),
        ("cancel", "thanks"),
        ("cancel", "move it"),
        ("cancel", "yes, I think, or what do you say"),
        ("move", "yes to 3pm"),
        ("move", "cancel it"),
        ("move", "move it to friday"),
    ],
)
def test_no_plain_yes(change, text):
    assert not agrees_to(change, text)


@pytest.mark.parametrize(
    ("text", "new_time"),
    [
        ("need to move my appointment to friday", "friday"),
        ("i have an appointment thursday and need to move it to next week", "next week"),
        ("move my thursday appointment to friday at 10", "friday at 10"),
        ("reschedule for next tuesday", "next tuesday"),
        ("Yo need to switch my time from 8 to like noon", "like noon"),
        ("change it from tuesday to thursday afternoon", "thursday afternoon"),
        ("can't make it tuesday, could we do wednesday morning instead", "could we do wednesday morning instead"),
        ("dont think im gonna make my 3pm, can we do 4", "can we do 4"),
        ("move me to next week pls", "next week pls"),
        ("make it tuesday", "make it tuesday"),
        ("can't come thursday, move it", "move it"),
    ],
)
def test_the_time_booked_before_is_left_out(text, new_time):
    assert new_time_words(text) == new_time


@pytest.mark.parametrize(
    "text",
    [
        "I want to book a new one instead",
        "can I get another appointment",
        "book a new appointment",
        "make a second appointment",
        "I'd rather book another one",
    ],
)
def test_another_consultation_is_no_change_of_this_one(text):
    assert wants_new_one(text)


@pytest.mark.parametrize(
    "text", ["another time", "I need a new time", "book me for friday", "can I get an earlier one"]
)
def test_another_time_is_no_other_consultation(text):
    assert not wants_new_one(text)

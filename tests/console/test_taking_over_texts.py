"""A person in the assistant's place by text message: by the outbox to the telephone, and back to the assistant."""

from __future__ import annotations

import pytest
from console.conftest import EXAMPLE_HOURS, Person, words_of
from gateway.local_server import until
from gateway.texter import ALARM, ANSWER, QUESTION, RED_FLAG, texting

from bot.booking.book import Book
from bot.booking.hours import load_availability
from bot.booking.records import Request
from bot.storage.encryption import cipher_of

REQUEST = Request("Wilhelmina Quackenbush", "+15035550142", "phone", "leg pain", None, "Leg pain, by phone.")


@pytest.fixture
def parts(assistant, serve):
    with texting(serve, assistant, booking_file=EXAMPLE_HOURS, sms_wait=1.5, assistant_timeout=60) as running:
        yield running


@pytest.fixture
def dana(parts):
    return Person(parts.gateway, "dana", "reviewer")


def path_of(parts, answer):
    return f"/staff/conversations/{parts.conversation_of(answer)}"


def until_is_told(phone):
    """The next text that is not about the clinic's hours, which depend on the day."""
    while "outside of the clinic's hours" in (text := phone.next()):
        pass
    return text


def test_staff_write_to_the_telephone_the_assistant_is_silent_and_triage_is_not(parts, dana):
    phone = parts.texter()
    answer = phone.send(QUESTION)
    phone.next()
    path = path_of(parts, answer)
    assert dana.post(f"{path}/take-over", name="Dana Reed", role="nurse").status_code == 200
    assert phone.next().startswith("Dana Reed (nurse) has joined the chat.")
    assert dana.post(f"{path}/say", text="Hello, this is Dana.").status_code == 200
    assert until_is_told(phone) == "Hello, this is Dana."
    phone.silent("Good that you are there")
    assert len(parts.assistant.turns) == 1
    assert phone.say(RED_FLAG).startswith(ALARM)
    words = words_of(dana.read(path))
    assert words.count("Text message back: handed to the carrier") == 2
    assert words.count("As a text message: handed to the carrier") >= 2, "what staff wrote has its state too"
    assert dana.post(f"{path}/give-back").status_code == 200
    assert until_is_told(phone).startswith("Dana Reed has left the chat.")
    assert phone.say(QUESTION).startswith(ANSWER)
    assert len(parts.assistant.turns) == 2


def test_each_message_of_staff_is_texted_once(parts, dana):
    phone = parts.texter()
    path = path_of(parts, phone.send(QUESTION))
    phone.next()
    dana.post(f"{path}/take-over", name="Dana")
    for number in range(3):
        dana.post(f"{path}/say", text=f"Message {number}")
    handed = "SELECT message_id FROM carried_messages JOIN texts_out ON id = text_id WHERE state = 'handed'"
    written = [each.id for each in parts.log.history(path.rpartition("/")[2]) if each.author in {"staff", "system"}]
    until(lambda: len(parts.sql(handed)) >= len(written))
    assert sorted(each.message_id for each in parts.sql(handed)) == sorted(written)


def test_who_has_opted_out_gets_nothing_and_staff_see_it(parts, dana):
    phone = parts.texter()
    path = path_of(parts, phone.send(QUESTION))
    phone.next()
    phone.say("STOP")
    dana.post(f"{path}/take-over", name="Dana")
    dana.post(f"{path}/say", text="Are you there?")
    assert "Opted out" in words_of(dana.read(path))
    assert "Opted out" in words_of(dana.read("/staff/conversations?flag=opted_out"))
    assert parts.texter().say(QUESTION)
    assert words_of(dana.read("/staff/conversations?flag=opted_out")).count("Opted out") == 2  # the choice, and the one
    assert phone.nothing_came()


def test_news_of_an_appointment_reaches_a_telephone_that_has_gone_on_in_a_later_conversation(parts, dana):
    phone = parts.texter()
    conversation = parts.conversation_of(phone.send(QUESTION))
    phone.next()
    hours = load_availability(EXAMPLE_HOURS)
    book = Book(parts.database, hours, cipher=cipher_of(parts.gateway.settings))
    made = book.book("made", conversation, REQUEST, book.offered()[0])
    parts.rest()
    later = parts.conversation_of(phone.send(QUESTION))
    phone.next()
    assert later != conversation
    assert dana.post(f"/staff/appointments/{made.id}/confirm", key="one").status_code == 200
    assert phone.next().startswith("The clinic has confirmed your appointment")
    assert later in dana.read(f"/staff/conversations/{conversation}"), "staff see where it goes on"

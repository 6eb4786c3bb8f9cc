"""What a conversation tells of whom it is with is found, so that redaction hides it."""

import pytest

from bot.booking.records import Request
from bot.conversations.records import Button
from bot.privacy.known import Known
from bot.staff.redaction import redact

REQUEST = Request(
    "Ann Example",
    "+14045550190",
    "phone",
    "burning in my left leg since the fusion",
    "my mother Rosemary",
    "For Ann Example, (404) 555-0190: burning in my left leg since the fusion",
)


@pytest.fixture
def known(log, book):
    return Known(log, book)


def say(log, conversation, *lines):
    """Write lines: what the assistant asks for, or what the visitor says."""
    for number, line in enumerate(lines):
        if line.startswith("asks:"):
            log.add(conversation, "assistant", "?", asks=line.removeprefix("asks:"), buttons=[Button("x", "x")])
        else:
            log.receive(conversation, line, f"{number} {line}")


def shown(known, log, conversation):
    values = known.of(conversation)
    return [redact(message.text, values).text for message in log.history(conversation) if message.text != "?"]


def test_what_a_booking_captured_is_hidden_in_the_whole_conversation(known, log, book):
    conversation, _ = log.start("web")
    say(log, conversation, "it is for my mother Rosemary", "burning in my left leg since the fusion")
    log.add(conversation, "assistant", "Thank you, Ann. I have 404-555-0190. Ann Example, is that right?")
    book.request_callback("k", conversation, REQUEST, None)
    assert shown(known, log, conversation) == [
        "it is for [captured]",
        "[captured]",
        "Thank you, [name]. I have [phone]. [name], is that right?",
    ]


def test_what_was_given_on_the_way_is_hidden_though_no_booking_came_of_it(known, log):
    conversation, _ = log.start("web")
    say(
        log,
        conversation,
        "asks:name",
        "zoltan quarterman",
        "asks:contact",
        "four oh four five five five oh one nine oh",
        "asks:reason",
        "my leg burns",
    )
    log.add(conversation, "assistant", "Thanks, Zoltan Quarterman.")
    assert shown(known, log, conversation) == ["[name]", "[phone]", "my leg burns", "Thanks, [name]."]


def test_a_name_that_somebody_gives_unasked_is_hidden(known, log):
    conversation, _ = log.start("web")
    say(log, conversation, "Hi, my name is Zoltan Quarterman and my back hurts")
    assert shown(known, log, conversation) == ["Hi, my name is [name] and my back hurts"]


def test_plain_answers_are_not_taken_for_names(known, log):
    conversation, _ = log.start("web")
    said = ["my back still hurts after the surgery", "no, not really", "is it safe?", "L4-L5 in 2016"]
    say(log, conversation, *said)
    assert shown(known, log, conversation) == said


def test_an_unknown_conversation_has_no_values(known):
    assert known.of("unknown") == ()


def test_another_conversations_values_are_not_used(known, log, book):
    conversation, _ = log.start("web")
    other, _ = log.start("web")
    book.request_callback("k", other, REQUEST, None)
    assert known.of(conversation) == ()

"""Messages of one conversation are answered one after the other, however many gateways there are."""

from __future__ import annotations

from functools import partial

import pytest
from gateway.visitor import at_once


@pytest.fixture
def assistant(assistant):
    assistant.seconds = 0.02  # long enough for turns to overlap, if they could
    return assistant


def check_in_order(visitor, assistant, count):
    """Each message was asked once, in the order of the log; the assistant itself complains of turns that overlap."""
    questions = [message["text"] for message in visitor.history() if message["author"] == "visitor"]
    assert sorted(questions) == sorted(f"question {number}" for number in range(count))
    assert assistant.texts(visitor.id) == questions


def test_messages_sent_at_once_are_answered_one_after_the_other(visitor, assistant):
    replies = at_once([partial(visitor.say, f"question {number}") for number in range(10)])
    check_in_order(visitor, assistant, 10)
    assert [reply["kind"] for (reply,) in replies] == ["answer"] * 10


def test_messages_sent_at_once_to_two_gateways_are_answered_one_after_the_other(assistant, serve, database_url):
    with serve(assistant, database_url=database_url) as one, serve(assistant, database_url=database_url) as two:
        visitor = one.new_visitor()
        doors = [visitor, visitor.at(two.url)]
        replies = at_once([partial(doors[number % 2].say, f"question {number}") for number in range(10)])
        check_in_order(visitor, assistant, 10)
        assert [reply["kind"] for (reply,) in replies] == ["answer"] * 10
        assert doors[1].history() == visitor.history()


def test_one_message_sent_to_two_gateways_at_once_happens_once(assistant, serve, database_url):
    with serve(assistant, database_url=database_url) as one, serve(assistant, database_url=database_url) as two:
        visitor = one.new_visitor()
        doors = [visitor, visitor.at(two.url)]
        replies = at_once([partial(door.say, "How long does RFA last?", "a1") for door in doors * 4])
        assert replies == [replies[0]] * 8
        assert len(assistant.texts(visitor.id)) == 1


def test_two_conversations_do_not_wait_for_each_other(gateway, assistant):
    slow, quick = gateway.new_visitor(), gateway.new_visitor()
    with assistant.holding_turns():
        at_once([partial(visitor.post_in_background, "How long does RFA last?") for visitor in (slow, quick)])
        assistant.until_asked(slow.id)
        assistant.until_asked(quick.id)


def test_what_another_gateway_wrote_comes_over_the_event_stream(assistant, serve, database_url):
    with serve(assistant, database_url=database_url) as one, serve(assistant, database_url=database_url) as two:
        visitor = one.new_visitor()
        with visitor.at(two.url).follow(after=1) as events:
            replies = visitor.say("How long does RFA last?")
            assert [next(events).data for _ in range(2)] == [*visitor.history(after=1)[:1], *replies]

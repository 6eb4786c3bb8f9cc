"""What a visitor says is committed before anything else happens to it, and happens once."""

from __future__ import annotations

from functools import partial

import pytest
from gateway.fake_assistant import said
from gateway.visitor import at_once


def test_a_message_is_committed_before_the_assistant_is_asked(gateway, visitor, assistant):
    found = []
    assistant.when_asked = lambda asked: found.extend(gateway.log.history(asked.conversation_id))
    visitor.say("How long does RFA last?")
    assert [(message.text, message.state) for message in found[1:]] == [("How long does RFA last?", "pending")]


def test_the_assistant_is_asked_with_the_id_of_the_log(gateway, visitor, assistant):
    visitor.say("How long does RFA last?")
    (asked,) = assistant.turns
    question = gateway.log.history(visitor.id)[1]
    assert (asked.message_id, asked.text, asked.channel) == (question.id, "How long does RFA last?", "web")


def test_the_same_message_again_gets_the_same_replies_and_happens_once(visitor, assistant):
    first = visitor.say("How long does RFA last?", "a1")
    assert visitor.say("How long does RFA last?", "a1") == first
    assert len(assistant.texts(visitor.id)) == 1
    assert len(visitor.history()) == 3


def test_the_same_message_16_times_at_once_happens_once(visitor, assistant):
    assistant.seconds = 0.05
    replies = at_once([partial(visitor.say, "How long does RFA last?", "a1")] * 16)
    assert len(assistant.texts(visitor.id)) == 1
    assert len(replies[0]) == 1
    assert replies == [replies[0]] * 16
    assert len(visitor.history()) == 3


def test_of_different_texts_under_one_id_the_first_counts(visitor, assistant):
    first = visitor.say("How long does RFA last?", "a1")
    assistant.replies = [said("utter_faq/scs")]
    assert visitor.say("What is SCS?", "a1") == first
    assert assistant.texts(visitor.id) == ["How long does RFA last?"]


def test_of_different_texts_under_one_id_at_once_one_counts(visitor, assistant):
    replies = at_once([partial(visitor.say, f"question {number}", "a1") for number in range(8)])
    assert replies == [replies[0]] * 8
    assert assistant.texts(visitor.id) == [visitor.history()[1]["text"]]


def test_an_id_belongs_to_its_conversation(gateway, visitor, assistant):
    other = gateway.new_visitor()
    assert visitor.say("How long does RFA last?", "a1") != other.say("How long does RFA last?", "a1")
    assert len(assistant.turns) == 2


def test_a_message_that_failed_is_not_tried_again_under_its_id(visitor, assistant):
    assistant.fail(3)
    first = visitor.say("How long does RFA last?", "a1")
    assert visitor.say("How long does RFA last?", "a1") == first
    assert len(assistant.texts(visitor.id)) == 3


@pytest.mark.parametrize("client_id", ["", "x" * 101, "a b", "\u00e9", "\x00", None, ["a"]])
def test_an_id_that_is_none_is_refused(visitor, client_id):
    body = {"text": "Hello", "client_message_id": client_id}
    answer = visitor.http.post(f"{visitor.path}/messages", json=body)
    assert answer.status_code == 422
    assert "client_message_id" in answer.json()["detail"]
    assert len(visitor.history()) == 1


@pytest.mark.parametrize("client_id", ["1", "5f0c7d3e-6f0b-4d59-8f0c-3a3c1f0e9b11", "!~" * 50])
def test_any_printable_id_is_taken(visitor, client_id):
    assert visitor.say("How long does RFA last?", client_id)[0]["kind"] == "answer"

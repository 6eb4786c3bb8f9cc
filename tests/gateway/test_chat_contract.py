"""The chat API does what docs/chat-api.md says."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from gateway.fake_assistant import button, domain, said

from bot.gateway import texts
from bot.settings import ROOT

ANSWERS = sorted(name for name in domain()["responses"] if name.startswith("utter_faq/"))
NONE = type(None)
FIELDS = {
    "id": (str,),
    "seq": (int,),
    "author": (str,),
    "text": (str,),
    "topic": (str, NONE),
    "kind": (str, NONE),
    "sources": (list,),
    "buttons": (list,),
    "asks": (str, NONE),
    "booking": (dict, NONE),
    "created_at": (str,),
}


@pytest.fixture(scope="module")
def source():
    return folded((ROOT / "bot" / "knowledge" / "source.txt").read_text(encoding="utf-8"))


def folded(text):
    return " ".join(text.split())


def check_form(message):
    assert set(message) == set(FIELDS)
    wrong = {name: value for name, value in message.items() if type(value) not in FIELDS[name]}
    assert wrong == {}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", message["created_at"])
    assert message["author"] in {"visitor", "assistant", "staff", "system"}
    assert all({name: type(value) for name, value in each.items()} == SOURCE for each in message["sources"])
    assert all(set(each) == {"title", "value", "topic"} for each in message["buttons"])


SOURCE = {"passage": str, "quote": str}


def test_a_start_gives_201_with_an_id_a_token_and_the_greeting(gateway, visitor):
    answer = visitor.http.post("/api/conversations")
    assert answer.status_code == 201
    assert set(answer.json()) == {"conversation_id", "token", "messages"}
    (greeting,) = answer.json()["messages"]
    check_form(greeting)
    assert greeting["seq"] == 1
    assert (greeting["author"], greeting["kind"]) == ("assistant", "smalltalk")
    assert greeting["text"] == texts.greeting(gateway.settings).text


def test_a_token_has_at_least_128_bits_and_is_never_the_same(gateway):
    tokens = [gateway.new_visitor().token for _ in range(3)]
    assert len(set(tokens)) == 3
    assert all(len(base64.urlsafe_b64decode(token + "==")) * 8 >= 128 for token in tokens)


def test_the_database_does_not_hold_the_token(gateway, visitor):
    visitor.say("How long does RFA last?")
    database = Path(gateway.settings.database.removeprefix("sqlite:///"))
    stored = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    assert visitor.id.encode() in stored
    assert visitor.token.encode() not in stored


def test_a_reply_has_all_fields_of_the_contract(visitor):
    (reply,) = visitor.say("How long does RFA last?")
    check_form(reply)
    assert {name: reply[name] for name in ("author", "kind", "topic", "asks", "booking", "buttons", "seq")} == {
        "author": "assistant",
        "kind": "answer",
        "topic": "rfa_duration",
        "asks": None,
        "booking": None,
        "buttons": [],
        "seq": 3,
    }


def test_an_answer_quotes_its_source(visitor):
    (reply,) = visitor.say("How long does RFA last?")
    quote = "RFA can offer 6–18 months of relief with a single procedure"
    assert reply["sources"] == [{"passage": "rfa.2", "quote": quote}]


@pytest.mark.parametrize("channel", [None, "sms"])
def test_every_answer_of_the_domain_quotes_the_document_exactly(visitor, assistant, source, channel):
    for name in ANSWERS:
        assistant.replies = [said(name, channel=channel)]
        (reply,) = visitor.say(f"a question on {name}")
        assert reply["kind"] == "answer"
        assert reply["topic"] == name.removeprefix("utter_faq/")
        assert reply["sources"], name
        assert [each["passage"] for each in reply["sources"] if folded(each["quote"]) not in source] == []


def test_several_replies_come_in_order(visitor, assistant):
    assistant.replies = [said("utter_smalltalk/thanks"), said("utter_faq/rfa"), said("utter_smalltalk/bye")]
    replies = visitor.say("Thanks, and what is RFA? Bye.")
    assert [reply["kind"] for reply in replies] == ["smalltalk", "answer", "smalltalk"]
    assert [reply["seq"] for reply in replies] == [3, 4, 5]


def test_a_button_carries_its_title_value_and_topic(visitor, assistant):
    assistant.replies = [said("utter_smalltalk/thanks", button("Book a consultation", "book_consultation"))]
    (reply,) = visitor.say("Thanks")
    assert reply["buttons"] == [
        {"title": "Book a consultation", "value": "Book a consultation", "topic": "book_consultation"}
    ]


def test_the_history_has_both_sides_in_order(visitor):
    first = visitor.say("How long does RFA last?")
    second = visitor.say("And then?")
    history = visitor.history()
    for message in history:
        check_form(message)
    assert [message["author"] for message in history] == ["assistant", "visitor", "assistant", "visitor", "assistant"]
    assert [message["seq"] for message in history] == [1, 2, 3, 4, 5]
    assert [history[0], history[2], history[4]] == visitor.started["messages"] + first + second
    assert [history[1]["text"], history[3]["text"]] == ["How long does RFA last?", "And then?"]


def test_the_history_can_be_asked_for_from_a_number_on(visitor):
    visitor.say("How long does RFA last?")
    assert [message["seq"] for message in visitor.history(after=1)] == [2, 3]
    assert visitor.history(after=3) == []
    assert visitor.history(after=2**31 - 1) == []


@pytest.mark.parametrize("after", ["-1", "x", "1.5", str(2**31)])
def test_a_number_that_is_none_is_refused(visitor, after):
    answer = visitor.http.get(f"{visitor.path}/messages", params={"after": after})
    assert answer.status_code == 422
    assert "after" in answer.json()["detail"]


def test_what_was_understood_is_kept_for_staff_and_not_told_to_the_visitor(gateway, visitor):
    (reply,) = visitor.say("How long does RFA last?")
    question = gateway.log.history(visitor.id)[1]
    understood = question.understanding
    assert (understood.label, understood.topic, understood.confidence) == ("faq/rfa_duration", "rfa_duration", 0.93)
    assert [each.topic for each in understood.alternatives] == ["rfa"]
    assert [each.value for each in understood.entities] == ["RFA"]
    assert question.model == "20261122-070000-fake.tar.gz"
    assert "0.93" not in str(reply)

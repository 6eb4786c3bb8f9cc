"""The database hangs or goes while a visitor waits for a reply: the message is written down, and is answered later."""

from __future__ import annotations

import logging
import threading
import time

import pytest
from gateway.fake_assistant import ANSWER, said
from gateway.local_server import until

from bot.conversations.log import ConversationLog
from bot.errors import ConfigurationError
from bot.gateway import texts, turns

ANSWERED = said(ANSWER)["text"]
QUESTION = "How long does RFA last?"


def gone(*_args, **_kwargs):
    raise ConfigurationError("DATABASE_URL: the database cannot be opened (a test).")


@pytest.fixture
def hanging(monkeypatch):
    """Let looks whether a message waits hang until the test is over."""
    released = threading.Event()
    working = ConversationLog.waits

    def hang(log, message_id):
        released.wait(30)
        return working(log, message_id)

    monkeypatch.setattr(turns, "_DATABASE_SECONDS", 0.5)
    monkeypatch.setattr(ConversationLog, "waits", hang)
    yield released
    released.set()


def test_while_the_database_hangs_the_visitor_gets_one_moment_and_the_answer_later(gateway, visitor, hanging):
    started = time.monotonic()
    (reply,) = visitor.say(QUESTION)
    assert time.monotonic() - started < 4.0
    assert reply["text"] == texts.one_moment(gateway.settings).text
    hanging.set()
    assert visitor.until_said(ANSWERED)["kind"] == "answer"


def test_a_database_that_goes_after_the_message_is_written_down_is_no_error(gateway, visitor, monkeypatch):
    working = ConversationLog.waits
    monkeypatch.setattr(ConversationLog, "waits", gone)
    (reply,) = visitor.say(QUESTION)
    assert reply["text"] == texts.one_moment(gateway.settings).text
    monkeypatch.setattr(ConversationLog, "waits", working)
    assert visitor.until_said(ANSWERED)["kind"] == "answer"


def test_the_sweep_logs_one_trace_while_the_database_is_gone_and_says_when_it_is_back(
    assistant, serve, monkeypatch, caplog
):
    monkeypatch.setattr(turns, "_SWEEP_SECONDS", 0.05)
    asked = []
    working = ConversationLog.waiting_conversations

    def looked(*args, **kwargs):
        asked.append(args)
        return gone(*args, **kwargs)

    with serve(assistant), caplog.at_level(logging.WARNING, turns.__name__):
        monkeypatch.setattr(ConversationLog, "waiting_conversations", looked)
        until(lambda: len(asked) >= 10)
        monkeypatch.setattr(ConversationLog, "waiting_conversations", working)
        until(lambda: "the sweep works again" in caplog.text)
    assert len([record for record in caplog.records if record.exc_info]) == 1

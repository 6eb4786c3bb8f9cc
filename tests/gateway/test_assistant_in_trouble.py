"""The assistant is down, late, or fails: the visitor is told so honestly, and is answered once it is possible."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from gateway.conftest import make_settings
from gateway.fake_assistant import ANSWER, said
from gateway.local_server import until
from gateway.visitor import Visitor

from bot.conversations.log import ConversationLog
from bot.gateway import assistant_client, texts
from bot.storage.engine import Database, make_engine

ANSWERED = said(ANSWER)["text"]
LATE = 0.4  # seconds that an assistant takes to say that it is well, where it is too busy


def state(gateway, visitor, seq=2):
    return gateway.log.history(visitor.id)[seq - 1].state


def is_one_moment(gateway, replies):
    assert [(reply["kind"], reply["author"]) for reply in replies] == [("fallback", "assistant")]
    assert "911" in replies[0]["text"]
    return replies[0]["text"] == texts.one_moment(gateway.settings).text


def is_trouble(gateway, replies):
    assert [reply["kind"] for reply in replies] == ["fallback"]
    assert "911" in replies[0]["text"]
    return replies[0]["text"] == texts.trouble(gateway.settings).text


class TestDown:
    def test_the_visitor_gets_one_moment_at_once(self, absent_assistant, serve):
        with serve(absent_assistant, clinic_phone="(503) 555-0129") as gateway:
            visitor = gateway.new_visitor()
            started = time.monotonic()
            replies = visitor.say("How long does RFA last?")
            assert time.monotonic() - started < 1.0
            assert is_one_moment(gateway, replies)
            assert "(503) 555-0129" in replies[0]["text"]

    def test_the_answer_comes_when_the_assistant_is_up(self, absent_assistant, serve):
        with serve(absent_assistant) as gateway:
            visitor = gateway.new_visitor()
            visitor.say("How long does RFA last?")
            absent_assistant.server.start()
            answer = visitor.until_said(ANSWERED)
            assert (answer["kind"], answer["seq"]) == ("answer", 4)
            assert state(gateway, visitor) == "answered"

    def test_the_answer_comes_over_the_event_stream(self, absent_assistant, serve):
        with serve(absent_assistant) as gateway:
            visitor = gateway.new_visitor()
            visitor.say("How long does RFA last?")
            with visitor.follow(after=3) as events:
                absent_assistant.server.start()
                assert next(events).data["text"] == ANSWERED

    def test_messages_that_waited_are_answered_in_their_order(self, absent_assistant, serve):
        with serve(absent_assistant) as gateway:
            visitor = gateway.new_visitor()
            for number in range(3):
                assert is_one_moment(gateway, visitor.say(f"question {number}"))
            absent_assistant.server.start()
            until(lambda: len(visitor.history()) == 10)
            assert absent_assistant.texts(visitor.id) == ["question 0", "question 1", "question 2"]

    def test_one_message_gets_one_moment_once(self, absent_assistant, serve):
        with serve(absent_assistant) as gateway:
            visitor = gateway.new_visitor()
            first = visitor.say("How long does RFA last?", "a1")
            assert visitor.say("How long does RFA last?", "a1") == first
            assert len(visitor.history()) == 3

    def test_that_it_went_down_is_noticed_by_the_next_message(self, absent_assistant, serve):
        absent_assistant.server.start()
        with serve(absent_assistant) as gateway:
            visitor = gateway.new_visitor()
            assert visitor.say("How long does RFA last?")[0]["kind"] == "answer"
            absent_assistant.server.stop()
            assert is_one_moment(gateway, visitor.say("And then?"))
            absent_assistant.server.start()
            until(lambda: len(visitor.history()) == 6)
            assert gateway.log.history(visitor.id)[3].attempts == 0

    def test_while_it_loads_messages_wait(self, absent_assistant, serve):
        absent_assistant.well = False
        absent_assistant.server.start()
        with serve(absent_assistant) as gateway:
            visitor = gateway.new_visitor()
            assert is_one_moment(gateway, visitor.say("How long does RFA last?"))
            assert absent_assistant.turns == []
            absent_assistant.well = True
            visitor.until_said(ANSWERED)

    def test_a_message_outlives_the_gateway(self, absent_assistant, serve, sqlite_url):
        with serve(absent_assistant, database_url=sqlite_url) as gateway:
            visitor = gateway.new_visitor()
            visitor.say("How long does RFA last?")
        absent_assistant.server.start()
        with serve(absent_assistant, database_url=sqlite_url) as gateway:
            visitor.at(gateway.url).until_said(ANSWERED)

    def test_while_the_action_server_is_away_messages_wait_and_are_not_given_up(self, gateway, visitor, assistant):
        assistant.actions_well = False
        assistant.fail(1, status=503)
        assert is_one_moment(gateway, visitor.say("How long does RFA last?"))
        time.sleep(2.5)  # two more looks
        assert len(assistant.texts(visitor.id)) == 1  # no turn is tried that cannot succeed
        assistant.actions_well = True
        visitor.until_said(ANSWERED)
        assert gateway.log.history(visitor.id)[1].attempts == 0


class TestLate:
    def test_the_visitor_gets_one_moment_and_the_answer_later(self, assistant, serve):
        with serve(assistant, reply_wait=0.5) as gateway:
            visitor = gateway.new_visitor()
            with assistant.holding_turns():
                assert is_one_moment(gateway, visitor.say("How long does RFA last?"))
                assert state(gateway, visitor) == "pending"
            visitor.until_said(ANSWERED)
            assert len(assistant.texts(visitor.id)) == 1

    def test_the_same_message_again_gets_the_answer_as_well(self, assistant, serve):
        with serve(assistant, reply_wait=0.5) as gateway:
            visitor = gateway.new_visitor()
            with assistant.holding_turns():
                one_moment = visitor.say("How long does RFA last?", "a1")
            answer = visitor.until_said(ANSWERED)
            assert visitor.say("How long does RFA last?", "a1") == [*one_moment, answer]

    def test_turns_over_their_time_count_as_failed(self, assistant, serve):
        with serve(assistant, assistant_timeout=0.1) as gateway:
            visitor = gateway.new_visitor()
            with assistant.holding_turns():
                assert is_trouble(gateway, visitor.say("How long does RFA last?"))
            assert len(assistant.texts(visitor.id)) == 3
            assert state(gateway, visitor) == "failed"
        assistant.complaints.clear()  # turns that were given up go on; Rasa's own lock keeps them apart


class TestBusy:
    @pytest.fixture
    def probes(self, assistant, tmp_path, monkeypatch):
        """A function that returns what probes say, each with the seconds that the assistant takes to answer it."""
        monkeypatch.setattr(assistant_client, "_PROBE_SECONDS", LATE / 4)

        async def ask(seconds):
            asked = assistant_client.AssistantClient(make_settings(tmp_path, assistant.url))
            found = []
            for assistant.health_seconds in seconds:
                found.append(await asked.probe())
            await asked.close()
            return found

        return lambda *seconds: asyncio.run(ask(seconds))

    def test_one_that_was_ready_is_asked_until_it_is_late_three_times_in_a_row(self, probes):
        assert probes(0, LATE, LATE, 0, LATE, LATE, LATE, 0) == [True] * 6 + [False, True]

    def test_one_that_was_never_ready_is_not_ready_when_it_is_late(self, probes):
        assert probes(LATE, LATE) == [False, False]


class TestFailing:
    def test_three_failures_make_the_trouble_text(self, gateway, visitor, assistant):
        assistant.fail(3)
        assert is_trouble(gateway, visitor.say("How long does RFA last?"))
        assert len(assistant.texts(visitor.id)) == 3
        assert state(gateway, visitor) == "failed"

    def test_two_failures_go_unnoticed(self, gateway, visitor, assistant):
        assistant.fail(2)
        assert visitor.say("How long does RFA last?")[0]["text"] == ANSWERED
        assert state(gateway, visitor) == "answered"

    def test_the_next_message_is_answered_again(self, visitor, assistant):
        assistant.fail(3)
        visitor.say("How long does RFA last?")
        assert visitor.say("And then?")[0]["text"] == ANSWERED

    def test_no_replies_count_as_failure(self, gateway, visitor, assistant):
        assistant.replies = []
        assert is_trouble(gateway, visitor.say("How long does RFA last?"))
        assert len(assistant.texts(visitor.id)) == 3
        assert state(gateway, visitor) == "failed"

    @pytest.mark.parametrize(
        "body",
        ["<html>", "null", "{}", '{"replies": [{}], "understood": {}, "model": null}'],
    )
    def test_an_answer_that_cannot_be_read_counts_as_failure(self, gateway, visitor, assistant, body):
        assistant.fail(3, body, status=200)
        assert is_trouble(gateway, visitor.say("How long does RFA last?"))
        assert state(gateway, visitor) == "failed"


class TestCrash:
    @pytest.fixture
    def left_behind(self, sqlite_url):
        """Leaves a conversation as a gateway does that is killed in a turn, so many seconds ago."""
        database = Database(make_engine(sqlite_url))

        def leave(seconds_ago):
            past = datetime.now(UTC) - timedelta(seconds=seconds_ago)
            log = ConversationLog(database, clock=lambda: past)
            conversation_id, token = log.start("web")
            log.receive(conversation_id, "How long does RFA last?", "a1")
            assert log.claim(conversation_id, "a gateway that is dead", 30)
            return {"conversation_id": conversation_id, "token": token}

        yield leave
        database.close()

    def test_a_conversation_whose_gateway_died_is_taken_over(self, assistant, serve, sqlite_url, left_behind):
        conversation = left_behind(seconds_ago=31)
        with serve(assistant, database_url=sqlite_url) as gateway:
            visitor = Visitor(gateway.url, conversation)
            visitor.until_said(ANSWERED)
            assert state(gateway, visitor, seq=1) == "answered"

    def test_it_is_not_taken_over_before_its_lease_has_run_out(self, assistant, serve, sqlite_url, left_behind):
        conversation = left_behind(seconds_ago=29)
        with serve(assistant, database_url=sqlite_url) as gateway:
            visitor = Visitor(gateway.url, conversation)
            assert visitor.history()[-1]["author"] == "visitor"
            visitor.until_said(ANSWERED)
            lease_ended = gateway.log.history(visitor.id)[0].created_at + timedelta(seconds=30)
            assert gateway.log.history(visitor.id)[1].created_at >= lease_ended

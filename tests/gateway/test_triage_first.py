"""Red flags are answered at once, whatever is down, and the alarm stays until the visitor ends it."""

from __future__ import annotations

import time

import pytest
from gateway.local_server import until

from bot.conversations.spool import Spool
from bot.notices.outbox import Outbox
from bot.safety.replies import safety_texts
from bot.safety.verdicts import NEAR
from bot.storage.engine import Database, make_engine

RED_FLAG = "I cannot feel anything when I wipe and since this morning I cannot pee."
MISTAKE = "You misunderstood, I am safe"


def kinds(replies):
    return [reply["kind"] for reply in replies]


def test_an_alarm_is_answered_within_a_second_while_the_assistant_is_down(absent_assistant, serve):
    with serve(absent_assistant) as gateway:
        visitor = gateway.new_visitor()
        visitor.say("hello")  # triage is loaded now
        took = []
        for _ in range(20):
            started = time.monotonic()
            replies = gateway.new_visitor().say(RED_FLAG)
            took.append(time.monotonic() - started)
            assert replies[0]["text"] == safety_texts()["emergency"].text
        assert max(took) < 1.0


def test_the_assistant_never_hears_of_it_and_staff_have_it_in_their_list(assistant, serve):
    with serve(assistant, staff_webhook_url="http://127.0.0.1:9/") as gateway:
        visitor = gateway.new_visitor()
        visitor.say(RED_FLAG)
        (alarm,) = gateway.log.alarms(unseen=True)
        assert (alarm.level, alarm.conversation_id, alarm.settled_at) == ("emergency", visitor.id, None)
        assert alarm.names
        assert Outbox(Database(make_engine(gateway.settings.database))).waiting() == 1


def test_the_assistant_may_not_take_for_a_red_flag_what_triage_found_far_from_one(assistant, serve):
    with serve(assistant) as gateway:
        visitor = gateway.new_visitor()
        visitor.say("How long does RFA last?")
        (asked,) = assistant.turns
        assert asked.may_alarm is False
        assert gateway.log.nearness_of(asked.message_id) < NEAR
        assert gateway.log.nearness_of(gateway.log.add(visitor.id, "assistant", "Hello.").id) is None


def test_answers_wait_until_the_visitor_ends_it_and_then_go_on(assistant, serve):
    with serve(assistant) as gateway:
        visitor = gateway.new_visitor()
        assert kinds(visitor.say(RED_FLAG)) == ["emergency", "emergency"]
        assert kinds(visitor.say("I want to book a consultation")) == ["emergency"]
        assert kinds(visitor.say(MISTAKE)) == ["smalltalk"]
        assert kinds(visitor.say("How long does it last?")) == ["answer"]
        (alarm,) = gateway.log.alarms()
        assert alarm.settled_how == "mistake"


def test_a_question_in_the_words_that_end_an_alarm_is_answered_too(assistant, serve):
    with serve(assistant) as gateway:
        visitor = gateway.new_visitor()
        visitor.say(RED_FLAG)
        ending = "You misunderstood me, I am fine, that was years ago. How long does RFA last?"
        assert kinds(visitor.say(ending, "a1")) == ["smalltalk", "answer"]
        assert kinds(visitor.say(ending, "a1")) == ["smalltalk", "answer"]  # sent again by a client that lost them
        assert [asked.text for asked in assistant.turns] == [ending]


def test_what_a_booking_had_asked_is_asked_again_when_the_alarm_ends(assistant, serve):
    with serve(assistant) as gateway:
        visitor = gateway.new_visitor()
        asked = gateway.log.add(visitor.id, "assistant", "Who is it for?", kind="booking", asks="name")
        visitor.say(RED_FLAG)
        ended, again = visitor.say(MISTAKE)
        assert ended["kind"] == "smalltalk"
        assert (again["text"], again["kind"], again["asks"]) == (asked.text, "booking", "name")


def test_too_many_messages_do_not_keep_an_alarm_from_its_answer(assistant, serve):
    with serve(assistant, rate_limit="on", rate_limit_conversation="1/hour") as gateway:
        visitor = gateway.new_visitor()
        visitor.say("hello")
        assert kinds(visitor.say(RED_FLAG)) == ["emergency", "emergency"]


def test_too_many_calls_of_an_address_do_not_either(assistant, serve):
    with serve(assistant, rate_limit="on", rate_limit_client="2/hour") as gateway:
        visitor = gateway.new_visitor()
        visitor.say("hello")
        assert visitor.post("hello?").status_code == 429
        assert kinds(visitor.say(RED_FLAG)) == ["emergency", "emergency"]


def test_an_alarm_of_a_redelivered_message_is_raised_once(assistant, serve):
    with serve(assistant) as gateway:
        visitor = gateway.new_visitor()
        first = visitor.say(RED_FLAG, "the-same-id")
        again = visitor.say(RED_FLAG, "the-same-id")
        assert [reply["id"] for reply in first] == [reply["id"] for reply in again]
        assert len(gateway.log.alarms()) == 1


@pytest.mark.parametrize(("text", "expected"), [(RED_FLAG, "emergency"), ("How long does it last?", "fallback")])
def test_without_the_database_the_message_is_answered_kept_and_taken_in_later(
    assistant, serve, monkeypatch, text, expected
):
    with serve(assistant) as gateway:
        visitor = gateway.new_visitor()
        visitor.say("hello")
        from bot.conversations.log import ConversationLog
        from bot.errors import ConfigurationError

        def gone(*_args, **_kwargs):
            raise ConfigurationError("DATABASE_URL: the database cannot be opened (a test).")

        working = ConversationLog.owns_hash
        monkeypatch.setattr(ConversationLog, "owns_hash", gone)
        assert kinds(visitor.say(text))[0] == expected
        assert len(list(Spool(gateway.settings.spool_folder).waiting())) == 1
        monkeypatch.setattr(ConversationLog, "owns_hash", working)
        until(lambda: any(message.text == text for message in gateway.log.history(visitor.id)))
        until(lambda: not list(Spool(gateway.settings.spool_folder).waiting()))
        assert bool(gateway.log.alarms()) == (expected == "emergency")


def test_a_message_of_the_spool_with_a_wrong_token_is_dropped(assistant, serve):
    from bot.conversations.spool import Spooled

    with serve(assistant) as gateway:
        visitor = gateway.new_visitor()
        Spool(gateway.settings.spool_folder).keep(Spooled(visitor.id, "0" * 64, RED_FLAG, "forged"))
        until(lambda: not list(Spool(gateway.settings.spool_folder).waiting()))
        assert not gateway.log.alarms()

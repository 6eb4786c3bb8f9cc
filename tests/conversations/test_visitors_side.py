from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from bot.conversations.errors import NotFound
from bot.conversations.log import CLIENT_MESSAGE_ID_MAX, ConversationLog
from bot.conversations.models import ConversationRow
from bot.conversations.records import BookingStatus, Button, Message, Received, Source


def texts(messages):
    return [message.text for message in messages]


def conversation_row(database):
    with database.read() as session:
        return session.execute(select(ConversationRow.__table__)).one()


def test_a_token_opens_its_conversation(log):
    conversation, token = log.start("web")
    assert log.owns(conversation, token)


def test_a_token_opens_no_other_conversation(log, conversation):
    _, token = log.start("sms")
    assert not log.owns(conversation, token)


@pytest.mark.parametrize("token", ["", "wrong", "\x00", "\ud800", "' OR 1=1 --"])
def test_no_other_token_opens_a_conversation(log, conversation, token):
    assert not log.owns(conversation, token)


@pytest.mark.parametrize("unknown", ["", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "\x00", "\ud800", "x" * 10_000])
def test_a_token_opens_no_conversation_that_does_not_exist(log, unknown):
    _, token = log.start("web")
    assert not log.owns(unknown, token)


def test_a_conversation_is_of_the_web_or_of_sms(log):
    with pytest.raises(IntegrityError):
        log.start("fax")


def test_a_new_conversation_begins_now_and_is_free(log, database, clock):
    conversation, _ = log.start("sms")
    row = conversation_row(database)
    assert (row.id, row.channel, row.created_at, row.last_activity_at, row.last_seq, row.lease_owner) == (
        conversation,
        "sms",
        clock(),
        clock(),
        0,
        None,
    )


def test_a_received_message_is_pending_and_has_the_next_number(log, conversation, clock):
    message = log.receive(conversation, "Does RFA hurt?", "a1").message
    assert message == Message(
        id=message.id,
        conversation_id=conversation,
        seq=1,
        author="visitor",
        text="Does RFA hurt?",
        created_at=clock(),
        kind=None,
        topic=None,
        sources=(),
        buttons=(),
        asks=None,
        booking=None,
        in_reply_to=None,
        state="pending",
        client_message_id="a1",
        attempts=0,
        understanding=None,
        model=None,
        took_ms=None,
    )


def test_the_same_client_id_again_gives_the_first_message(log, conversation):
    first = log.receive(conversation, "one", "a1")
    assert log.receive(conversation, "two", "a1") == Received(first.message, is_new=False)
    assert texts(log.history(conversation)) == ["one"]


def test_a_repeated_message_uses_up_no_number(log, conversation):
    for client_id in ("a1", "a1", "a2"):
        log.receive(conversation, "text", client_id)
    assert [message.seq for message in log.history(conversation)] == [1, 2]


def test_two_conversations_may_use_one_client_id(log, conversation):
    other, _ = log.start("web")
    assert log.receive(conversation, "one", "a1").is_new
    assert log.receive(other, "two", "a1").is_new


@pytest.mark.parametrize("client_id", ["x" * CLIENT_MESSAGE_ID_MAX, "😀" * CLIENT_MESSAGE_ID_MAX, "\x00", "\ud800"])
def test_any_client_id_within_the_limit_is_known_again(log, conversation, client_id):
    assert log.receive(conversation, "text", client_id).is_new
    assert not log.receive(conversation, "text", client_id).is_new


@pytest.mark.parametrize("client_id", ["", "x" * (CLIENT_MESSAGE_ID_MAX + 1)])
def test_an_empty_or_too_long_client_id_is_refused(log, conversation, client_id):
    with pytest.raises(ValueError, match="client_message_id"):
        log.receive(conversation, "text", client_id)


def test_nothing_is_received_or_added_without_a_conversation(log):
    with pytest.raises(NotFound):
        log.receive("unknown", "text", "a1")
    with pytest.raises(NotFound):
        log.add("unknown", "system", "text")


def test_text_that_no_database_can_hold_is_received_all_the_same(log, conversation):
    message = log.receive(conversation, "my \x00 back \ud83d hurts", "a1").message
    assert message.text == "my \N{REPLACEMENT CHARACTER} back \N{REPLACEMENT CHARACTER} hurts"
    assert log.history(conversation) == [message]


def test_receiving_is_activity(log, conversation, database, clock):
    clock.advance(60)
    log.receive(conversation, "text", "a1")
    assert conversation_row(database).last_activity_at == clock()


def test_an_added_message_comes_back_with_all_that_belongs_to_it(log, conversation):
    given = {
        "kind": "booking",
        "topic": "book_consultation",
        "sources": (Source("rfa.2", "RFA can offer 6\N{EN DASH}18 months of relief"),),
        "buttons": (Button("Yes", "Yes, book it", "book_consultation"), Button("No", "No")),
        "asks": "confirm",
        "booking": BookingStatus("requested", "PV-1234"),
    }
    message = log.add(conversation, "assistant", "Shall I book it? 😀", **given)
    assert log.history(conversation) == [message]
    assert {name: getattr(message, name) for name in given} == given
    assert (message.author, message.text, message.state) == ("assistant", "Shall I book it? 😀", None)


def test_staff_can_reply_to_a_message(log, conversation):
    question = log.receive(conversation, "text", "a1").message
    reply = log.add(conversation, "staff", "Nurse Kim here.", in_reply_to=question.id)
    assert log.replies_to(question.id) == [reply]


def test_nothing_replies_to_a_message_of_another_conversation(log, conversation):
    other, _ = log.start("web")
    question = log.receive(other, "text", "a1").message
    with pytest.raises(NotFound):
        log.add(conversation, "staff", "text", in_reply_to=question.id)


def test_history_has_both_sides_in_order(log, conversation):
    log.add(conversation, "system", "greeting")
    log.receive(conversation, "question", "a1")
    log.add(conversation, "staff", "answer")
    assert [(message.seq, message.text) for message in log.history(conversation)] == [
        (1, "greeting"),
        (2, "question"),
        (3, "answer"),
    ]


def test_history_keeps_its_order_when_the_clock_goes_back(log, conversation, clock):
    log.add(conversation, "system", "first")
    clock.advance(-3600)
    log.add(conversation, "system", "second")
    assert texts(log.history(conversation)) == ["first", "second"]


def test_history_begins_after_a_number_and_ends_at_a_limit(log, conversation):
    for number in range(1, 6):
        log.add(conversation, "system", str(number))
    assert texts(log.history(conversation, after_seq=2)) == ["3", "4", "5"]
    assert texts(log.history(conversation, after_seq=1, limit=2)) == ["2", "3"]


@pytest.mark.parametrize(("after_seq", "found"), [(-(10**30), 1), (10**30, 0), (2**31 - 1, 0)])
def test_history_after_any_number_at_all_is_no_error(log, conversation, after_seq, found):
    log.add(conversation, "system", "text")
    assert len(log.history(conversation, after_seq=after_seq)) == found


def test_history_is_of_one_conversation(log, conversation):
    other, _ = log.start("web")
    log.add(other, "system", "text")
    assert log.history(conversation) == []
    assert log.history("unknown") == []


def test_a_clock_without_a_zone_is_refused(database, clock):
    log = ConversationLog(database, lambda: clock().replace(tzinfo=None))
    with pytest.raises(StatementError, match="has no time zone"):
        log.start("web")


def test_a_field_that_a_newer_version_stored_does_not_stop_the_reader(log, conversation, database):
    message = log.add(conversation, "assistant", "text", buttons=[Button("Yes", "Yes")])
    with database.write() as session:
        session.connection().exec_driver_sql(
            """UPDATE messages SET buttons = '[{"title": "Yes", "value": "Yes", "style": "bold"}]'"""
        )
    assert log.history(conversation) == [replace(message, buttons=(Button("Yes", "Yes"),))]

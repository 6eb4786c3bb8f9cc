import pytest
from sqlalchemy import event
from sqlalchemy.exc import StatementError

from bot.conversations.errors import LeaseLost, NotFound
from bot.conversations.log import ConversationLog
from bot.conversations.records import (
    Alternative,
    BookingStatus,
    Button,
    Clarified,
    Entity,
    Reply,
    Source,
    Understanding,
)
from bot.storage.engine import Database, make_engine

MOMENT = Reply("One moment.", "system")
UNDERSTANDING = Understanding(
    label="rfa_duration",
    topic="rfa_duration",
    confidence=0.8125,
    alternatives=(Alternative("rfa_pain", 0.1), Alternative("stimulator", 0.05)),
    entities=(Entity("treatment", "RFA", 5, 8), Entity("since", "März")),
    action="utter_rfa_duration",
)


@pytest.fixture
def question(log, conversation):
    log.claim(conversation, "one", 30)
    return log.receive(conversation, "Does RFA last?", "a1").message


def texts(messages):
    return [message.text for message in messages]


def the_question(log, conversation):
    return next(message for message in log.history(conversation) if message.author == "visitor")


def test_the_oldest_pending_message_is_next(log, conversation, question):
    log.receive(conversation, "second", "a2")
    assert log.next_pending(conversation) == question
    log.settle(question.id, "one", [Reply("Yes.")])
    assert log.next_pending(conversation).text == "second"


def test_nothing_is_next_where_nothing_waits(log, conversation):
    log.add(conversation, "system", "greeting")
    assert log.next_pending(conversation) is None


def test_settling_stores_the_replies_with_all_that_belongs_to_them(log, conversation, question, clock):
    clock.advance(2)
    replies = [
        Reply(
            "6 to 18 months.", kind="answer", topic="rfa_duration", sources=(Source("rfa.2", "6\N{EN DASH}18 months"),)
        ),
        Reply("Book?", "assistant", "booking", None, (), (Button("Yes", "Yes", "book"),), "confirm"),
        Reply("Booked.", "system", booking=BookingStatus("requested", "PV-1")),
    ]
    written = log.settle(question.id, "one", replies)
    kept = [
        Reply(m.text, m.author, m.kind, m.topic, m.sources, m.buttons, m.asks, m.booking)
        for m in log.history(conversation, after_seq=question.seq)
    ]
    assert kept == replies
    assert written == log.replies_to(question.id) == log.history(conversation, after_seq=question.seq)
    assert [(m.seq, m.in_reply_to, m.created_at) for m in written] == [(n, question.id, clock()) for n in (2, 3, 4)]


def test_settling_stores_what_was_understood_with_the_question(log, conversation, question):
    log.settle(question.id, "one", [Reply("Yes.")], understanding=UNDERSTANDING, model="2026-11", took_ms=120)
    settled = the_question(log, conversation)
    assert (settled.state, settled.understanding, settled.model, settled.took_ms) == (
        "answered",
        UNDERSTANDING,
        "2026-11",
        120,
    )


def test_a_message_can_fail_with_an_honest_reply(log, conversation, question):
    log.settle(question.id, "one", [Reply("Please call us.", "system", "fallback")], state="failed")
    assert the_question(log, conversation).state == "failed"
    assert log.next_pending(conversation) is None


def test_a_message_can_be_settled_without_a_reply(log, conversation, question):
    assert log.settle(question.id, "one", []) == []
    assert len(log.history(conversation)) == 1


def assert_settling_is_refused_and_writes_nothing(log, conversation, question, owner):
    before = log.history(conversation)
    with pytest.raises(LeaseLost):
        log.settle(question.id, owner, [Reply("Yes."), Reply("No.")], understanding=UNDERSTANDING)
    assert log.history(conversation) == before
    assert log.add(conversation, "system", "next").seq == before[-1].seq + 1


def test_who_lost_the_lease_writes_nothing(log, conversation, question, clock):
    clock.advance(30)
    assert log.claim(conversation, "two", 30)
    assert_settling_is_refused_and_writes_nothing(log, conversation, question, "one")


def test_who_gave_the_lease_back_writes_nothing(log, conversation, question):
    log.release(conversation, "one")
    assert_settling_is_refused_and_writes_nothing(log, conversation, question, "one")


def test_who_never_had_the_lease_writes_nothing(log, conversation, question):
    assert_settling_is_refused_and_writes_nothing(log, conversation, question, "two")


def test_a_message_is_settled_once(log, conversation, question):
    log.settle(question.id, "one", [Reply("Yes.")])
    assert_settling_is_refused_and_writes_nothing(log, conversation, question, "one")


def test_a_slow_owner_still_writes_if_nobody_took_the_lease(log, question, clock):
    clock.advance(300)
    assert texts(log.settle(question.id, "one", [Reply("Yes.")])) == ["Yes."]


def test_an_error_half_way_leaves_everything_as_it_was(log, conversation, question):
    before = log.history(conversation)
    unstorable = Reply("No.", sources=(Source("p", float("nan")),))
    with pytest.raises(StatementError):
        log.settle(question.id, "one", [Reply("Yes."), unstorable], understanding=UNDERSTANDING)
    assert log.history(conversation) == before
    assert log.next_pending(conversation) == question


def test_an_erased_message_cannot_be_settled(log, conversation, question):
    log.erase(conversation)
    with pytest.raises(NotFound):
        log.settle(question.id, "one", [Reply("Yes.")])


def test_attempts_are_counted(log, conversation, question):
    assert [log.note_attempt(question.id) for _ in range(3)] == [1, 2, 3]
    assert the_question(log, conversation).attempts == 3


def test_attempts_at_an_unknown_message_are_not_counted(log):
    with pytest.raises(NotFound):
        log.note_attempt("unknown")


def test_a_pending_message_is_acknowledged_once(log, question):
    first = log.acknowledge_once(question.id, MOMENT)
    assert texts(first) == ["One moment."]
    assert log.acknowledge_once(question.id, MOMENT) == first


def test_the_answer_follows_the_acknowledgement(log, question):
    log.acknowledge_once(question.id, MOMENT)
    log.settle(question.id, "one", [Reply("Yes.")])
    assert texts(log.replies_to(question.id)) == ["One moment.", "Yes."]


def test_an_answered_message_is_not_acknowledged(log, question):
    answer = log.settle(question.id, "one", [Reply("Yes.")])
    assert log.acknowledge_once(question.id, MOMENT) == answer


def test_a_message_settled_without_a_reply_is_not_acknowledged(log, question):
    log.settle(question.id, "one", [])
    assert log.acknowledge_once(question.id, MOMENT) == []


def test_an_unknown_message_is_not_acknowledged(log):
    with pytest.raises(NotFound):
        log.acknowledge_once("unknown", MOMENT)


def test_an_unknown_message_has_no_replies(log):
    assert log.replies_to("unknown") == []
    assert log.replies_to("\x00") == []


@pytest.mark.parametrize("look_up", ["next_pending", "waiting_conversations"])
def test_pending_messages_are_found_by_their_own_index(sqlite_url, look_up):
    engine = make_engine(sqlite_url)
    log = ConversationLog(Database(engine))
    sent = []
    event.listen(engine, "before_cursor_execute", lambda _link, _cursor, *statement: sent.append(statement[:2]))
    getattr(log, look_up)("1")
    (statement, parameters), *_ = [words for words in sent if words[0].startswith("SELECT")]
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "ix_messages_pending" in str(plan)
    engine.dispose()


def test_a_choice_labels_the_unclear_message_of_the_same_conversation(log, conversation, question):
    log.settle(question.id, "one", [Reply("Which of these?", kind="clarify")])
    choice = log.receive(conversation, "RFA", "a2").message
    log.settle(choice.id, "one", [Reply("RFA …")], clarified=Clarified(question.id, "rfa"))
    assert log.label_of(question.id) == Clarified(question.id, "rfa")
    assert log.label_of(choice.id) is None


def test_a_label_of_another_conversations_message_is_dropped(log, question):
    other = log.start("web")[0]
    log.claim(other, "one", 30)
    stranger = log.receive(other, "RFA", "b1").message
    log.settle(stranger.id, "one", [Reply("RFA …")], clarified=Clarified(question.id, "rfa"))
    log.settle(question.id, "one", [Reply("…")], clarified=Clarified("no such message", "rfa"))
    assert log.label_of(question.id) is None


def test_none_of_those_offered_is_a_label_too_and_the_latest_counts(log, conversation, question):
    log.settle(question.id, "one", [Reply("Which of these?", kind="clarify")])
    for number, topic in enumerate(["rfa", None]):
        again = log.receive(conversation, "…", f"c{number}").message
        log.settle(again.id, "one", [Reply("…")], clarified=Clarified(question.id, topic))
    assert log.label_of(question.id) == Clarified(question.id, None)
    log.erase(conversation)
    assert log.label_of(question.id) is None

from __future__ import annotations

import pytest
from gateway.local_server import until

from bot.conversations.models import FeedbackRow
from bot.storage.engine import Database, make_engine


def ratings(gateway, message_id):
    """What the log keeps about a message."""
    database = Database(make_engine(gateway.settings.database))
    with database.read() as session:
        row = session.get(FeedbackRow, message_id)
        kept = None if row is None else (row.helpful, row.comment)
    database.close()
    return kept


def test_a_rating_gives_204_and_is_kept(gateway, visitor):
    (reply,) = visitor.say("How long does RFA last?")
    answer = visitor.rate(reply["id"], helpful=True, comment="Thank you!")
    assert (answer.status_code, answer.content) == (204, b"")
    assert ratings(gateway, reply["id"]) == (True, "Thank you!")


def test_a_second_rating_replaces_the_first(gateway, visitor):
    (reply,) = visitor.say("How long does RFA last?")
    visitor.rate(reply["id"], helpful=True, comment="Thank you!")
    assert visitor.rate(reply["id"], helpful=False).status_code == 204
    assert ratings(gateway, reply["id"]) == (False, None)


def test_a_message_of_another_conversation_cannot_be_rated(gateway, visitor):
    (reply,) = visitor.say("How long does RFA last?")
    answer = gateway.new_visitor().rate(reply["id"], helpful=False)
    assert answer.status_code == 404
    assert ratings(gateway, reply["id"]) is None


def test_what_is_no_reply_cannot_be_rated(visitor):
    visitor.say("How long does RFA last?")
    own = visitor.history()[1]["id"]
    assert [visitor.rate(message, helpful=True).status_code for message in (own, "01J0", own.lower())] == [404] * 3


@pytest.mark.parametrize("body", [{}, {"helpful": "perhaps"}, {"helpful": True, "comment": "x" * 2001}])
def test_a_rating_without_sense_is_refused(visitor, body):
    message_id = visitor.started["messages"][0]["id"]
    answer = visitor.http.post(f"{visitor.path}/messages/{message_id}/feedback", json=body)
    assert answer.status_code == 422


def test_erasing_removes_the_conversation_from_the_log_and_from_the_assistant(gateway, visitor, assistant):
    (reply,) = visitor.say("How long does RFA last?")
    visitor.rate(reply["id"], helpful=True)
    answer = visitor.erase()
    assert (answer.status_code, answer.content) == (204, b"")
    assert not gateway.log.exists(visitor.id)
    assert gateway.log.history(visitor.id) == []
    assert ratings(gateway, reply["id"]) is None
    assert assistant.history(visitor.id)[-1] == "forgotten"


def test_an_erased_conversation_is_not_found_any_more(visitor):
    message_id = visitor.started["messages"][0]["id"]
    visitor.erase()
    answers = [
        visitor.http.get(f"{visitor.path}/messages"),
        visitor.http.get(f"{visitor.path}/events"),
        visitor.post("Are you there?"),
        visitor.rate(message_id, helpful=True),
        visitor.erase(),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


def test_erasing_one_conversation_leaves_the_others(gateway, visitor):
    other = gateway.new_visitor()
    other.say("How long does RFA last?")
    visitor.erase()
    assert len(other.history()) == 3


def test_while_the_assistant_cannot_erase_the_conversation_stays(absent_assistant, serve):
    with serve(absent_assistant) as gateway:
        visitor = gateway.new_visitor()
        answer = visitor.erase()
        assert answer.status_code == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) >= 1
        assert len(visitor.history()) == 1


def test_what_the_assistant_learns_in_a_turn_under_way_is_erased_as_well(visitor, assistant):
    with assistant.holding_turns():
        saying = visitor.post_in_background("My name is Jo. How long does RFA last?")
        assistant.until_asked(visitor.id)
        assert visitor.erase().status_code == 204
    until(lambda: len(assistant.history(visitor.id)) == 4)
    assert assistant.history(visitor.id) == ["turn begun", "forgotten", "turn ended", "forgotten"]
    assert saying.result().status_code == 404


def test_who_waits_for_a_reply_learns_at_once_that_the_conversation_is_erased(visitor, assistant):
    with assistant.holding_turns():
        saying = visitor.post_in_background("How long does RFA last?")
        assistant.until_asked(visitor.id)
        visitor.erase()
        assert saying.result(timeout=2).status_code == 404

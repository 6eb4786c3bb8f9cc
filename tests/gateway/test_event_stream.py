"""The conversation, live: GET /api/conversations/{id}/events."""

from __future__ import annotations

import pytest


def test_both_sides_messages_come_as_events(visitor):
    with visitor.follow() as events:
        assert next(events).data == visitor.started["messages"][0]
        visitor.say("How long does RFA last?")
        question, answer = next(events), next(events)
    assert [question.data, answer.data] == visitor.history(after=1)
    assert [event.name for event in (question, answer)] == ["message", "message"]
    assert [event.id for event in (question, answer)] == ["2", "3"]


def test_what_staff_write_comes_as_an_event(gateway, visitor):
    with visitor.follow(after=1) as events:
        written = gateway.log.add(visitor.id, "staff", "This is Dr. Lee. May I help?")
        event = next(events)
    assert (event.data["id"], event.data["author"]) == (written.id, "staff")


def test_the_stream_begins_after_the_number_that_is_asked_for(visitor):
    visitor.say("How long does RFA last?")
    with visitor.follow(after=2) as events:
        assert next(events).id == "3"


def test_a_client_that_reconnects_misses_nothing_and_gets_nothing_twice(visitor):
    with visitor.follow() as events:
        last = next(events).id
    visitor.say("How long does RFA last?")
    with visitor.follow(**{"Last-Event-ID": last}) as events:
        assert [next(events).id, next(events).id] == ["2", "3"]


def test_of_two_numbers_the_later_counts(visitor):
    visitor.say("How long does RFA last?")
    with visitor.follow(after=1, **{"Last-Event-ID": "2"}) as events:
        assert next(events).id == "3"
    with visitor.follow(after=2, **{"Last-Event-ID": "1"}) as events:
        assert next(events).id == "3"


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 4000, "\u00b2", "0x1"])
def test_a_last_event_id_of_someone_else_is_passed_over(visitor, last):
    with visitor.follow(**{"Last-Event-ID": last.encode("latin-1")}) as events:
        assert next(events).id == "1"


def test_the_stream_ends_when_the_conversation_is_erased(visitor):
    with visitor.follow() as events:
        next(events)
        assert visitor.erase().status_code == 204
        assert list(events) == []


def test_two_tabs_both_get_everything(visitor):
    with visitor.follow(after=1) as one, visitor.follow(after=1) as two:
        visitor.say("How long does RFA last?")
        assert [next(one).id, next(one).id] == [next(two).id, next(two).id] == ["2", "3"]


def test_text_with_ends_of_lines_of_any_kind_arrives_whole(visitor):
    text = "a\nb\rc\r\nd\x0be\x0cf\x1cg\x85h\u2028i\u2029j\n\nevent: other\ndata: {}\n\n"
    with visitor.follow(after=1) as events:
        visitor.say(text)
        assert next(events).data["text"] == text


def test_the_stream_is_not_cached_or_buffered(visitor):
    with visitor.http.stream("GET", f"{visitor.path}/events") as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Accel-Buffering"] == "no"


def test_with_a_wrong_token_there_is_no_stream(visitor):
    answer = visitor.http.get(f"{visitor.path}/events", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"

"""Search on both databases: words, filters, pages; erased words are gone; what is found stays fast."""

from __future__ import annotations

from datetime import timedelta

import pytest
from console.conftest import DANA
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bench.search import fill, measure
from bot.console.filters import Filters
from bot.console.notes import Notes
from bot.console.overview import Overview
from bot.console.queues import QueueDesk
from bot.console.search import Search
from bot.console.takeover import TakeOver
from bot.conversations.errors import NotFound
from bot.conversations.records import AtOnce, RaisedAlarm, Reply, Staff, Understanding

ALARM = AtOnce((Reply("Call 911.", kind="emergency"),), RaisedAlarm("emergency", "cauda_equina", "en", ("rule",)))


# How many conversations are looked through first, and how many rows count as few.
WAYS = {"by few": (1000, 2000), "among the latest": (1000, 0), "farther away": (1, 0)}


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def search(database, request, monkeypatch):
    near, few = request.param
    monkeypatch.setattr("bot.console.search._NEAR", near)
    monkeypatch.setattr("bot.console.search._FARTHER", 3)
    monkeypatch.setattr("bot.console.matching.FEW", few)
    return Search(database)


@pytest.fixture
def queues(database, clock):
    return QueueDesk(database, clock)


def found(search, place="", size=25, **filters):
    page = search.page(Filters.of(filters), place, size=size)
    return [each.id for each in page.found]


def answered(log, conversation, text, *replies, confidence=0.9, **receiving):
    message = log.receive(conversation, text, f"{len(log.history(conversation))}", **receiving).message
    log.claim(conversation, "worker", 60)
    log.settle(message.id, "worker", replies, understanding=Understanding(topic="rfa", confidence=confidence))
    return message


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("injection", True),
        ("INJECT", True),
        ("back injections", True),
        ("nobody", True),
        ("jection", False),
        ("injection elephant", False),
        ("s1", True),
        ("o'brien", True),
        ('"', True),
        ("' OR 1=1 --", False),
        ("injection:*", True),
        ("NEAR(", False),
    ],
)
def test_words_are_found_in_all_messages_together_whole_or_by_their_beginning(log, search, words, is_found):
    conversation = log.start("web")[0]
    log.receive(conversation, "I had injections at L5-S1, says O'Brien.", "1")
    log.add(conversation, "assistant", "Nobody knows your back.")
    assert found(search, words=words) == ([conversation] if is_found else [])


def test_every_filter_finds_what_it_names_and_nothing_else(log, search, database, clock):
    plain = log.start("web")[0]
    answered(log, plain, "Hello", Reply("Hi", kind="smalltalk"), triage={"language": "en", "level": "none"})
    clock.time += timedelta(days=3)
    special = log.start("sms")[0]
    message = answered(
        log, special, "Hola", Reply("RFA.", kind="answer", topic="rfa"), confidence=0.2, triage={"language": "es"}
    )
    (reply,) = log.replies_to(message.id)
    log.rate(reply.id, special, helpful=False)
    log.receive(special, "Emergency", "e", decide=lambda _: ALARM)
    Notes(database, clock).add(DANA, special, "A note")
    TakeOver(database, None, lambda *_: None, clock).take(DANA, special, Staff("Dana"))
    day = clock.time.date().isoformat()
    for filters in (
        {"channel": "sms"},
        {"language": "es"},
        {"topic": "rfa"},
        {"kind": "answer"},
        {"below": "0.3"},
        {"rating": "down"},
        {"queue": "thumbs_down"},
        {"queue": "alarm"},
        {"queue": "low_confidence"},
        {"flag": "alarm"},
        {"flag": "emergency"},
        {"flag": "with_a_person"},
        {"flag": "noted"},
        {"staff": "dana"},
        {"since": day},
        {"since": day, "until": day},
        {"words": "emerg", "channel": "sms", "language": "en"},
    ):
        expected = [] if filters.get("language") == "en" else [special]
        assert found(search, **filters) == expected, filters
    assert found(search, flag="crisis") == found(search, rating="up") == []
    assert found(search, until="2026-11-25") == [plain]


def test_a_day_between_two_messages_is_not_one_of_activity(log, search, conversation, clock):
    log.receive(conversation, "First", "1")
    clock.time += timedelta(days=4)
    log.receive(conversation, "Second", "2")
    assert found(search, since="2026-11-29", until="2026-11-29") == [conversation]
    assert found(search, since="2026-11-25", until="2026-11-25") == [conversation]
    assert found(search, since="2026-11-27", until="2026-11-27") == []


def test_pages_follow_one_another_without_gap_or_repeat(log, search, clock):
    made = []
    for number in range(23):
        clock.time += timedelta(seconds=number % 3)  # some of the same moment
        made.append(log.start("web")[0])
        log.receive(made[-1], "pain", "1")
    seen, place = [], ""
    while True:
        page = search.page(Filters.of({"words": "pain"}), place, size=5)
        seen += [each.id for each in page.found]
        place = page.next
        if not place:
            break
    assert sorted(seen) == sorted(made)


def test_erased_words_are_found_no_more_and_leave_the_index(log, search, database):
    kept, gone = log.start("web")[0], log.start("web")[0]
    for conversation in (kept, gone):
        log.receive(conversation, "xylophone", "1")
    log.receive(gone, "glockenspiel", "2")
    log.erase(gone)
    search.tidy()
    assert found(search, words="xylophone") == [kept]
    assert found(search, words="glockenspiel") == []
    if database._engine.dialect.name == "sqlite":
        with database.read() as session:
            blocks = session.execute(text("SELECT block FROM message_words_data")).scalars()
            assert not any(b"glockenspiel" in block for block in blocks)


def test_a_message_far_too_long_for_the_index_is_written_all_the_same(log, search, conversation):
    log.receive(conversation, "fiddle", "1")
    log.receive(conversation, " ".join(f"word{number}x{number}" for number in range(150_000)), "2")
    assert len(log.history(conversation)) == 2
    assert found(search, words="fiddle") == [conversation]


@given(st.dictionaries(st.sampled_from(["words", "topic", "since", "staff", "below", "queue", "x"]), st.text()))
def test_an_address_is_read_back_as_it_was_written(values):
    from urllib.parse import parse_qsl

    filters = Filters.of(values)
    assert Filters.of(dict(parse_qsl(filters.query()))) == filters


@pytest.mark.parametrize("words", ["\x00", "'", '"*', "a" * 3000, "ö̈", "١٢٣", "AND OR NOT", "\\", "%", "🙂"])
def test_no_words_are_an_error(search, log, conversation, words):
    log.receive(conversation, words, "1")
    found(search, words=words)


def test_the_list_shows_nobodys_name(log, database, book, conversation):
    log.receive(conversation, "My name is Wilhelmina Quackenbush, call (503) 555-0142", "1")
    spoken = Overview(database, book).of([conversation])[conversation]
    assert "Quackenbush" not in spoken.preview(("quackenbush",))
    assert "555" not in spoken.preview()


def test_searching_among_many_is_quick(database):
    fill(database, 20_000)
    took = measure(database, 3)
    slow = {query: min(seconds) for query, seconds in took.items() if min(seconds) > 0.6}
    assert slow == {}


# ---- queues ----


def test_replies_ratings_and_near_misses_fill_the_queues(log, queues, conversation):
    answered(log, conversation, "a", Reply("x", kind="fallback"), Reply("y", kind="clarify"), confidence=0.2)
    answered(log, conversation, "b", Reply("x", kind="refusal", topic="not_in_source"), Reply("y", kind="handoff"))
    answered(log, conversation, "c", Reply("x", kind="answer"), triage={"level": "none", "nearness": 0.4})
    log.rate(log.history(conversation)[-1].id, conversation, helpful=False)
    log.receive(conversation, "d", "d", decide=lambda _: ALARM)
    counts = queues.counts()
    assert list(counts) == [
        *("alarm", "booking", "person", "failed", "thumbs_down", "near_miss"),
        *("low_confidence", "did_you_mean", "unanswered"),
    ]
    assert counts == {**dict.fromkeys(counts, 1), "booking": 0}


def test_what_is_done_leaves_and_comes_back_with_something_new(log, queues, conversation, clock):
    answered(log, conversation, "a", Reply("x", kind="fallback"))
    queues.finish(DANA, conversation, "failed", "Looked at it")
    assert queues.items("failed") == []
    with pytest.raises(NotFound):
        queues.finish(DANA, conversation, "failed")
    clock.time += timedelta(minutes=1)
    answered(log, conversation, "b", Reply("x", kind="fallback"))
    (item,) = queues.items("failed")
    assert (item.times, item.seen_by, item.note) == (2, None, "Looked at it")


def test_a_changed_mind_takes_the_thumb_back(log, queues, conversation):
    answered(log, conversation, "a", Reply("x", kind="answer"))
    reply = log.history(conversation)[-1].id
    log.rate(reply, conversation, helpful=False)
    log.rate(reply, conversation, helpful=True)
    assert queues.counts()["thumbs_down"] == 0


def test_an_alarm_seen_on_the_command_line_leaves_its_queue(log, queues, conversation):
    log.receive(conversation, "d", "d", decide=lambda _: ALARM)
    (alarm,) = log.alarms_of(conversation)
    log.see_alarm(alarm.id)
    assert queues.counts()["alarm"] == 0


def test_what_nobody_has_seen_comes_first_and_of_it_the_longest_waiting(log, queues, clock):
    made = []
    for _ in range(3):
        clock.time += timedelta(minutes=1)
        made.append(log.start("web")[0])
        answered(log, made[-1], "a", Reply("x", kind="handoff"))
    queues.see(DANA, made[0], "person")
    assert [each.conversation_id for each in queues.items("person")] == [made[1], made[2], made[0]]

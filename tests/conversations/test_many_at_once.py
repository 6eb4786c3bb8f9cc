import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import pytest
from database_processes import Process

from bot.conversations.errors import LeaseLost
from bot.conversations.log import ConversationLog
from bot.conversations.records import Reply
from bot.storage.engine import Database, make_engine


def at_once(count, work):
    """What the work returns, or how it fails, for each number: all begin together."""
    start = Barrier(count)

    def run(number):
        start.wait(10)
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_one_client_id_from_many_threads_makes_one_message(log, conversation):
    found = at_once(16, lambda number: log.receive(conversation, f"text {number}", "a1"))
    assert [received.is_new for received in found].count(True) == 1
    assert len({received.message for received in found}) == 1
    assert [message.seq for message in log.history(conversation)] == [1]


def test_one_client_id_from_several_processes_makes_one_message(log, conversation, database_url, processes):
    said = processes.at_once(*[("receive", database_url, conversation, "a1")] * processes.count)
    (message,) = log.history(conversation)
    assert sorted(said) == [f"{message.id} False"] * (processes.count - 1) + [f"{message.id} True"]


def test_numbers_have_no_gaps_and_no_doubles(log, conversation):
    def write(number):
        for turn in range(5):
            log.receive(conversation, "text", f"{number}-{turn}")
            log.receive(conversation, "text", f"{number}-{turn}")
            log.add(conversation, "system", "text")

    assert at_once(8, write) == [None] * 8
    assert [message.seq for message in log.history(conversation)] == list(range(1, 81))


def test_of_many_threads_one_gets_the_lease(log, conversation):
    for round_ in range(5):
        owners = at_once(16, lambda number, turn=round_: log.claim(conversation, f"{turn}-{number}", 30) and number)
        winners = [number for number in owners if number is not False]
        assert len(winners) == 1
        log.release(conversation, f"{round_}-{winners[0]}")


def test_of_several_processes_one_gets_the_lease(conversation, database_url, processes):
    said = processes.at_once(*[("claim", database_url, conversation, f"owner {n}") for n in range(processes.count)])
    assert sorted(said) == ["False"] * (processes.count - 1) + ["True"]


def test_a_message_is_answered_once_however_many_try(log, conversation):
    question = log.receive(conversation, "text", "a1").message
    log.claim(conversation, "one", 30)
    endings = at_once(8, lambda number: log.settle(question.id, "one", [Reply(str(number))]))
    assert sum(isinstance(ending, list) for ending in endings) == 1
    assert sum(isinstance(ending, LeaseLost) for ending in endings) == 7
    assert len(log.replies_to(question.id)) == 1


def test_a_message_is_acknowledged_once_however_many_try(log, conversation):
    question = log.receive(conversation, "text", "a1").message
    replies = at_once(8, lambda _: log.acknowledge_once(question.id, Reply("One moment.")))
    assert replies == [log.replies_to(question.id)] * 8
    assert len(replies[0]) == 1


def test_attempts_counted_at_once_are_all_counted(log, conversation):
    question = log.receive(conversation, "text", "a1").message
    assert sorted(at_once(8, lambda _: log.note_attempt(question.id))) == list(range(1, 9))


def test_erasing_while_others_write_and_settle_ends_in_nothing(log):
    for _ in range(3):
        conversation, _token = log.start("web")
        question = log.receive(conversation, "text", "a1").message
        log.claim(conversation, "one", 30)
        work = [
            lambda c=conversation: log.receive(c, "text", "a2"),
            lambda m=question.id: log.settle(m, "one", [Reply("Yes.")]),
            lambda m=question.id: log.acknowledge_once(m, Reply("One moment.")),
            lambda c=conversation: log.erase(c),
        ]
        endings = at_once(4, lambda number, work=work: work[number]())
        assert {type(ending).__name__ for ending in endings[:3]} <= {"Received", "list", "NotFound"}
        assert endings[3] is True
        assert log.history(conversation) == []


@pytest.mark.timeout(60)
def test_what_was_received_outlives_the_process_that_received_it(log, conversation, database_url):
    with Process() as writer:
        writer.tell("write", database_url, conversation)
        assert writer.said() == "ready"
        writer.tell("go")
        told = [writer.said() for _ in range(25)]
        writer.popen.send_signal(signal.SIGKILL)
        told += writer.popen.stdout.read().split()
    with closing(Database(make_engine(database_url))) as again:
        kept = ConversationLog(again).history(conversation)
    assert [message.id for message in kept][: len(told)] == told
    assert len(told) <= len(kept) <= len(told) + 1
    assert [message.seq for message in kept] == list(range(1, len(kept) + 1))
    assert log.receive(conversation, "text", "after").message.seq == len(kept) + 1

import sqlite3
from contextlib import closing
from threading import Thread

import pytest
from sqlalchemy import func, select

from bot.conversations.errors import NotFound
from bot.conversations.log import ConversationLog
from bot.conversations.models import ConversationRow, FeedbackRow, MessageRow
from bot.conversations.records import Reply
from bot.storage.engine import Database, make_engine


def ratings(database):
    with database.read() as session:
        return [tuple(row) for row in session.execute(select(FeedbackRow.__table__))]


def rows(database):
    with database.read() as session:
        tables = (ConversationRow, MessageRow, FeedbackRow)
        return [session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def filled(log):
    conversation, token = log.start("web")
    log.claim(conversation, "one", 30)
    question = log.receive(conversation, "question", "a1").message
    (answer,) = log.settle(question.id, "one", [Reply("answer")])
    log.add(conversation, "staff", "one more thing", in_reply_to=answer.id)
    log.rate(answer.id, conversation, helpful=True)
    return conversation, token


@pytest.mark.parametrize("author", ["assistant", "staff"])
def test_a_reply_can_be_rated(log, conversation, database, clock, author):
    message = log.add(conversation, author, "text")
    log.rate(message.id, conversation, helpful=False, comment="not my question \x00")
    assert ratings(database) == [(message.id, False, "not my question \N{REPLACEMENT CHARACTER}", clock())]


def test_the_last_rating_of_a_message_holds(log, conversation, database, clock):
    message = log.add(conversation, "assistant", "text")
    log.rate(message.id, conversation, helpful=False, comment="why?")
    clock.advance(5)
    log.rate(message.id, conversation, helpful=True)
    assert ratings(database) == [(message.id, True, None, clock())]


def test_ratings_at_the_same_moment_leave_one(log, conversation, database):
    message = log.add(conversation, "assistant", "text")
    failed = []

    def rate():
        try:
            log.rate(message.id, conversation, helpful=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            failed.append(error)

    threads = [Thread(target=rate) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, len(ratings(database))) == ([], 1)


def test_a_visitors_own_message_and_a_notice_cannot_be_rated(log, conversation):
    own = log.receive(conversation, "text", "a1").message
    notice = log.add(conversation, "system", "text")
    for message in (own, notice):
        with pytest.raises(NotFound):
            log.rate(message.id, conversation, helpful=True)


def test_a_message_of_another_conversation_cannot_be_rated(log, conversation, database):
    other, _ = log.start("web")
    message = log.add(other, "assistant", "text")
    for message_id in (message.id, "unknown", "\x00"):
        with pytest.raises(NotFound):
            log.rate(message_id, conversation, helpful=True)
    assert ratings(database) == []


def test_erasing_removes_every_row_of_the_conversation(log, database):
    conversation, token = filled(log)
    assert rows(database) == [1, 3, 1]
    assert log.erase(conversation)
    assert rows(database) == [0, 0, 0]
    assert not log.owns(conversation, token)
    assert log.history(conversation) == []


def test_erasing_leaves_other_conversations_alone(log, database):
    erased, _ = filled(log)
    filled(log)
    log.erase(erased)
    assert rows(database) == [1, 3, 1]


def test_what_does_not_exist_is_not_erased(log, conversation):
    assert log.erase(conversation)
    assert not log.erase(conversation)
    assert not log.erase("unknown")


def test_erased_words_cannot_be_read_from_the_file_afterwards(sqlite_url):
    words = "the pain began after my divorce"
    path = sqlite_url.removeprefix("sqlite:///")

    def is_in_file():
        with closing(sqlite3.connect(path)) as link:
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(path, "rb") as file:  # noqa: PTH123 - the bytes, whatever they are
            return words.encode() in file.read()

    with closing(Database(make_engine(sqlite_url))) as database:
        log = ConversationLog(database)
        conversation, _ = log.start("web")
        log.receive(conversation, words, "a1")
        assert is_in_file()
        log.erase(conversation)
    assert not is_in_file()

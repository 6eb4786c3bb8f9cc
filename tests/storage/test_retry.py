import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.storage.engine import Database, make_engine
from bot.storage.retry import PAUSES, is_passing, retried, try_again


class Driver(Exception):  # noqa: N818 - a driver's error, made up
    def __init__(self, code):
        super().__init__(code)
        self.pgcode = code


def refusal(code):
    return OperationalError("UPDATE", {}, Driver(code))


class Work:
    def __init__(self, *errors):
        self.errors = list(errors)
        self.times = 0
        self.pauses = []
        self.sleep = self.pauses.append

    @retried
    def do(self, word, *, ending):
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return word + ending


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_transaction_undone_for_anothers_sake_is_done_again(code):
    work = Work(refusal(code))
    assert work.do("do", ending="ne") == "done"
    assert (work.times, work.pauses) == (2, [PAUSES[0]])


def test_it_is_given_up_after_four_times():
    work = Work(*[refusal("40P01")] * 9)
    with pytest.raises(OperationalError):
        work.do("do", ending="ne")
    assert (work.times, work.pauses) == (4, list(PAUSES))


@pytest.mark.parametrize("error", [refusal("23505"), refusal(None), ValueError()])
def test_any_other_error_comes_through_at_once(error):
    work = Work(error)
    with pytest.raises(type(error)):
        work.do("do", ending="ne")
    assert (work.times, work.pauses) == (1, [])


def test_a_locked_sqlite_file_passes_and_a_missing_table_does_not(tmp_path):
    def error_of(connection, statement):
        with pytest.raises(sqlite3.OperationalError) as raised:
            connection.execute(statement)
        return DBAPIError(statement, {}, raised.value)

    path = tmp_path / "file.sqlite3"
    with closing(sqlite3.connect(path)) as first, closing(sqlite3.connect(path, timeout=0)) as second:
        first.execute("BEGIN IMMEDIATE")
        assert is_passing(error_of(second, "BEGIN IMMEDIATE"))
        assert not is_passing(error_of(first, "SELECT * FROM absent"))


def test_two_transactions_that_wait_for_each_other_both_end_well(postgresql_url):
    database = Database(make_engine(postgresql_url))
    with database.write() as session:
        session.execute(text("CREATE TABLE counters AS SELECT * FROM (VALUES (1, 0), (2, 0)) AS made (id, n)"))
    both_have_one = threading.Barrier(2)
    pauses = []

    def count(first, second):
        tries = []

        def transaction():
            tries.append(1)
            with database.write() as session:
                session.execute(text("UPDATE counters SET n = n + 1 WHERE id = :id"), {"id": first})
                if len(tries) == 1:
                    both_have_one.wait(10)
                session.execute(text("UPDATE counters SET n = n + 1 WHERE id = :id"), {"id": second})

        try_again(transaction, pauses.append)

    threads = [threading.Thread(target=count, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.execute(text("SELECT n FROM counters")).scalars().all() == [2, 2]
    with database.write() as session:
        session.execute(text("DROP TABLE counters"))
    assert pauses
    database.close()

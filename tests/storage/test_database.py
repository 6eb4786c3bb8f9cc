import traceback
from contextlib import closing

import psycopg2
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.conversations.log import ConversationLog
from bot.conversations.models import ConversationRow
from bot.errors import ConfigurationError
from bot.storage import engine as engine_module
from bot.storage.engine import Database, make_engine

SECRET = "geheim"
COUNT = select(func.count()).select_from(ConversationRow)


def count(database):
    with database.read() as session:
        return session.execute(COUNT).scalar_one()


def insert(session, name="one"):
    statement = text(
        "INSERT INTO conversations (id, token_hash, channel, created_at, last_activity_at, last_seq)"
        " VALUES (:name, :name, 'web', '2026-11-22 07:00:00.000000', '2026-11-22 07:00:00.000000', 0)"
    )
    session.execute(statement, {"name": name})


def insert_twice(session):
    insert(session)
    insert(session)


def failure(url):
    with pytest.raises(ConfigurationError) as raised, closing(Database(make_engine(url))) as database, database.read():
        pass
    return str(raised.value), "".join(traceback.format_exception(raised.value))


def test_what_is_written_is_there_afterwards(database):
    with database.write() as session:
        insert(session)
    assert count(database) == 1


def test_an_error_in_the_block_undoes_all_that_was_written(database):
    with pytest.raises(IntegrityError), database.write() as session:
        insert_twice(session)
    assert count(database) == 0


def test_nothing_written_while_reading_is_kept(database):
    with database.read() as session:
        insert(session)
    assert count(database) == 0


def test_reading_does_not_wait_for_a_writer_and_sees_what_was_committed(database):
    with database.write() as session:
        insert(session)
        assert count(database) == 0
    assert count(database) == 1


def test_sqlite_keeps_a_log_syncs_fully_waits_and_holds_references(sqlite_url):
    database = Database(make_engine(sqlite_url))
    with database.read() as session:
        values = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        }
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "secure_delete": 1,
    }
    database.close()


def test_a_transaction_of_postgresql_is_read_committed(postgresql_url):
    with closing(Database(make_engine(postgresql_url))) as database, database.write() as session:
        assert session.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"


def test_a_writer_in_another_process_is_waited_for_and_then_reported_as_busy(sqlite_url, monkeypatch):
    monkeypatch.setattr(engine_module, "WAIT_SECONDS", 0.01)
    here, elsewhere = Database(make_engine(sqlite_url)), Database(make_engine(sqlite_url))
    with elsewhere.write(), pytest.raises(OperationalError, match="locked"), here.write():
        pass
    with here.write() as session:
        insert(session)
    assert count(here) == 1
    here.close()
    elsewhere.close()


def test_the_log_tries_again_while_another_process_writes(sqlite_url, monkeypatch):
    monkeypatch.setattr(engine_module, "WAIT_SECONDS", 0.01)
    here, elsewhere = Database(make_engine(sqlite_url)), make_engine(sqlite_url).raw_connection()
    elsewhere.execute("BEGIN IMMEDIATE")
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        elsewhere.rollback()

    ConversationLog(here, sleep=sleep).start("web")
    assert (len(pauses), count(here)) == (1, 1)
    here.close()


@pytest.mark.parametrize(
    "url",
    [
        SECRET,
        f"postgresql://user:{SECRET}@host:{SECRET}/name",
        f"postgresql://user:{SECRET}@[host/name",
        f"postgres://user:{SECRET}@host/name",
        f"postgresql+asyncpg://user:{SECRET}@host/name",
        f"mysql://user:{SECRET}@host/name",
        f"postgresql://user:{SECRET}@127.0.0.1:1/name",
        f"postgresql://user:{SECRET}@127.0.0.1:1/name?no_such_option=1",
    ],
)
def test_a_wrong_address_is_named_without_the_password(url):
    message, everything = failure(url)
    assert "DATABASE_URL" in message
    assert SECRET not in everything


def test_a_database_that_is_not_there_is_named(postgresql_server):
    url = f"postgresql://postgres:{SECRET}@127.0.0.1:{postgresql_server.port}/absent"
    message, everything = failure(url)
    assert "DATABASE_URL" in message
    assert "'absent'" in message
    assert SECRET not in everything


def test_a_missing_folder_is_named(tmp_path):
    message, _ = failure(f"sqlite:///{tmp_path}/absent/log.sqlite3")
    assert "DATABASE_URL" in message
    assert "absent/log.sqlite3" in message


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear clinic, " * 100)
    message, _ = failure(f"sqlite:///{tmp_path}/letter.txt")
    assert "letter.txt" in message
    assert "not a database" in message


def test_a_database_in_memory_is_refused():
    assert "DATABASE_URL" in failure("sqlite://")[0]


def test_a_connection_that_the_server_closed_is_replaced(postgresql_url):
    database = Database(make_engine(postgresql_url))
    assert count(database) == 0
    with closing(psycopg2.connect(postgresql_url)) as operator:
        operator.autocommit = True
        operator.cursor().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert count(database) == 0
    database.close()

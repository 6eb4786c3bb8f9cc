import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Text, inspect, text

from bot.conversations.log import ConversationLog
from bot.errors import ConfigurationError
from bot.settings import Settings
from bot.storage.base import Base
from bot.storage.engine import Database, make_engine
from bot.storage.migrate import alembic_config, migrating, upgrade

TABLES = {
    *("alembic_version", "conversations", "messages", "feedback", "labels", "triage", "alarms", "notices"),
    *("appointments", "appointment_changes", "booking_keys", "booking_attempts"),
    *("staff", "staff_recovery_codes", "staff_sessions", "staff_sign_ons", "staff_failures", "audit_log"),
    *("phones", "phone_conversations", "phone_consents", "texts_in", "texts_out", "text_offers", "phone_codes"),
    *("conversation_facts", "conversation_charges", "staff_messages", "queue_items", "conversation_notes"),
    *("blocked_times", "message_words"),
    *("appointment_handling", "changed_hours", "message_labels", "carried_messages"),
}
DEFINITIONS = {
    "sqlite": "SELECT name, sql FROM sqlite_master",
    "postgresql": (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " UNION SELECT table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '')"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    ),
}


@pytest.fixture
def engine(empty_database_url):
    engine = make_engine(empty_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_url):
    engine = make_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def settings(empty_database_url):
    return Settings(database_url=empty_database_url)


def tables(engine):
    # Beside message_words, SQLite shows the tables in which it keeps that index.
    return {name for name in inspect(engine).get_table_names() if not name.startswith("message_words_")}


def is_modelled(name, kind, _parents):
    return kind != "table" or not name.startswith("message_words")


def definitions(engine):
    with engine.connect() as connection:
        rows = connection.execute(text(DEFINITIONS[engine.dialect.name])).all()
    # SQLite keeps the statement: a line for each column and constraint, whose order says nothing.
    return {name: sorted(line.strip(" ,\t") for line in (sql or "").splitlines()) for name, sql in rows}


def test_the_migrations_leave_nothing_for_autogenerate_to_do(settings, engine):
    upgrade(settings)
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": is_modelled}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_make_the_same_checks_keys_and_indexes_as_the_models(backend, settings, engine):
    upgrade(settings)
    modelled = make_engine(backend.create())
    Base.metadata.create_all(modelled)
    with Database(engine).write() as session:
        session.execute(text("DROP TABLE alembic_version"))
    assert definitions(engine) == definitions(modelled)
    modelled.dispose()


def test_upgrading_again_changes_nothing(settings, engine):
    upgrade(settings)
    log = ConversationLog(Database(engine))
    conversation, token = log.start("web")
    upgrade(settings)
    assert log.owns(conversation, token)


def test_processes_that_upgrade_at_once_all_succeed(empty_database_url, engine, processes):
    said = processes.at_once(*[("upgrade", empty_database_url)] * processes.count)
    assert said == ["upgraded"] * processes.count
    assert tables(engine) == TABLES


def test_a_database_of_a_newer_version_is_refused(settings, engine):
    upgrade(settings)
    with Database(engine).write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match=r"DATABASE_URL.*9999"):
        upgrade(settings)


def test_a_database_with_someone_elses_tables_is_refused_and_left_as_it_was(settings, engine):
    with Database(engine).write() as session:
        session.execute(text("CREATE TABLE messages (id integer)"))
    with pytest.raises(ConfigurationError, match=r"DATABASE_URL.*messages"):
        upgrade(settings)
    assert tables(engine) == {"messages"}


def test_an_unreachable_database_is_named():
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        upgrade(Settings(database_url="postgresql://user@127.0.0.1:1/name"))


def test_a_migration_can_be_taken_back(settings, engine):
    upgrade(settings)
    with migrating(engine) as connection:
        command.downgrade(alembic_config(connection), "base")
    assert tables(engine) == {"alembic_version"}


def test_copying_a_table_to_change_it_loses_no_row_that_refers_to_it(sqlite_engine):
    log = ConversationLog(Database(sqlite_engine))
    conversation, _ = log.start("web")
    log.receive(conversation, "hello", "1")
    with migrating(sqlite_engine) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("conversations", recreate="always") as batch:
            batch.add_column(Column("language", Text))
    assert "language" in {column["name"] for column in inspect(sqlite_engine).get_columns("conversations")}
    assert [message.text for message in log.history(conversation)] == ["hello"]


def test_a_migration_that_would_leave_rows_without_their_parent_is_undone(sqlite_engine):
    log = ConversationLog(Database(sqlite_engine))
    conversation, token = log.start("web")
    log.receive(conversation, "hello", "1")
    with pytest.raises(ConfigurationError, match="refer to nothing"), migrating(sqlite_engine) as connection:
        connection.execute(text("DELETE FROM conversations"))
    assert log.owns(conversation, token)


def test_foreign_keys_hold_again_after_a_migration(sqlite_engine):
    with migrating(sqlite_engine):
        pass
    with Database(sqlite_engine).read() as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1

"""The tables agree with the models and refuse by themselves what must not be, whoever writes."""

import psycopg2
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from booking_examples import REQUEST
from psycopg2.extensions import make_dsn
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

import bot.booking.models
import bot.conversations.models
import bot.notices.models
import bot.staff.models  # noqa: F401 - a room's tables are known once it is imported
from bot.errors import ConfigurationError
from bot.settings import Settings
from bot.storage.base import Base
from bot.storage.engine import make_engine
from bot.storage.migrate import alembic_config, migrating, upgrade

TABLES = {"appointments", "appointment_changes", "booking_keys", "booking_attempts"}


@pytest.fixture
def engine(empty_database_url):
    engine = make_engine(empty_database_url)
    upgrade(Settings(database_url=empty_database_url))
    yield engine
    engine.dispose()


def is_modelled(name, kind, _parents):
    """Tell whether a table is one of the models: the index of all words is made by hand, for each database its own."""
    return kind != "table" or not name.startswith("message_words")


def test_the_migration_leaves_nothing_for_autogenerate_to_do(engine):
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": is_modelled}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_the_migration_can_be_taken_back_and_done_again(engine):
    with migrating(engine) as connection:
        command.downgrade(alembic_config(connection), "0003")
    assert not TABLES & set(inspect(engine).get_table_names())
    with migrating(engine) as connection:
        command.upgrade(alembic_config(connection), "head")
    assert set(inspect(engine).get_table_names()) >= TABLES


def insert(database, **changes):
    """Write an appointment past the book; the times are 2026-12-01 at these hours."""
    row = {
        "id": "a",
        "reference": "AAAAAAAA",
        "version": 1,
        "status": "booked",
        "schedule": "room-1",
        "starts_at": "2026-12-01 10:00:00",
        "ends_at": "2026-12-01 10:30:00",
        "expires_at": None,
        "time_zone": "UTC",
        "patient_name": "Ann Example",
        "contact": "+14045550190",
        "contact_kind": "phone",
        "reason": "pain",
        "summary": "pain",
        "created_at": "2026-11-22 10:00:00",
        "changed_at": "2026-11-22 10:00:00",
    } | changes
    statement = f"INSERT INTO appointments ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"  # noqa: S608
    with database.write() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET TIME ZONE 'UTC'"))
        session.execute(text(statement), row)


NO_TIME = {"schedule": None, "starts_at": None, "ends_at": None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "arrived"},
        {"contact_kind": "fax"},
        {"ends_at": None},
        {"schedule": None},
        {"ends_at": "2026-12-01 10:00:00"},
        NO_TIME,
        NO_TIME | {"status": "pending"},
        NO_TIME | {"status": "proposed", "expires_at": "2026-12-01 10:00:00"},
        {"status": "proposed"},
        {"expires_at": "2026-12-01 10:00:00"},
        {"patient_name": None},
        {"contact": None},
        {"summary": None},
        {"version": 0},
        {"conversation_id": "nobody's"},
    ],
)
def test_what_makes_no_appointment_is_refused(database, wrong):
    with pytest.raises(IntegrityError):
        insert(database, **wrong)


@pytest.mark.parametrize(
    "right",
    [
        {},
        NO_TIME | {"status": "proposed", "requested_period": "mornings"},
        NO_TIME | {"status": "cancelled"},
        {"status": "noshow"},
        {"status": "entered-in-error"},
        {"status": "proposed", "expires_at": "2026-12-01 09:00:00", "patient_name": None, "version": 0},
    ],
)
def test_what_makes_one_is_taken(database, right):
    insert(database, **right)


SECOND = {"id": "b", "reference": "BBBBBBBB"}


def test_no_two_that_count_start_together(database):
    insert(database)
    with pytest.raises(IntegrityError):
        insert(database, **SECOND)
    insert(database, **SECOND, status="cancelled")
    insert(database, id="c", reference="CCCCCCCC", schedule="room-2")


def test_a_reference_is_given_once(database):
    insert(database)
    with pytest.raises(IntegrityError):
        insert(database, id="b", schedule="room-2")


def test_postgresql_lets_no_two_that_count_overlap(postgresql_url, database_of):
    database = database_of(postgresql_url)
    insert(database)
    overlapping = {"starts_at": "2026-12-01 10:29:00", "ends_at": "2026-12-01 10:59:00"}
    with pytest.raises(IntegrityError, match="ex_appointments_time"):
        insert(database, **SECOND, **overlapping)
    insert(database, **SECOND, **overlapping, status="cancelled")
    insert(database, id="c", reference="CCCCCCCC", **overlapping, schedule="room-2")
    insert(database, id="d", reference="DDDDDDDD", starts_at="2026-12-01 10:30:00", ends_at="2026-12-01 11:00:00")


def test_an_operator_without_the_right_to_the_extension_is_told_what_to_do(postgresql_server):
    url = postgresql_server.create()
    with psycopg2.connect(url) as link:
        link.cursor().execute("CREATE ROLE plain LOGIN; GRANT ALL ON SCHEMA public TO plain")
    link.close()
    plain = url.replace("postgres@", "plain@")
    try:
        with pytest.raises(
            ConfigurationError, match=r"DATABASE_URL: .*btree_gist.*permission denied.*administrator run"
        ):
            upgrade(Settings(database_url=plain))
        with psycopg2.connect(url) as link:
            link.cursor().execute("CREATE EXTENSION btree_gist")
        link.close()
        upgrade(Settings(database_url=plain))
    finally:
        postgresql_server.drop(url)
        with psycopg2.connect(make_dsn(url, dbname="postgres")) as link:
            link.cursor().execute("DROP ROLE plain")
        link.close()


def test_erasing_a_conversation_takes_the_name_of_it_only(book, log, visitor, count):
    book.book("k", visitor, REQUEST, book.offered()[0])
    log.erase(visitor)
    assert [count(table) for table in ("appointments", "appointment_changes", "booking_keys")] == [1, 1, 1]

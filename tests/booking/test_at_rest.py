"""What a patient says of themselves is encrypted where it is stored, also what older versions stored."""

import json
from dataclasses import replace

import pytest
from alembic import command
from booking_examples import CIPHER, REQUEST
from sqlalchemy import text

from bot.booking.book import Book
from bot.settings import Settings
from bot.storage.encryption import cipher_of
from bot.storage.engine import Database, make_engine
from bot.storage.migrate import alembic_config, migrating, upgrade

WORDS = ("Ann", "Example", "4045550190", "404 555", "pain after surgery", "my mother", "mornings")
TABLES = ("appointments", "appointment_changes", "booking_keys", "booking_attempts", "notices")


def everything(database):
    with database.read() as session:
        return "".join(str(session.execute(text(f"SELECT * FROM {table}")).all()) for table in TABLES)  # noqa: S608


def test_nothing_of_a_booking_can_be_read_in_the_tables(book, visitor, database):
    asked = replace(REQUEST, for_whom="my mother")
    made = book.book("k1", visitor, asked, book.offered()[0])
    book.move("k2", made.id, book.offered()[1], "visitor")
    book.request_callback("k3", visitor, asked, "mornings")
    book.cancel("k4", made.id, "visitor")
    kept = everything(database)
    assert [word for word in WORDS if word in kept] == []
    assert (book.get(made.id).patient_name, book.get(made.id).for_whom) == ("Ann Example", "my mother")
    assert {each.requested_period for each in book.of_conversation(visitor)} == {None, "mornings"}


def test_a_delivered_notice_keeps_nothing_of_the_patient(book, database):
    from bot.notices.outbox import Outbox

    book.book("k", None, REQUEST, book.offered()[0])
    box = Outbox(database, book._clock, cipher=CIPHER)
    box.delivered(box.take().id)
    with database.read() as session:
        content = session.execute(text("SELECT content FROM notices")).scalar_one()
    assert (json.loads(content) if isinstance(content, str) else content) == {"event": "appointment_booked"}


@pytest.fixture
def migrated_to_0005(empty_database_url, tmp_path):
    settings = Settings(_env_file=None, database_url=empty_database_url, data_folder=tmp_path)
    engine = make_engine(empty_database_url)
    with migrating(engine) as connection:
        command.upgrade(alembic_config(connection, settings), "0005")
    yield settings, Database(engine)
    engine.dispose()


def test_what_an_older_version_kept_in_plain_text_is_encrypted_by_the_migration_and_can_be_taken_back(
    migrated_to_0005,
):
    settings, database = migrated_to_0005
    old = {
        "id": "a",
        "reference": "AAAAAAAA",
        "version": 1,
        "status": "proposed",
        "time_zone": "UTC",
        "patient_name": "Ann Example",
        "contact": "+14045550190",
        "contact_kind": "phone",
        "reason": "pain after surgery",
        "summary": "Ann Example, pain",
        "requested_period": "mornings",
        "created_at": "2026-11-22 10:00:00",
        "changed_at": "2026-11-22 10:00:00",
    }
    notice = json.dumps({"event": "appointment_booked", "text": "Name: Ann Example", "subject": "s"})
    alarm = json.dumps({"event": "alarm", "text": "an alarm"})
    with database.write() as session:
        names = ", ".join(old)
        session.execute(text(f"INSERT INTO appointments ({names}) VALUES ({', '.join(':' + n for n in old)})"), old)  # noqa: S608
        for key, content in (("n", notice), ("m", alarm)):
            session.execute(
                text(
                    "INSERT INTO notices (id, key, way, content, created_at, due_at, attempts) "
                    "VALUES (:key, :key, 'email', :content, :at, :at, 0)"
                ),
                {"key": key, "content": content, "at": "2026-11-22 10:00:00"},
            )
    upgrade(settings)
    kept = everything(database)
    assert [word for word in WORDS if word in kept] == []
    assert "an alarm" in kept
    read = Book(database, None, cipher=cipher_of(settings)).get("a")
    assert (read.patient_name, read.contact, read.for_whom) == ("Ann Example", "+14045550190", None)
    with migrating(database._engine) as connection:
        command.downgrade(alembic_config(connection, settings), "0005")
    kept = everything(database)
    assert "Ann Example, pain" in kept
    assert "Name: Ann Example" in kept

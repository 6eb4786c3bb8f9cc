"""Keys are replaced without losing anything, and a missing one is noticed before anything is served."""

import base64
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

import bot.booking.models
import bot.sms.models
import bot.staff.models  # noqa: F401 - a room's tables are known once it is imported
from bot.booking.book import Book
from bot.booking.records import Request
from bot.errors import ConfigurationError
from bot.notices.models import NoticeRow
from bot.notices.outbox import Outbox
from bot.settings import Settings
from bot.sms.models import PhoneRow
from bot.storage.encryption import CannotDecrypt, Cipher
from bot.storage.rotation import check_keys, encrypted_columns, rotate

OLD, NEW = bytes(32), bytes(range(32))
REQUEST = Request("Ann Example", "+14045550190", "phone", "pain after surgery", "my mother", "Ann, pain")
NUMBER = "+14045550191"


def as_setting(*keys):
    return ",".join(base64.b64encode(key).decode() for key in keys)


def fill(database, cipher, rows=5):
    book = Book(database, None, cipher=cipher, ways=("email",))
    made = [book.request_callback(f"key {number}", None, REQUEST, "mornings") for number in range(rows)]
    with database.write() as session:
        session.add(
            PhoneRow(
                id="p",
                number=cipher.encrypt(NUMBER),
                number_hash=cipher.keyed_hash(NUMBER),
                created_at=datetime.now(UTC),
            )
        )
    return [each.id for each in made]


def test_the_columns_with_encrypted_values_are_known():
    assert {f"{table.name}.{column.name}" for table, column, _ in encrypted_columns()} == {
        *(f"appointments.{name}" for name in ("patient_name", "contact", "reason", "for_whom", "summary")),
        "appointments.requested_period",
        "notices.content",
        "phones.number",
        "staff.totp_secret",
    }


def test_after_a_rotation_the_new_key_alone_opens_everything(database, monkeypatch):
    monkeypatch.setattr("bot.storage.rotation._AT_ONCE", 2)
    made = fill(database, Cipher([OLD]))
    counts = rotate(database, Cipher([NEW, OLD]))
    assert counts == {
        **{f"appointments.{name}": 5 for name in ("contact", "for_whom", "patient_name", "reason", "summary")},
        "appointments.requested_period": 5,
        "notices.content": 5,
        "phones.number": 1,
        "staff.totp_secret": 0,
    }
    new = Cipher([NEW])
    book = Book(database, None, cipher=new)
    assert {book.get(each).contact for each in made} == {REQUEST.contact}
    assert "Ann Example" in Outbox(database, cipher=new).take().content["text"]
    with database.read() as session:
        phone = session.get(PhoneRow, "p")
        assert (new.decrypt(phone.number), phone.number_hash) == (NUMBER, new.keyed_hash(NUMBER))
    assert set(rotate(database, Cipher([NEW, OLD])).values()) == {0}
    with pytest.raises(CannotDecrypt):
        Book(database, None, cipher=Cipher([OLD])).get(made[0])


def test_what_was_stopped_half_way_goes_on(database, monkeypatch):
    monkeypatch.setattr("bot.storage.rotation._AT_ONCE", 1)
    made = fill(database, Cipher([OLD]))
    both = Cipher([NEW, OLD])
    real, left = both.encrypt, [7]

    def tiring(text):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(text)

    both.encrypt = tiring
    with pytest.raises(KeyboardInterrupt):
        rotate(database, both)
    book = Book(database, None, cipher=Cipher([NEW, OLD]))
    assert {book.get(each).summary for each in made} == {REQUEST.summary}
    rotate(database, Cipher([NEW, OLD]))
    assert set(rotate(database, Cipher([NEW])).values()) == {0}


def test_a_rotation_without_the_old_key_changes_nothing(database):
    made = fill(database, Cipher([OLD]))
    with pytest.raises(CannotDecrypt, match="CONTACT_KEYS"):
        rotate(database, Cipher([NEW]))
    assert Book(database, None, cipher=Cipher([OLD])).get(made[0]).contact == REQUEST.contact


def test_a_missing_key_is_noticed_before_anything_is_served(database, database_url):
    fill(database, Cipher([OLD]))
    for keys in ((OLD,), (NEW, OLD)):
        check_keys(Settings(_env_file=None, database_url=database_url, contact_keys=as_setting(*keys)))
    with pytest.raises(ConfigurationError, match=r"CONTACT_KEYS: .*contact-key"):
        check_keys(Settings(_env_file=None, database_url=database_url, contact_keys=as_setting(NEW)))


def test_an_empty_or_absent_database_misses_no_key(empty_database_url, tmp_path):
    for url in (empty_database_url, "postgresql://user@127.0.0.1:1/name"):
        check_keys(Settings(_env_file=None, database_url=url, data_folder=tmp_path))


def test_a_notice_that_cannot_be_opened_does_not_hold_up_the_others(database):
    fill(database, Cipher([OLD]), rows=1)
    fill_alarm(database)
    notice = Outbox(database, cipher=Cipher([NEW])).take()
    assert notice.content["event"] == "alarm"
    with database.read() as session:
        failed = session.execute(select(NoticeRow.failure).where(NoticeRow.failure.isnot(None))).scalar_one()
    assert "CONTACT_KEYS" in failed


def fill_alarm(database):
    from bot.notices import outbox

    with database.write() as session:
        outbox.add(session, "alarm:1", ("email",), {"event": "alarm"}, datetime.now(UTC))

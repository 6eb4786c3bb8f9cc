"""Sessions end by themselves, are known by their hash alone, and have a token that no other session has."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.staff.models import StaffSessionRow
from bot.staff.sessions import csrf_token, id_hash, is_csrf_token, new_id


@pytest.fixture
def kim(person):
    made = person("kim")
    made.password()
    return made


def test_a_session_ends_fifteen_minutes_after_its_last_use(kim, clock):
    for _ in range(5):
        clock.advance(minutes=14, seconds=30)
        assert kim.session
    clock.advance(minutes=15)
    assert kim.session is None


def test_a_session_ends_twelve_hours_after_its_start_however_much_it_is_used(kim, clock):
    for _ in range(12 * 6 - 1):
        clock.advance(minutes=10)
        assert kim.session
    clock.advance(minutes=10)
    assert kim.session is None


def test_what_a_page_asks_for_by_itself_is_no_use(kim, sessions, clock):
    clock.advance(minutes=14)
    assert sessions.open(kim.id, counts=False)
    clock.advance(minutes=1)
    assert kim.session is None


def test_half_way_through_the_sign_in_a_session_lasts_ten_minutes(person, clock):
    admin = person("lee", "admin")
    admin.password()
    clock.advance(minutes=9, seconds=59)
    assert admin.session.stage == "enrol"
    clock.advance(seconds=1)
    assert admin.session is None


@pytest.mark.parametrize("forged", ["", "x", "\x00", "\ud800", "a" * 10_000])
def test_what_is_no_id_opens_nothing(kim, sessions, forged):
    assert sessions.open(forged) is None
    assert sessions.open(kim.id + forged) is None or not forged


def test_the_stored_hash_is_no_id(kim, sessions, database):
    with database.read() as session:
        (stored,) = session.execute(select(StaffSessionRow.id_hash)).scalars()
    assert stored == id_hash(kim.id)
    assert sessions.open(stored) is None


def test_an_id_has_256_bits_and_is_never_the_same():
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(each) for each in ids} == {43}


def test_a_token_belongs_to_one_session(kim):
    assert kim.session.csrf == csrf_token(kim.id)
    assert is_csrf_token(kim.id, kim.session.csrf)
    for wrong in ("", kim.id, csrf_token(new_id()), kim.session.csrf.upper(), kim.session.csrf[:-1], "\ud800"):
        assert not is_csrf_token(kim.id, wrong)


def test_a_use_is_written_down_now_and_then_and_not_each_time(kim, clock):
    clock.advance(seconds=19)
    assert kim.session
    assert kim.session.seen_at == clock() - timedelta(seconds=19)
    clock.advance(seconds=1)
    assert kim.session
    assert kim.session.seen_at == clock()


def test_sessions_that_have_run_out_are_removed(kim, sessions, person, clock, database):
    assert kim.session
    clock.advance(minutes=10)
    lee = person("lee")
    lee.password()
    clock.advance(minutes=6)
    assert sessions.tidy() == 1
    with database.read() as session:
        assert list(session.execute(select(StaffSessionRow.id_hash)).scalars()) == [id_hash(lee.id)]


def test_wrong_tries_are_forgotten_after_a_day(lockout, clock, database):
    from bot.staff.models import FailureRow

    lockout.count("account:kim", "address:192.0.2.1")
    clock.advance(hours=23)
    lockout.tidy()
    with database.read() as session:
        assert len(session.execute(select(FailureRow)).all()) == 2
    clock.advance(hours=2)
    lockout.tidy()
    with database.read() as session:
        assert session.execute(select(FailureRow)).all() == []

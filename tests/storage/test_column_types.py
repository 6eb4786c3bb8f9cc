from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from bot.storage.engine import Database, make_engine
from bot.storage.types import UtcDateTime, Words

KEPT = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("moment", UtcDateTime),
    Column("words", Words),
    Column("data", JSON),
)
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def keeping(empty_database_url):
    engine = make_engine(empty_database_url)
    KEPT.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()


def keep(database, **values):
    with database.write() as session:
        session.execute(insert(KEPT).values(**values))
    with database.read() as session:
        return session.execute(select(KEPT)).one()


def test_a_time_comes_back_to_the_microsecond_and_with_its_zone(keeping):
    moment = keep(keeping, moment=NOON).moment
    assert (moment, moment.tzinfo) == (NOON, UTC)


def test_a_time_of_another_zone_comes_back_in_utc(keeping):
    moment = keep(keeping, moment=NOON.astimezone(timezone(timedelta(hours=-5)))).moment
    assert (moment, moment.tzinfo) == (NOON, UTC)


def test_a_time_is_compared_by_what_it_means_not_by_its_zone(keeping):
    keep(keeping, moment=NOON)
    later = (NOON + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=-5)))
    with keeping.read() as session:
        assert session.execute(select(KEPT.c.id).where(KEPT.c.moment < later)).first()
        assert not session.execute(select(KEPT.c.id).where(KEPT.c.moment >= later)).first()


def test_a_time_without_a_zone_is_refused(keeping):
    with pytest.raises(StatementError, match="has no time zone"):
        keep(keeping, moment=datetime(2026, 11, 22, 12))  # noqa: DTZ001 - the point


def test_no_time_and_no_words_stay_none(keeping):
    row = keep(keeping, moment=None, words=None)
    assert (row.moment, row.words) == (None, None)


def test_words_of_any_script_come_back_as_they_were(keeping):
    words = "Rückenschmerz 背痛 😀 \u202eabc' ; -- %s"
    assert keep(keeping, words=words).words == words


@pytest.mark.parametrize("unstorable", ["\x00", "\ud83d"])
def test_what_a_database_cannot_hold_is_replaced_in_words_and_in_look_ups(keeping, unstorable):
    assert keep(keeping, words=f"a{unstorable}b").words == "a\N{REPLACEMENT CHARACTER}b"
    with keeping.read() as session:
        assert session.execute(select(KEPT.c.id).where(KEPT.c.words == f"a{unstorable}b")).first()


def test_json_comes_back_as_it_was_with_what_text_cannot_hold(keeping):
    data = {"list": [1, 2.5, None, True], "words": "ü\x00\ud83d", "empty": {}}
    assert keep(keeping, data=data).data == data


def test_a_number_that_json_does_not_know_is_refused(keeping):
    with pytest.raises(StatementError, match="not JSON compliant"):
        keep(keeping, data=[float("nan")])

"""The audit log only grows, and tells by itself where it was tampered with."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.staff.audit import Audit, append
from bot.staff.audit_lines import Entry, Head

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ALL_COLUMNS = ("at", "actor", "action", "subject", "address", "details", "previous", "hash")


def entry(number=0, **more):
    return Entry(f"staff:{number}", "conversation.view", f"conversation:{number}", **more)


def past_the_triggers(database, *statements):
    """Do what only somebody can do who has the database in hand."""
    with database.write() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                session.execute(text(statement))
            return
        triggers = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            session.execute(text(statement))
        for _, sql in triggers:
            session.execute(text(sql))


@pytest.fixture
def ten(audit, clock):
    for number in range(1, 11):
        audit.record(entry(number, details={"n": number}, address="192.0.2.1"))
        clock.advance(seconds=1)
    return audit


def test_what_is_recorded_comes_back_newest_first_and_verifies(ten):
    lines = ten.entries()
    assert [line.seq for line in lines] == list(range(10, 0, -1))
    assert lines[0].details == {"n": 10}
    assert (lines[0].actor, lines[0].subject, lines[0].address) == ("staff:10", "conversation:10", "192.0.2.1")
    found = ten.verify()
    assert (found.entries, found.broken) == (10, None)
    assert found.head == Head(10, lines[0].hash)


def test_an_empty_log_is_whole(audit):
    found = audit.verify()
    assert (found.entries, found.head, found.broken) == (0, None, None)


def test_lines_are_found_by_actor_action_and_subject_page_by_page(audit):
    for action in ("login.ok", "login.refused", "logout", "login.ok"):
        audit.record(Entry("staff:kim", action, "staff:kim"))
    audit.record(Entry("staff:lee", "login.ok"))
    assert [line.seq for line in audit.entries(actor="staff:kim", action="login.ok")] == [4, 1]
    assert [line.seq for line in audit.entries(action="login.")] == [5, 4, 2, 1]
    assert [line.seq for line in audit.entries(subject="staff:kim", limit=2)] == [4, 3]
    assert [line.seq for line in audit.entries(subject="staff:kim", limit=2, before=3)] == [2, 1]
    assert audit.entries(action="login%.") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'staff:nobody' WHERE seq = 5",
        "UPDATE audit_log SET hash = hash",
        "DELETE FROM audit_log WHERE seq = 10",
        "DELETE FROM audit_log",
    ],
)
def test_the_database_itself_refuses_what_would_change_the_log(ten, database, statement):
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text(statement))
    assert ten.verify().entries == 10


def test_sqlite_refuses_to_replace_a_line(sqlite_url, database_of):
    database = database_of(sqlite_url)
    audit = Audit(database)
    audit.record(entry())
    replacing = (
        "INSERT OR REPLACE INTO audit_log SELECT seq, at, 'x', action, subject, address, details, previous, hash"
    )
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text(f"{replacing} FROM audit_log"))
    assert audit.verify().broken is None


def test_postgresql_refuses_to_empty_the_log(postgresql_url, database_of):
    database = database_of(postgresql_url)
    Audit(database).record(entry())
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text("TRUNCATE audit_log"))


@pytest.mark.parametrize("column", ALL_COLUMNS)
@pytest.mark.parametrize("seq", [1, 5, 10])
def test_a_changed_line_is_named_whatever_was_changed(ten, database, column, seq):
    changed = "2020-01-01 00:00:00+00" if column == "at" else "tampered"
    if column == "at" and database._engine.dialect.name == "sqlite":
        changed = "2020-01-01 00:00:00.000000"
    past_the_triggers(database, f"UPDATE audit_log SET {column} = '{changed}' WHERE seq = {seq}")  # noqa: S608
    found = ten.verify()
    assert found.broken.seq == seq
    assert found.entries == seq - 1


def test_a_line_that_was_changed_with_its_hash_breaks_the_one_after_it(ten, database):
    from bot.staff.audit_lines import line_hash
    from bot.staff.models import AuditRow

    with database.read() as session:
        row = session.get(AuditRow, 5)
        row.actor = "staff:nobody"
        renewed = line_hash(row)
    past_the_triggers(database, f"UPDATE audit_log SET actor = 'staff:nobody', hash = '{renewed}' WHERE seq = 5")  # noqa: S608
    found = ten.verify()
    assert found.broken.seq == 6
    assert "line before" in found.broken.why


@pytest.mark.parametrize(("gone", "named"), [("seq = 5", 5), ("seq IN (5, 6)", 5), ("seq = 1", 1), ("seq < 4", 1)])
def test_a_missing_line_is_named(ten, database, gone, named):
    past_the_triggers(database, f"DELETE FROM audit_log WHERE {gone}")  # noqa: S608
    assert ten.verify().broken.seq == named


def test_two_lines_that_changed_places_are_noticed(ten, database):
    past_the_triggers(
        database,
        "UPDATE audit_log SET seq = -5 WHERE seq = 5",
        "UPDATE audit_log SET seq = 5 WHERE seq = 6",
        "UPDATE audit_log SET seq = 6 WHERE seq = -5",
    )
    assert ten.verify().broken.seq == 5


def test_a_cut_off_end_is_noticed_by_a_kept_head_alone(ten, database):
    head = ten.verify().head
    past_the_triggers(database, "DELETE FROM audit_log WHERE seq > 7")
    assert ten.verify().broken is None
    assert ten.verify(head).broken.seq == 8
    for number in range(4):
        ten.record(entry(number))
    assert ten.verify().broken is None
    assert ten.verify(head).broken.seq == 10


def test_a_kept_head_is_written_and_read(ten):
    head = ten.verify().head
    assert Head.parse(str(head)) == head
    assert ten.verify(Head.parse(str(head))).broken is None
    for wrong in ("", "7", "7:xyz", f"-1:{head.hash}", f"7:{head.hash}0"):
        with pytest.raises(ValueError, match="head"):
            Head.parse(wrong)


def test_a_line_is_written_with_its_change_or_not_at_all(audit, database, clock):
    def fail_half_way():
        with database.write() as session:
            append(session, entry(), clock())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert audit.entries() == []


def test_many_at_once_make_one_chain_without_gaps(audit):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: audit.record(entry(number)), range(80)))
    found = audit.verify()
    assert (found.entries, found.broken) == (80, None)
    assert {line.actor for line in audit.entries(limit=100)} == {f"staff:{number}" for number in range(80)}


words = st.text(max_size=20)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(actor=words, subject=words, details=st.dictionaries(words, st.integers() | words | st.booleans(), max_size=3))
def test_whatever_is_written_verifies(audit, actor, subject, details):
    written = audit.record(Entry(actor, "any", subject, details))
    (line,) = audit.entries(limit=1)
    assert line == written
    assert audit.verify().broken is None
    assert json.loads(json.dumps(line.details)) == details


def test_details_that_are_no_json_are_refused(audit):
    with pytest.raises(ValueError, match="JSON"):
        audit.record(entry(details={"n": float("nan")}))
    with pytest.raises(TypeError):
        audit.record(entry(details={"n": object()}))
    assert audit.entries() == []


def test_a_log_longer_than_a_page_is_verified(audit, database, clock, monkeypatch):
    monkeypatch.setattr("bot.staff.audit._PAGE", 7)
    with database.write() as session:
        for number in range(30):
            append(session, entry(number), clock())
    assert audit.verify().entries == 30
    past_the_triggers(database, "UPDATE audit_log SET actor = 'x' WHERE seq = 14")
    assert audit.verify().broken.seq == 14


def test_retention_removes_what_is_older_and_leaves_a_line_from_which_the_rest_verifies(audit, clock):
    now = clock.time
    clock.time = LONG_AGO
    for number in range(5):
        audit.record(entry(number))
    clock.time = now
    audit.record(entry(5))
    assert audit.older_than(400) == 5
    assert audit.prune(400, "system") == 5
    assert [line.action for line in audit.entries()] == ["audit.pruned", "conversation.view"]
    found = audit.verify()
    assert (found.entries, found.broken) == (2, None)
    assert audit.prune(400, "system") == audit.older_than(400) == 0


def test_an_old_line_after_a_younger_one_stays(audit, clock):
    now = clock.time
    for moment in (LONG_AGO, now, LONG_AGO):
        clock.time = moment
        audit.record(entry())
    clock.time = now
    assert audit.older_than(365) == audit.prune(365, "system") == 1
    assert audit.verify().broken is None


def test_a_log_that_begins_late_without_a_line_that_tells_so_is_broken(audit, clock, database):
    clock.time = LONG_AGO
    for number in range(5):
        audit.record(entry(number))
    with database.write() as session:  # what is older than a year, the database lets go
        session.execute(text("DELETE FROM audit_log WHERE seq < 3"))
    found = audit.verify()
    assert found.broken.seq == 1
    assert "no line tells" in found.broken.why


@pytest.mark.parametrize("days", [0, 1, 364])
def test_less_than_a_year_is_never_kept(audit, days):
    with pytest.raises(ValueError, match="365"):
        audit.prune(days, "system")
    with pytest.raises(ValueError, match="365"):
        audit.older_than(days)

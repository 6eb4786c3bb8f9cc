"""Retention erases what is too old, in every place, and a dry run tells exactly what a run will do."""

import asyncio
from datetime import timedelta

import pytest
from booking.booking_examples import around_the_clock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from privacy.conftest import CIPHER

from bot.booking.book import Book
from bot.booking.records import Request
from bot.conversations.records import AtOnce, RaisedAlarm, Reply
from bot.gateway.housekeeping import Housekeeping
from bot.privacy.retention import Outcome, Periods, Retention
from bot.settings import Settings
from bot.sms import outbox, phones
from bot.sms.models import TextInRow
from bot.staff.audit_lines import Entry

REQUEST = Request("Ann Example", "+14045550190", "phone", "pain after surgery", None, "Ann Example, pain")
ALARM = RaisedAlarm("urgent", "fever", "en", ("a rule",))


@pytest.fixture
def retention(database, erasure, audit, clock):
    def of(**periods):
        return Retention(database, erasure, audit, Periods(**periods), clock)

    return of


def conversation_on(log, clock, days_ago):
    """A conversation with a message, triage, an alarm and its notice, silent since so many days."""
    now = clock.time
    clock.advance(days=-days_ago)
    conversation, _ = log.start("web")
    decide = AtOnce((Reply("See a doctor.", "assistant", "emergency"),), ALARM)
    log.receive(conversation, f"words of {days_ago}", "1", triage={"found": "x"}, decide=lambda _: decide)
    clock.time = now
    return conversation


def appointment_on(book, clock, days_ago):
    now = clock.time
    clock.advance(days=-days_ago)
    made = book.request_callback(f"key {days_ago} {len(book.requests())}", None, REQUEST, None)
    clock.time = now
    return made.id


def run(work):
    return asyncio.run(work.run("operator:test"))


def look(work):
    return asyncio.run(work.look())


def test_nothing_is_erased_where_nothing_is_set(log, book, clock, retention, everything):
    conversation_on(log, clock, 4000)
    appointment_on(book, clock, 4000)
    before = everything()
    assert look(retention()) == run(retention()) == Outcome()
    assert everything() == before


def test_what_is_older_than_the_settings_is_erased_everywhere_and_the_rest_stays(  # noqa: PLR0917 - all places
    log, book, clock, retention, memory, audit, everything
):
    old, young = conversation_on(log, clock, 31), conversation_on(log, clock, 29)
    gone, kept = appointment_on(book, clock, 91), appointment_on(book, clock, 89)
    work = retention(conversations=30, appointments=90)
    seen = look(work)
    assert seen == run(work) == Outcome(conversations=1, appointments=1, notices=3)
    assert memory.forgotten == [old]
    assert log.history(old) == []
    assert log.history(young)
    assert [each.id for each in book.requests()] == [kept]
    stored = str(everything())
    assert "words of 31" not in stored
    assert "words of 29" in stored
    assert {(line.action, line.subject) for line in audit.entries()} == {
        ("conversation.erased", f"conversation:{old}"),
        ("appointment.erased", f"appointment:{gone}"),
        ("notices.erased", ""),
    }
    assert look(work) == run(work) == Outcome()


def test_an_activity_keeps_a_conversation(log, clock, retention):
    conversation = conversation_on(log, clock, 40)
    log.add(conversation, "staff", "Nurse Kim here.")
    assert look(retention(conversations=30)).conversations == 0


def test_an_appointment_counts_from_its_end_and_its_last_change(database, clock, retention):
    book = Book(database, around_the_clock(), cipher=CIPHER, clock=clock)
    slot = book.offered()[0]
    made = book.book("k1", None, REQUEST, slot)
    work = retention(appointments=90)
    clock.time = slot.ends_at + timedelta(days=80)
    assert look(work).appointments == 0
    book.close("k2", made.id, "noshow")
    clock.advance(days=80)
    assert look(work).appointments == 0
    clock.advance(days=11)
    assert look(work) == run(work) == Outcome(appointments=1)
    assert book.history(made.id) == ()


def test_the_audit_log_is_pruned_by_its_own_setting(clock, retention, audit):
    now = clock.time
    clock.advance(days=-1000)
    audit.record(Entry("staff:kim", "login.ok"))
    clock.time = now
    work = retention(audit=400)
    assert look(work) == run(work) == Outcome(audit_lines=1)
    assert [line.action for line in audit.entries()] == ["audit.pruned"]
    assert audit.verify().broken is None


def test_a_conversation_that_the_assistant_cannot_forget_is_left_for_the_next_run(log, clock, retention, memory, book):
    stuck, free = conversation_on(log, clock, 40), conversation_on(log, clock, 50)
    appointment_on(book, clock, 91)
    memory.away_for.add(stuck)
    work = retention(conversations=30, appointments=90)
    done = run(work)
    assert (done.conversations, done.appointments, done.left) == (1, 1, 1)
    assert "could not erase" in done.why_left
    assert log.history(stuck)
    assert log.history(free) == []
    memory.away_for.clear()
    assert run(work).conversations == 1


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(
    conversations=st.lists(st.integers(1, 60), max_size=4),
    appointments=st.lists(st.integers(1, 60), max_size=3),
    days=st.integers(1, 60),
    booking_days=st.integers(1, 60),
)
def test_a_dry_run_tells_what_a_run_does_and_changes_nothing(  # noqa: PLR0917 - what is tried
    log, book, clock, retention, everything, conversations, appointments, days, booking_days
):
    for each in conversations:
        conversation_on(log, clock, each)
    for each in appointments:
        appointment_on(book, clock, each)
    work = retention(conversations=days, appointments=booking_days)
    before = everything()
    seen = look(work)
    assert everything() == before
    assert run(work) == seen
    assert look(work) == Outcome()


def test_the_settings_say_how_long():
    given = Settings(_env_file=None, retention_days=30, booking_retention_days=90, audit_retention_days=400)
    assert Periods.of(given) == Periods(30, 90, 400)
    assert Periods.of(Settings(_env_file=None)) == Periods()


@pytest.mark.parametrize("days", [1, 364])
def test_less_than_a_year_of_audit_is_refused_at_the_start(days):
    with pytest.raises(ValueError, match="365"):
        Settings(_env_file=None, audit_retention_days=days)


def test_the_gateway_keeps_house_by_itself_and_outlives_faults(retention, erasure, log, clock):
    conversation = conversation_on(log, clock, 40)
    calls = []

    def tidy():
        calls.append("tidied")
        if len(calls) == 1:
            raise RuntimeError("a fault")

    house = Housekeeping(retention(conversations=30), erasure, (tidy,), first=0.01, look=0.01)

    async def some_time():
        running = asyncio.create_task(house.run())
        await asyncio.wait([running], timeout=1)
        assert not running.done()
        running.cancel()

    asyncio.run(some_time())
    assert log.history(conversation) == []
    assert asyncio.run(house.once())
    assert calls == ["tidied", "tidied"]


def test_what_cannot_be_erased_is_tried_again_sooner(retention, erasure, log, clock, memory):
    conversation_on(log, clock, 40)
    memory.away_for.add("all")
    assert not asyncio.run(Housekeeping(retention(conversations=30), erasure, ()).once())


def test_a_conversation_that_went_on_meanwhile_is_not_erased(log, clock, erasure):
    conversation = conversation_on(log, clock, 40)
    log.add(conversation, "staff", "Nurse Kim here.")
    moment = clock.time
    assert not asyncio.run(erasure.erase(conversation, "system", why="retention", idle_since=moment))
    assert log.history(conversation)


def telephone_on(database, clock, days_ago, number, *words, conversation=None):
    """A telephone whose last text and words to the carrier are so old; it may be in a conversation."""
    at = clock.time - timedelta(days=days_ago)
    with database.write() as session:
        phone = phones.held(session, CIPHER, number, at)
        phone.last_text_at = at
        session.add(TextInRow(sid=f"SM{number}", phone_id=phone.id, received_at=at, held_until=at, state="done"))
        session.flush()
        outbox.add(session, session.get(TextInRow, f"SM{number}"), phone, text=f"to {number}", kind="answer", now=at)
        for word in words:
            (phones.opt_in if word == "START" else phones.opt_out)(session, phone, word, at)
            at += timedelta(seconds=1)
        if conversation:
            phones.enter(session, phone, conversation, at)


def kept_numbers(everything):
    return sorted(CIPHER.decrypt(row.number) for row in everything().get("phones", ()))


class TestTelephones:
    def test_one_in_no_conversation_is_deleted_once_it_is_too_old(self, database, clock, retention, everything, audit):
        telephone_on(database, clock, 31, "+15555550101")
        telephone_on(database, clock, 29, "+15555550102")
        telephone_on(database, clock, 31, "+15555550103", "STOP", "START")
        work = retention(conversations=30)
        seen = look(work)
        assert seen == run(work) == Outcome(telephones=2)
        assert kept_numbers(everything) == ["+15555550102"]
        assert [(line.action, line.details["count"]) for line in audit.entries()] == [("telephones.erased", 2)]
        assert look(work) == run(work) == Outcome()

    def test_one_that_has_opted_out_keeps_only_what_heeds_it(self, database, clock, retention, everything):
        telephone_on(database, clock, 31, "+15555550101", "STOP", "START", "QUIT")
        run(retention(conversations=30))
        stored = everything()
        assert set(stored) == {"phones", "phone_consents"}
        (phone,), (consent,) = stored["phones"], stored["phone_consents"]
        assert CIPHER.decrypt(phone.number) == "+15555550101"
        assert (phone.opted_out_how, consent.did, consent.how) == ("QUIT", "out", "QUIT")
        assert phone.last_text_at is None

    def test_what_it_was_sent_lately_stays(self, database, clock, retention, everything):
        telephone_on(database, clock, 29, "+15555550101", "STOP")
        run(retention(conversations=30))
        assert set(everything()) == {"phones", "phone_consents", "texts_in", "texts_out"}

    def test_one_goes_with_its_conversation_or_after_it_and_a_dry_run_knows(
        self, database, log, clock, retention, everything
    ):
        old = [conversation_on(log, clock, 31) for _ in range(3)]
        young = conversation_on(log, clock, 29)
        telephone_on(database, clock, 31, "+15555550101", conversation=old[0])
        telephone_on(database, clock, 31, "+15555550102", "STOP", "START", conversation=old[1])
        telephone_on(database, clock, 31, "+15555550103", "STOP", "START", conversation=old[2])
        with database.write() as session:
            phone = phones.held(session, CIPHER, "+15555550103", clock.time)
            phones.enter(session, phone, young, clock.time)
        work = retention(conversations=30)
        seen = look(work)
        assert seen == run(work)
        assert (seen.conversations, seen.telephones) == (3, 1)
        assert kept_numbers(everything) == ["+15555550103"]

    def test_without_a_period_all_stay(self, database, clock, retention, everything):
        telephone_on(database, clock, 4000, "+15555550101")
        assert run(retention(appointments=30)) == Outcome()
        assert kept_numbers(everything) == ["+15555550101"]

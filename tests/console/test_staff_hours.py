"""Hours that staff change: they count at once and everywhere, appointments stay, and there is a way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from console.conftest import DANA, EXAMPLE_HOURS, NOW, words_of

from bot.booking.book import Book
from bot.booking.changed_hours import HOLIDAYS, part_of
from bot.booking.errors import NotOffered
from bot.booking.hours import load_availability
from bot.booking.records import Request
from bot.console.clinic_hours import DAYS, ClinicHours
from bot.console.takeover import TakeOver
from bot.conversations.errors import NotFound
from bot.conversations.records import Staff
from bot.staff.audit import Audit
from bot.storage.encryption import cipher_of
from bot.storage.engine import Database, make_engine

HOURS = load_availability(EXAMPLE_HOURS)
ROOM = "example-room-1"
REQUEST = Request("Wilhelmina Quackenbush", "+15035550142", "phone", "leg pain", None, "Leg pain, by phone.")


@pytest.fixture
def book(database, cipher, clock):
    clock.time = NOW
    return Book(database, HOURS, cipher=cipher, clock=clock)


@pytest.fixture
def clinic(database, book, clock):
    return ClinicHours(database, HOURS, book, clock)


def weekdays(book, schedule=ROOM):
    """The days of the week on which a schedule has times, as its hours' file counts them."""
    return {each.starts_at.astimezone(HOURS.zone).weekday() for each in book.offered() if each.schedule == schedule}


def test_changed_hours_count_at_once_for_that_schedule_alone(clinic, book):
    before = [each for each in book.offered() if each.schedule != ROOM]
    clinic.change_week(DANA, ROOM, {"saturday": "09:00-10:00, 11:00-12:00"}, "")
    assert weekdays(book) == {5}
    assert [each for each in book.offered() if each.schedule != ROOM] == before
    starts = {f"{each.starts_at.astimezone(HOURS.zone):%H:%M}" for each in book.offered() if each.schedule == ROOM}
    assert starts == {"09:00", "11:00"}


def test_another_process_offers_and_takes_the_changed_hours_too(clinic, database, cipher, clock, log):
    other = Book(Database(database._engine), load_availability(EXAMPLE_HOURS), cipher=cipher, clock=clock)
    old = next(each for each in other.offered() if each.schedule == ROOM)
    clinic.change_week(DANA, ROOM, {"saturday": "09:00-10:00"}, "")
    with pytest.raises(NotOffered):
        other.book("made", log.start("web")[0], REQUEST, old)
    assert weekdays(other) == {5}
    clinic.give_back(DANA, part_of(ROOM))
    assert other.book("made", log.start("web")[0], REQUEST, old).slot == old


def test_closed_days_and_absences_are_not_offered(clinic, book):
    slot = next(each for each in book.offered() if each.schedule == ROOM)
    day = slot.starts_at.astimezone(HOURS.zone).date()
    clinic.change_holidays(DANA, f"{day} Staff outing\n\n2027-01-01")
    assert all(each.starts_at.astimezone(HOURS.zone).date() != day for each in book.offered())
    first = clinic.present().hours.holidays[0]
    assert (first.date, first.why) == (day, "Staff outing")
    clinic.give_back(DANA, HOLIDAYS)
    week = {each: ", ".join("09:00-12:00" for _ in HOURS.schedules[0].weekly.dict()[each][:1]) for each in DAYS}
    clinic.change_week(DANA, ROOM, week, f"{day} to {day + timedelta(days=1)}\n2027-02-01")
    away = {day, day + timedelta(days=1)}
    assert not away & {each.starts_at.astimezone(HOURS.zone).date() for each in book.offered() if each.schedule == ROOM}


def test_appointments_outside_of_the_new_hours_stay_and_are_listed(clinic, book, log):
    slot = next(each for each in book.offered() if each.schedule == ROOM)
    made = book.book("made", log.start("web")[0], REQUEST, slot)
    assert clinic.present().outside == ()
    clinic.change_week(DANA, ROOM, {"saturday": "09:00-10:00"}, "")
    assert [each.id for each in clinic.present().outside] == [made.id]
    assert book.confirm("confirmed", made.id).slot == slot
    clinic.change_week(DANA, ROOM, {DAYS[slot.starts_at.astimezone(HOURS.zone).weekday()]: "00:00-24:00"}, "")
    assert clinic.present().outside == ()


@pytest.mark.parametrize(
    ("week", "away", "says"),
    [
        ({"monday": "9-12"}, "", 'write them as "09:00-12:00"'),
        ({"monday": "09:00-12:00, 11:00-13:00"}, "", "overlap"),
        ({"monday": "09:00-09:10"}, "", "shorter than an appointment"),
        ({}, "", "has no hours"),
        ({"monday": "09:00-12:00"}, "tomorrow", "is no date"),
        ({"monday": "09:00-12:00"}, "from now on until then", "write them as 2026-12-21 to 2027-01-03"),
        ({"monday": "09:00-12:00"}, "2027-01-03 to 2026-12-21", "lies before"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_a_sentence(  # noqa: PLR0917 - fixtures and cases
    clinic, book, database, week, away, says
):
    before = book.offered()
    with pytest.raises(ValueError, match=says):
        clinic.change_week(DANA, ROOM, week, away)
    assert book.offered() == before
    assert Audit(database).entries() == []


def test_a_schedule_or_change_there_is_not_is_refused(clinic):
    with pytest.raises(NotFound):
        clinic.change_week(DANA, "nobody", {"monday": "09:00-12:00"}, "")
    with pytest.raises(NotFound):
        clinic.give_back(DANA, HOLIDAYS)
    with pytest.raises(ValueError, match="is no date"):
        clinic.change_holidays(DANA, "Christmas")


def test_each_change_is_a_line_of_the_audit_log(clinic, database):
    clinic.change_week(DANA, ROOM, {"saturday": "09:00-10:00"}, "")
    clinic.give_back(DANA, part_of(ROOM))
    lines = Audit(database).entries(actor="staff:dana")
    assert [(each.action, each.subject) for each in lines] == [
        ("hours.give-back", f"hours:schedule:{ROOM}"),
        ("hours.change", f"hours:schedule:{ROOM}"),
    ]
    assert lines[1].details["hours"]["weekly"]["saturday"] == ["09:00-10:00"]


def test_a_change_that_does_not_fit_the_file_any_more_is_left_out_and_said(clinic, database, cipher, clock):
    clinic.change_week(DANA, ROOM, {"saturday": "09:00-10:00"}, "")
    longer = HOURS.copy(update={"length_minutes": 90})
    book = Book(database, longer, cipher=cipher, clock=clock)
    assert 5 not in weekdays(book)
    assert book.offered()
    timetable = ClinicHours(database, longer, book, clock).present()
    assert not timetable.changed[part_of(ROOM)].counts
    assert timetable.hours == longer


def test_whoever_waits_for_a_person_is_told_by_the_changed_hours(clinic, database, log, conversation, clock):
    takeover = TakeOver(database, HOURS, lambda *_: None, clock)
    clock.time = NOW.replace(hour=15, minute=30)  # Wednesday, half past ten at the clinic, which is open
    assert takeover.closed() is None
    clinic.change_holidays(DANA, "2026-11-25")
    assert "Thursday, November 26" in takeover.closed().text
    takeover.take(DANA, conversation, Staff("Dana"))
    assert "Thursday, November 26" in log.history(conversation)[-1].text


# ---- through the gateway ----


def test_administrators_change_the_hours_and_others_do_not(gateway, admin, reviewer):
    database = Database(make_engine(gateway.settings.database))
    book = Book(database, HOURS, cipher=cipher_of(gateway.settings))
    form = {"saturday": "09:00-10:00"}
    assert reviewer.post(f"/staff/hours/schedules/{ROOM}", **form).status_code == 403
    assert reviewer.post("/staff/hours/holidays", holidays="2027-01-01").status_code == 403
    assert reviewer.post("/staff/hours/give-back", part=HOLIDAYS).status_code == 403
    assert "Change the hours" not in reviewer.read("/staff/hours")
    words = words_of(admin.post(f"/staff/hours/schedules/{ROOM}", **form).text)
    assert f"Changed by {admin.name}" in words
    assert "Saturday 09:00 to 10:00" in words
    assert weekdays(book) == {5}
    refused = admin.post(f"/staff/hours/schedules/{ROOM}", saturday="noon")
    assert refused.status_code == 409
    assert "are no hours" in refused.text
    assert "Changed by" not in words_of(admin.post("/staff/hours/give-back", part=part_of(ROOM)).text)
    assert admin.actions().count("hours.change") == 1
    database.close()

"""Calendar files, read back by the library and looked at byte by byte (RFC 5545)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from booking_examples import REQUEST, SUNDAY
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.booking.calendar_file import Clinic, appointment_file, staff_feed
from bot.booking.records import Appointment
from bot.booking.slots import Slot

CLINIC = Clinic("Example Spine & Pain")
SLOT = Slot("room-1", SUNDAY + timedelta(days=1), SUNDAY + timedelta(days=1, minutes=30))
MADE = Appointment(
    id="01M89ERVT1AGCRF4KRKXKG2GJ6",
    reference="ABCD-EFGH",
    version=1,
    status="booked",
    slot=SLOT,
    time_zone="America/New_York",
    patient_name=REQUEST.patient_name,
    contact=REQUEST.contact,
    contact_kind=REQUEST.contact_kind,
    reason=REQUEST.reason,
    for_whom=None,
    summary=REQUEST.summary,
    requested_period=None,
    conversation_id=None,
    created_at=SUNDAY,
    changed_at=SUNDAY,
)


def event_of(file):
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    return event


def test_the_file_of_an_appointment_byte_by_byte():
    clinic = Clinic("Example Spine & Pain", address="1 Example Street, Exampletown", email="office@clinic.example")
    assert appointment_file(MADE, clinic, SUNDAY).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Parkview assistant//Appointments//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "SUMMARY:Appointment at Example Spine & Pain",
        "DTSTART:20261123T120000Z",
        "DTEND:20261123T123000Z",
        "DTSTAMP:20261122T120000Z",
        "UID:01M89ERVT1AGCRF4KRKXKG2GJ6",
        "SEQUENCE:1",
        "DESCRIPTION:Reference: ABCD-EFGH",
        "LAST-MODIFIED:20261122T120000Z",
        "LOCATION:1 Example Street\\, Exampletown",
        "ORGANIZER:mailto:office@clinic.example",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_what_is_not_set_is_left_out():
    event = event_of(appointment_file(MADE, CLINIC, SUNDAY))
    assert "LOCATION" not in event
    assert "ORGANIZER" not in event


def test_the_visitors_file_names_neither_patient_nor_reason():
    file = appointment_file(MADE, CLINIC, SUNDAY)
    for private in (REQUEST.patient_name, REQUEST.contact, REQUEST.reason):
        assert private.encode() not in file


@pytest.mark.parametrize(
    ("status", "method", "shown"),
    [
        ("pending", "PUBLISH", "TENTATIVE"),
        ("booked", "PUBLISH", "CONFIRMED"),
        ("cancelled", "CANCEL", "CANCELLED"),
        ("entered-in-error", "CANCEL", "CANCELLED"),
    ],
)
def test_the_status_is_told_in_the_words_of_calendars(status, method, shown):
    file = appointment_file(replace(MADE, status=status), CLINIC, SUNDAY)
    assert Calendar.from_ical(file)["METHOD"] == method
    assert event_of(file)["STATUS"] == shown


def test_a_request_without_a_time_has_no_file():
    with pytest.raises(ValueError, match="has no time"):
        appointment_file(replace(MADE, slot=None, status="proposed"), CLINIC, SUNDAY)


def test_a_moved_appointment_keeps_its_uid_and_counts_on(book):
    made = book.book("k1", None, REQUEST, book.offered()[0])
    moved = book.move("k2", made.id, book.offered()[4], "visitor")
    cancelled = book.cancel("k3", made.id, "visitor")
    events = [event_of(appointment_file(each, CLINIC, SUNDAY)) for each in (made, moved, cancelled)]
    assert [event["UID"] for event in events] == [made.id] * 3
    assert [event["SEQUENCE"] for event in events] == [1, 2, 3]
    assert [event.decoded("DTSTART") for event in events] == [
        made.slot.starts_at,
        moved.slot.starts_at,
        moved.slot.starts_at,
    ]


def test_the_feed_has_every_appointment_to_come_with_what_staff_need(book):
    made = [book.book(f"k{number}", None, REQUEST, book.offered()[0]) for number in range(3)]
    book.request_callback("k", None, REQUEST, None)
    feed = Calendar.from_ical(staff_feed(book.upcoming(), CLINIC, SUNDAY))
    events = feed.walk("VEVENT")
    assert [event["UID"] for event in events] == [each.id for each in made]
    assert {str(event["CLASS"]) for event in events} == {"PRIVATE"}
    assert events[0]["SUMMARY"] == f"Ann Example ({made[0].reference}, pending)"
    assert events[0]["DESCRIPTION"] == f"{REQUEST.contact}\n{REQUEST.summary}"


def test_a_feed_of_nothing_is_a_calendar():
    assert Calendar.from_ical(staff_feed([], CLINIC, SUNDAY)).walk("VEVENT") == []


PLAIN = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"), blacklist_characters="\\"), max_size=200)
ODD = st.text(st.one_of(st.characters(), st.sampled_from('\\\n\r\t;,:"Nn\u2028\x00\x85 ')), max_size=200)


def assert_well_formed(file):
    file.decode("utf-8")
    assert file.endswith(b"\r\n")
    lines = file.removesuffix(b"\r\n").split(b"\r\n")
    for line in lines:
        assert len(line) <= 75
        assert not set(line) & (set(range(32)) - {9})
        line.decode("utf-8")  # no letter is cut in two
    unfolded = file.replace(b"\r\n ", b"").removesuffix(b"\r\n").decode().split("\r\n")
    begins = [line for line in unfolded if line.startswith("BEGIN:")]
    assert begins == ["BEGIN:VCALENDAR", "BEGIN:VEVENT"]


@settings(deadline=None)
@given(PLAIN, PLAIN, PLAIN)
def test_any_text_comes_back_as_it_was(name, address, summary):
    clinic = Clinic(name, address=address)
    event = event_of(appointment_file(MADE, clinic, SUNDAY))
    assert event["SUMMARY"] == f"Appointment at {name}"
    assert event.get("LOCATION", "") == address
    event = event_of(staff_feed([replace(MADE, patient_name=name, summary=summary)], clinic, SUNDAY))
    assert event["SUMMARY"] == f"{name} (ABCD-EFGH, booked)"
    assert event["DESCRIPTION"] == f"{REQUEST.contact}\n{summary}"


@settings(deadline=None)
@given(ODD, ODD)
def test_no_text_can_break_the_file(name, summary):
    clinic = Clinic(name, address=summary)
    made = replace(MADE, patient_name=name, summary=summary, contact=name)
    for file in (appointment_file(made, clinic, SUNDAY), staff_feed([made], clinic, SUNDAY)):
        assert_well_formed(file)
        event = event_of(file)
        assert event["UID"] == MADE.id
        assert event.decoded("DTSTART") == SLOT.starts_at


@settings(deadline=None)
@given(
    st.integers(0, 60 * 24 * 400),
    st.integers(5, 480),
    st.integers(1, 9999),
    st.sampled_from(["pending", "booked", "cancelled"]),
)
def test_times_and_versions_come_back_in_utc(begins, length, version, status):
    starts_at = SUNDAY + timedelta(minutes=begins)
    slot = Slot("room-1", starts_at, starts_at + timedelta(minutes=length))
    event = event_of(appointment_file(replace(MADE, slot=slot, version=version, status=status), CLINIC, SUNDAY))
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (slot.starts_at, slot.ends_at)
    assert event.decoded("DTSTART").utcoffset() == timedelta(0)
    assert event["SEQUENCE"] == version

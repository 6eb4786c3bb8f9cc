"""What staff are told of appointments: in the same transaction, once, and enough to call back."""

from dataclasses import replace

import pytest
from booking_examples import CIPHER, REQUEST, hours

from bot.booking.book import Book
from bot.booking.errors import SlotTaken
from bot.notices.outbox import Outbox


@pytest.fixture
def sent(database, clock):
    """Take what is in the outbox: the contents, the first one first."""
    box = Outbox(database, clock, cipher=CIPHER)

    def take():
        found = []
        while (notice := box.take()) is not None:
            box.delivered(notice.id)
            found.append((notice.way, dict(notice.content)))
        return found

    return take


def test_a_booking_is_told_with_all_that_is_needed_to_call_back(book, visitor, sent):
    time = book.offered()[0]
    made = book.book("k", visitor, replace(REQUEST, for_whom="my mother"), time)
    ((way, content),) = sent()
    assert way == "email"
    assert content["text"] == (
        "The patient made an appointment in the chat.\n\n"
        f"Reference: {made.reference}\n"
        "Status: waits for your confirmation\n"
        "Time: Monday, 23 November 2026, 09:00 to 09:30 EST (America/New_York)\n"
        "With: Room 1\n"
        "Name: Ann Example\n"
        "For: my mother\n"
        "Contact: +14045550190 (phone)\n"
        "Reason: pain after surgery\n"
        f"Conversation: {visitor}\n\n"
        "What the patient confirmed:\n"
        "Ann Example, +1 404 555 0190, pain after surgery\n"
    )
    assert {name: content[name] for name in content if name not in {"text", "subject"}} == {
        "event": "appointment_booked",
        "appointment": made.id,
        "reference": made.reference,
        "version": 1,
        "status": "pending",
        "by": "visitor",
        "schedule": "room-1",
        "starts_at": "2026-11-23T09:00-05:00",
        "ends_at": "2026-11-23T09:30-05:00",
        "time_zone": "America/New_York",
        "requested_period": None,
        "summary": REQUEST.summary,
        "conversation": visitor,
    }


def test_the_subject_names_nobody_and_says_if_staff_must_confirm(book, at_once, sent):
    made = book.book("k1", None, REQUEST, book.offered()[0])
    second = at_once.book("k2", None, REQUEST, book.offered()[0])
    when = "Monday, 23 November 2026, 09:00 to 09:30 EST (America/New_York)"
    assert [content["subject"] for _, content in sent()] == [
        f"Appointment booked, please confirm: {made.reference}, {when}",
        f"Appointment booked: {second.reference}, {when}",
    ]


def test_a_request_for_a_call_back_is_told_with_the_period(callbacks_only, visitor, sent):
    callbacks_only.request_callback("k", visitor, REQUEST, "mornings,\nafter nine")
    ((_, content),) = sent()
    assert content["subject"].startswith("Appointment requested: ")
    assert "Status: waits for your call\nTime: none yet\nAsked for: mornings, after nine\n" in content["text"]
    assert (content["event"], content["starts_at"]) == ("appointment_requested", None)


def test_moving_tells_both_times_and_cancelling_who_did_it(book, sent):
    made = book.book("k1", None, REQUEST, book.offered()[0])
    book.move("k2", made.id, book.offered()[1], "visitor")
    book.cancel("k3", made.id, "staff")
    _, (_, moved), (_, cancelled) = sent()
    assert moved["event"] == "appointment_moved"
    assert "Time: Monday, 23 November 2026, 09:40 to 10:10 EST" in moved["text"]
    assert "Before: Monday, 23 November 2026, 09:00 to 09:30 EST" in moved["text"]
    assert cancelled["text"].startswith("Staff cancelled an appointment.\n")
    assert (cancelled["event"], cancelled["status"], cancelled["by"]) == ("appointment_cancelled", "cancelled", "staff")
    assert "Before" not in cancelled["text"]


def test_what_a_visitor_wrote_cannot_look_like_a_line_of_ours(book, sent):
    made = book.book("k", None, replace(REQUEST, patient_name="Ann\nStatus: booked\r\n\u2028x"), book.offered()[0])
    ((_, content),) = sent()
    assert "\nName: Ann Status: booked x\n" in content["text"]
    assert content["text"].count("\nStatus: ") == 1
    assert made.patient_name.startswith("Ann\n")


def test_each_way_is_told_once_and_a_failure_tells_nobody(database, clock, visitor, sent):
    both = Book(database, hours(), cipher=CIPHER, ways=("email", "webhook"), clock=clock)
    time = both.offered()[0]
    both.hold(visitor, time)
    with pytest.raises(SlotTaken):
        both.book("k1", None, REQUEST, time)
    both.book("k2", visitor, REQUEST, time)
    both.book("k2", visitor, REQUEST, time)
    assert sorted(way for way, _ in sent()) == ["email", "webhook"]


def test_without_a_way_nothing_is_put_into_the_outbox(database, clock, sent):
    quiet = Book(database, hours(), cipher=CIPHER, clock=clock)
    quiet.book("k", None, REQUEST, quiet.offered()[0])
    assert sent() == []

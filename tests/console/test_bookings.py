"""Appointments in the console: confirmed, moved, cancelled, and the visitor told; blocked times are not offered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from console.conftest import DANA, EXAMPLE_HOURS, NOW, words_of

from bot.booking.blocks import Blocks
from bot.booking.book import Book
from bot.booking.errors import NotWaiting, SlotTaken
from bot.booking.hours import load_availability
from bot.booking.records import Request
from bot.booking.slots import Slot
from bot.console.appointments import AppointmentDesk
from bot.console.blocking import Blocking
from bot.console.booking_queue import BookingQueue
from bot.conversations.errors import NotFound
from bot.staff.audit import Audit
from bot.storage.encryption import cipher_of
from bot.storage.engine import Database, make_engine

HOURS = load_availability(EXAMPLE_HOURS)
REQUEST = Request("Wilhelmina Quackenbush", "+15035550142", "phone", "leg pain at night", None, "Leg pain, by phone.")


@pytest.fixture
def book(gateway):
    database = Database(make_engine(gateway.settings.database))
    yield Book(database, HOURS, cipher=cipher_of(gateway.settings))
    database.close()


@pytest.fixture
def visitor(gateway):
    return gateway.new_visitor()


@pytest.fixture
def appointment(book, visitor):
    return book.book("made", visitor.id, REQUEST, book.offered()[0])


def test_the_queue_the_list_and_the_week_show_it_without_a_name(appointment, viewer):
    day = appointment.local_start.date().isoformat()
    for path in ("/staff", "/staff/queues/booking", "/staff/appointments", f"/staff/appointments/week?start={day}"):
        page = viewer.read(path)
        assert appointment.reference in page, path
        assert "Quackenbush" not in page
    words = words_of(viewer.read(f"/staff/appointments/{appointment.id}"))
    assert "[name]" in words
    assert "leg pain" not in words


def test_a_reviewer_shows_who_it_is(appointment, reviewer, viewer):
    path = f"/staff/appointments/{appointment.id}"
    assert viewer.post(f"{path}/reveal").status_code == 403
    assert "Wilhelmina Quackenbush" in reviewer.post(f"{path}/reveal").text
    assert reviewer.actions() == ["appointment.reveal", "appointment.view"]


def test_confirming_moving_and_cancelling_tell_the_visitor_once_each(appointment, book, visitor, reviewer):
    path = f"/staff/appointments/{appointment.id}"
    for _ in range(2):
        assert reviewer.post(f"{path}/confirm", key="one").status_code == 200
    assert book.get(appointment.id).status == "booked"
    slot = book.offered()[5]
    start = slot.starts_at.astimezone(HOURS.zone)
    moved = reviewer.post(
        f"{path}/move", key="two", schedule=slot.schedule, day=f"{start:%Y-%m-%d}", time=f"{start:%H:%M}"
    )
    assert moved.status_code == 200
    assert book.get(appointment.id).slot == slot
    assert reviewer.post(f"{path}/cancel", key="three").status_code == 200
    told = [each for each in visitor.history() if each["author"] == "system"]
    assert [each["text"].split(appointment.reference)[0] for each in told] == [
        "The clinic has confirmed your appointment ",
        "The clinic has given your appointment ",
        "The clinic has cancelled your appointment ",
    ]
    assert [each["booking"]["status"] for each in told] == ["confirmed", "confirmed", "cancelled"]


def test_what_cannot_be_done_is_refused_with_a_sentence(appointment, book, reviewer, visitor):
    path = f"/staff/appointments/{appointment.id}"
    book.cancel("before", appointment.id, "visitor")
    refused = reviewer.post(f"{path}/confirm", key="one")
    assert refused.status_code == 409
    assert "past or has been cancelled" in refused.text
    assert reviewer.post(f"{path}/move", key="two", schedule="nothing", day="x", time="y").status_code == 409
    assert reviewer.post(f"{path}/nonsense", key="three").status_code == 409
    assert [each for each in visitor.history() if each["author"] == "system"] == []


def test_a_request_for_a_call_is_given_a_time(book, visitor, reviewer):
    asked = book.request_callback("asked", visitor.id, REQUEST, "mornings")
    slot = book.offered()[3]
    start = slot.starts_at.astimezone(HOURS.zone)
    form = {"schedule": slot.schedule, "day": f"{start:%Y-%m-%d}", "time": f"{start:%H:%M}"}
    assert reviewer.post(f"/staff/appointments/{asked.id}/move", key="one", **form).status_code == 200
    assert book.get(asked.id).status == "booked"
    assert f"this time: {start:%A}" in visitor.history()[-1]["text"]


def test_a_viewer_changes_no_appointment(appointment, viewer, book):
    for does in ("confirm", "cancel", "move", "close"):
        assert viewer.post(f"/staff/appointments/{appointment.id}/{does}", key="one").status_code == 403
    assert book.get(appointment.id).version == appointment.version


def test_a_blocked_time_is_not_offered_until_it_is_freed(book, reviewer, gateway):
    slot = book.offered()[0]
    start, end = (moment.astimezone(HOURS.zone) for moment in (slot.starts_at, slot.ends_at))
    form = {
        "schedule": slot.schedule,
        "first_day": f"{start:%Y-%m-%d}",
        "first_time": f"{start:%H:%M}",
        "last_day": f"{end:%Y-%m-%d}",
        "last_time": f"{end:%H:%M}",
        "why": "Training",
    }
    page = reviewer.post("/staff/blocks", **form).text
    assert "Training" in page
    assert slot not in book.offered()
    with pytest.raises(SlotTaken):
        book.book("made", gateway.new_visitor().id, REQUEST, slot)
    (block,) = re.findall(r"/staff/blocks/(\w+)/remove", page)
    assert reviewer.post(f"/staff/blocks/{block}/remove").status_code == 200
    assert slot in book.offered()
    backwards = {**form, "last_day": "2020-01-01"}
    assert reviewer.post("/staff/blocks", **backwards).status_code == 409


def test_a_booking_is_seen_given_to_somebody_and_done_with_a_note(appointment, viewer, reviewer, book):
    path = f"/staff/queues/booking/{appointment.id}"
    assert viewer.post(path, does="seen").status_code == 403
    assert "New" in words_of(viewer.read("/staff/queues/booking"))
    reviewer.post(path, does="seen")
    assert f"Seen by {reviewer.name}" in words_of(viewer.read("/staff/queues/booking"))
    reviewer.post(path, does="assign", to=reviewer.name)
    assert reviewer.post(path, does="done", note="Called back").status_code == 200
    assert "Bookings and requests for a call 0" in words_of(viewer.read("/staff"))
    assert appointment.reference not in viewer.read("/staff/queues/booking")
    assert reviewer.post(path, does="done").status_code == 409
    assert book.get(appointment.id).status == "pending", "the appointment itself waits as before"
    book.move("moved", appointment.id, book.offered()[3], "visitor")
    again = words_of(viewer.read("/staff/queues/booking"))
    assert f"New {reviewer.name}" in again, "a change brings it back, with whom it was given to"
    assert "Called back" in again
    assert [each for each in reviewer.actions() if each.startswith("queue.") and each != "queue.view"] == [
        "queue.seen",
        "queue.assigned",
        "queue.done",
    ]


# ---- on both databases ----


@pytest.fixture
def queue(database, clock):
    return BookingQueue(database, clock)


@pytest.fixture
def hours_book(database, cipher, clock):
    return Book(database, HOURS, cipher=cipher, clock=clock)


def test_what_nobody_has_seen_comes_first_and_of_it_the_longest_waiting(hours_book, queue, log, clock):
    made = []
    for number in range(3):
        clock.time += timedelta(minutes=1)
        made.append(hours_book.request_callback(f"asked-{number}", log.start("web")[0], REQUEST, None))
    queue.see(DANA, made[0].id)
    assert [each.id for each in queue.items()] == [made[1].id, made[2].id, made[0].id]
    assert [each.id for each in queue.items(1)] == [made[1].id]
    assert sorted(queue.conversations()) == sorted(each.conversation_id for each in made)


def test_a_held_time_and_what_is_booked_or_cancelled_do_not_wait(hours_book, queue, log):
    conversation = log.start("web")[0]
    hours_book.hold(conversation, hours_book.offered()[0])
    assert queue.items() == []
    made = hours_book.book("made", conversation, REQUEST, hours_book.offered()[0])
    assert [each.id for each in queue.items()] == [made.id]
    hours_book.confirm("confirmed", made.id)
    assert queue.items() == []
    with pytest.raises(NotWaiting):
        queue.see(DANA, made.id)


def test_a_change_is_kept_with_what_the_visitor_is_told_or_not_at_all(hours_book, database, log, clock):
    made = hours_book.book("made", log.start("web")[0], REQUEST, hours_book.offered()[0])
    told = []

    def deliver(_session, _conversation, messages, _now):
        told.extend(messages)
        raise RuntimeError("the process ends here")

    desk = AppointmentDesk(hours_book, deliver, clock)
    for change in (
        lambda: desk.confirm(DANA, "one", made.id),
        lambda: desk.move(DANA, "two", made.id, hours_book.offered()[3]),
        lambda: desk.cancel(DANA, "three", made.id),
    ):
        with pytest.raises(RuntimeError):
            change()
    assert len(told) == 3, "each came as far as the message"
    assert hours_book.get(made.id) == made
    assert log.history(made.conversation_id) == []
    assert Audit(database).entries() == []
    well = AppointmentDesk(hours_book, lambda *_: None, clock)
    for _ in range(2):
        assert well.confirm(DANA, "one", made.id).status == "booked"
    assert len(log.history(made.conversation_id)) == 1
    assert [each.action for each in Audit(database).entries()] == ["appointment.confirm"]


def test_blocks_keep_to_their_schedule_and_time(database, cipher, clock):
    clock.time = NOW
    book = Book(database, HOURS, cipher=cipher, clock=clock)
    blocking, blocks = Blocking(database, clock), Blocks(database)
    before = book.offered()
    slot = before[0]
    blocking.block(DANA, Slot(slot.schedule, slot.starts_at - timedelta(hours=1), slot.ends_at), "away")
    left = book.offered()
    assert slot not in left
    assert [each for each in before if each.schedule != slot.schedule] == [
        each for each in left if each.schedule != slot.schedule
    ]
    assert [each for each in left if each.starts_at >= slot.ends_at] == [
        each for each in before if each.starts_at >= slot.ends_at
    ]
    (block,) = blocks.between(slot.starts_at, slot.ends_at)
    assert (block.why, block.made_by) == ("away", "dana")
    blocking.free(DANA, block.id)
    assert book.offered() == before
    with pytest.raises(NotFound):
        blocking.free(DANA, block.id)


def test_an_appointment_that_stands_in_a_blocked_time_stays(database, cipher, clock, log):
    book = Book(database, HOURS, cipher=cipher, clock=clock)
    made = book.book("made", log.start("web")[0], REQUEST, book.offered()[0])
    Blocking(database, clock).block(DANA, made.slot, "")
    assert book.confirm("confirmed", made.id).status == "booked"
    with pytest.raises(SlotTaken):
        book.move(
            "there",
            made.id,
            Slot(made.slot.schedule, made.slot.starts_at, made.slot.ends_at + timedelta(minutes=1)),
            "staff",
        )

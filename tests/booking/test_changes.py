"""The book as staff and returning visitors use it: moving, cancelling, confirming, closing, history."""

from datetime import timedelta

import pytest
from booking_examples import REQUEST

from bot.booking.errors import (
    AppointmentOver,
    NoSuchAppointment,
    NoTimeYet,
    NotOffered,
    NotOverYet,
    SlotTaken,
)
from bot.booking.slots import Slot


@pytest.fixture
def slot(book):
    return book.offered()[0]


@pytest.fixture
def made(book, visitor, slot):
    return book.book("made", visitor, REQUEST, slot)


@pytest.fixture
def asked(book, visitor):
    return book.request_callback("asked", visitor, REQUEST, "mornings")


def test_moving_frees_the_old_time_and_takes_the_new_one(book, made, slot):
    new = book.offered()[5]
    moved = book.move("k", made.id, new, "visitor")
    assert (moved.id, moved.reference, moved.slot, moved.version) == (made.id, made.reference, new, 2)
    offered = book.offered()
    assert slot in offered
    assert new not in offered


def test_what_a_visitor_moves_waits_for_staff_again_and_what_staff_move_is_booked(book, at_once, made):
    book.confirm("k1", made.id)
    assert book.move("k2", made.id, book.offered()[5], "visitor").status == "pending"
    assert book.move("k3", made.id, book.offered()[7], "staff").status == "booked"
    assert at_once.move("k4", made.id, book.offered()[9], "visitor").status == "booked"


def test_an_appointment_stays_where_it_is_if_the_new_time_cannot_be_had(book, other, made):
    new = book.offered()[5]
    book.hold(other, new)
    with pytest.raises(SlotTaken):
        book.move("k", made.id, new, "visitor")
    free = book.offered()[9]
    wrong = Slot(free.schedule, free.starts_at + timedelta(minutes=3), free.ends_at + timedelta(minutes=3))
    with pytest.raises(NotOffered):
        book.move("k", made.id, wrong, "visitor")
    assert book.get(made.id) == made


def test_an_appointment_moves_to_the_time_that_its_visitor_holds(book, other, made, count):
    new = book.offered()[5]
    book.hold(other, new)
    assert book.move("k", made.id, new, "visitor", conversation_id=other).slot == new
    assert count("appointments") == 1


def test_moving_to_the_same_time_changes_nothing(book, made, slot, count):
    assert book.move("k", made.id, slot, "visitor") == made
    assert count("notices") == 1


def test_an_appointment_may_move_over_its_own_old_time(book, made, slot):
    later = Slot(slot.schedule, slot.starts_at + timedelta(minutes=15), slot.ends_at + timedelta(minutes=15))
    assert book.move("k", made.id, later, "staff").slot == later


def test_staff_choose_times_outside_of_the_hours_but_no_taken_or_past_ones(book, made, slot, clock):
    evening = Slot("room-1", slot.starts_at + timedelta(hours=9), slot.ends_at + timedelta(hours=9))
    assert book.move("k", made.id, evening, "staff").slot == evening
    second = book.book("second", None, REQUEST, slot)
    with pytest.raises(SlotTaken):
        book.move("k2", second.id, evening, "staff")
    past = Slot("room-1", clock() - timedelta(minutes=30), clock())
    with pytest.raises(NotOffered):
        book.move("k3", second.id, past, "staff")


def test_a_request_is_given_a_time(book, asked):
    new = book.offered()[5]
    moved = book.move("k", asked.id, new, "staff")
    assert (moved.status, moved.slot) == ("booked", new)
    assert book.requests() == ()
    assert book.upcoming() == (moved,)


def test_cancelling_frees_the_time_for_good(book, made, slot):
    cancelled = book.cancel("k", made.id, "visitor")
    assert (cancelled.status, cancelled.version, cancelled.slot) == ("cancelled", 2, slot)
    assert slot in book.offered()
    assert book.upcoming() == book.requests() == ()
    assert book.book("k2", None, REQUEST, slot).id != made.id


def test_cancelling_twice_is_cancelling_once(book, made, count):
    cancelled = book.cancel("k", made.id, "visitor")
    assert book.cancel("k", made.id, "visitor") == cancelled
    assert book.cancel("k2", made.id, "staff") == cancelled
    assert count("notices") == 2


def test_a_request_can_be_cancelled(book, asked):
    assert book.cancel("k", asked.id, "visitor").status == "cancelled"
    assert book.requests() == ()


def test_what_is_past_or_cancelled_cannot_be_changed(book, made, slot, clock):
    second = book.book("second", None, REQUEST, book.offered()[0])
    book.cancel("k1", second.id, "visitor")
    with pytest.raises(AppointmentOver):
        book.move("k2", second.id, book.offered()[5], "visitor")
    with pytest.raises(AppointmentOver):
        book.confirm("k3", second.id)
    with pytest.raises(AppointmentOver):
        book.close("k4", second.id, "noshow")
    clock.time = slot.starts_at
    for attempt in (
        lambda: book.move("k5", made.id, book.offered()[5], "visitor"),
        lambda: book.move("k5", made.id, book.offered()[5], "staff"),
        lambda: book.cancel("k6", made.id, "visitor"),
        lambda: book.confirm("k7", made.id),
    ):
        with pytest.raises(AppointmentOver):
            attempt()
    assert book.get(made.id) == made


def test_until_it_begins_an_appointment_can_be_cancelled(book, made, slot, clock):
    clock.time = slot.starts_at - timedelta(seconds=1)
    assert book.cancel("k", made.id, "visitor").status == "cancelled"


def test_staff_confirm_what_waits(book, made, asked, count):
    confirmed = book.confirm("k", made.id)
    assert (confirmed.status, confirmed.version) == ("booked", 2)
    assert book.confirm("k2", made.id) == confirmed
    assert book.requests() == (asked,)
    assert count("notices") == 2  # staff need not be told of it
    with pytest.raises(NoTimeYet):
        book.confirm("k3", asked.id)


def test_staff_put_down_what_became_of_an_appointment(book, made, asked, slot, clock):
    with pytest.raises(NotOverYet):
        book.close("k1", made.id, "noshow")
    with pytest.raises(NoTimeYet):
        book.close("k2", asked.id, "fulfilled")
    clock.time = slot.starts_at
    assert book.close("k3", made.id, "noshow").status == "noshow"
    assert book.close("k4", made.id, "fulfilled").status == "fulfilled"
    assert book.close("k5", made.id, "fulfilled").version == 3
    assert book.upcoming() == ()


def test_an_entry_made_in_error_frees_its_time_and_is_found_no_more(book, made, slot):
    assert book.close("k", made.id, "entered-in-error").status == "entered-in-error"
    assert slot in book.offered()
    with pytest.raises(NoSuchAppointment):
        book.find(made.reference, REQUEST.contact, asked_by="c")


def test_an_unknown_appointment_is_none(book, slot):
    for attempt in (
        lambda: book.get("x"),
        lambda: book.move("k1", "x", slot, "staff"),
        lambda: book.cancel("k2", "x", "visitor"),
        lambda: book.confirm("k3", "x"),
        lambda: book.close("k4", "x", "noshow"),
    ):
        with pytest.raises(NoSuchAppointment):
            attempt()
    assert book.history("x") == ()


def test_lists_for_staff_are_in_order(book, clock):
    times = book.offered()
    made = []
    for number in (8, 2, 5):
        clock.advance(seconds=1)
        made.append(book.book(f"k{number}", None, REQUEST, times[number]))
    clock.advance(seconds=1)
    asked = book.request_callback("asked", None, REQUEST, None)
    assert book.upcoming() == (made[1], made[2], made[0])
    assert book.requests() == (*made, asked)
    clock.time = times[2].ends_at
    assert book.upcoming() == (made[2], made[0])


def test_the_history_tells_every_change(book, made, slot, clock):
    new = book.offered()[5]
    times = [clock()]
    for act in (
        lambda: book.confirm("k1", made.id),
        lambda: book.move("k2", made.id, new, "staff"),
        lambda: book.cancel("k3", made.id, "visitor"),
    ):
        clock.advance(minutes=1)
        times.append(clock())
        act()

    def state(status, time):
        return {
            "status": status,
            "schedule": time.schedule,
            "starts_at": time.starts_at.isoformat(),
            "ends_at": time.ends_at.isoformat(),
        }

    assert [(each.version, each.at, each.by, each.what) for each in book.history(made.id)] == [
        (1, times[0], "visitor", {"did": "booked", "old": None, "new": state("pending", slot)}),
        (2, times[1], "staff", {"did": "confirmed", "old": state("pending", slot), "new": state("booked", slot)}),
        (3, times[2], "staff", {"did": "moved", "old": state("booked", slot), "new": state("booked", new)}),
        (4, times[3], "visitor", {"did": "cancelled", "old": state("booked", new), "new": state("cancelled", new)}),
    ]

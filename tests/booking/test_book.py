"""The book as visitors use it: offers, holds, appointments, requests for a call back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from booking_examples import CIPHER, REQUEST, hours
from sqlalchemy import text

from bot.booking.book import Book
from bot.booking.errors import NoSuchAppointment, NoSuchConversation, NotOffered, SlotTaken
from bot.booking.slots import Slot


@pytest.fixture
def slot(book):
    return book.offered()[0]


def test_a_held_time_is_offered_to_its_conversation_only(book, visitor, slot, clock):
    hold = book.hold(visitor, slot)
    assert (hold.conversation_id, hold.slot, hold.expires_at) == (visitor, slot, clock() + timedelta(minutes=10))
    assert slot not in book.offered()
    assert slot in book.offered(conversation_id=visitor)


def test_a_held_time_cannot_be_had_by_another(book, visitor, other, slot):
    book.hold(visitor, slot)
    with pytest.raises(SlotTaken):
        book.hold(other, slot)
    with pytest.raises(SlotTaken):
        book.book("k", other, REQUEST, slot)
    with pytest.raises(SlotTaken):
        book.book("k", None, REQUEST, slot)


def test_a_hold_runs_out_after_ten_minutes(book, visitor, other, slot, clock):
    book.hold(visitor, slot)
    clock.advance(minutes=9, seconds=59)
    assert slot not in book.offered()
    clock.advance(seconds=1)
    assert slot in book.offered()
    book.hold(other, slot)
    with pytest.raises(SlotTaken):
        book.book("k", visitor, REQUEST, slot)


def test_holding_again_lasts_ten_minutes_from_then(book, visitor, slot, clock):
    book.hold(visitor, slot)
    clock.advance(minutes=6)
    assert book.hold(visitor, slot).expires_at == clock() + timedelta(minutes=10)
    clock.advance(minutes=6)
    assert slot not in book.offered()


def test_a_new_hold_takes_the_place_of_the_old_one(book, visitor, slot, count):
    second = book.offered()[4]
    book.hold(visitor, slot)
    book.hold(visitor, second)
    offered = book.offered()
    assert slot in offered
    assert second not in offered
    assert count("appointments") == 1


def test_a_hold_that_fails_leaves_the_old_one(book, visitor, other, slot):
    second = book.offered()[4]
    book.hold(other, second)
    book.hold(visitor, slot)
    with pytest.raises(SlotTaken):
        book.hold(visitor, second)
    assert slot not in book.offered()


def test_a_released_time_is_free(book, visitor, slot, count):
    book.hold(visitor, slot)
    book.release(visitor)
    book.release(visitor)
    assert slot in book.offered()
    assert count("appointments") == 0


def test_a_time_outside_of_the_hours_is_not_offered(book, visitor, slot):
    wrong = [
        replace(slot, schedule="room-9"),
        Slot(slot.schedule, slot.starts_at + timedelta(minutes=1), slot.ends_at + timedelta(minutes=1)),
        Slot(slot.schedule, slot.starts_at, slot.ends_at + timedelta(minutes=5)),
        Slot(slot.schedule, slot.starts_at - timedelta(days=7), slot.ends_at - timedelta(days=7)),
    ]
    for each in wrong:
        with pytest.raises(NotOffered):
            book.hold(visitor, each)
        with pytest.raises(NotOffered):
            book.book("k", visitor, REQUEST, each)


def test_a_held_time_is_booked_for_staff_to_confirm(book, visitor, slot, clock):
    book.hold(visitor, slot)
    clock.advance(minutes=3)
    made = book.book("k", visitor, REQUEST, slot)
    assert (made.status, made.slot, made.version, made.conversation_id) == ("pending", slot, 1, visitor)
    assert (made.patient_name, made.contact, made.reason) == (REQUEST.patient_name, REQUEST.contact, REQUEST.reason)
    assert made.created_at == made.changed_at == clock()
    clock.advance(hours=1)
    assert slot not in book.offered(conversation_id=visitor)
    assert book.upcoming() == (made,)


def test_where_the_clinic_says_so_a_time_is_booked_at_once(at_once, visitor, slot):
    assert at_once.book("k", visitor, REQUEST, slot).status == "booked"
    assert at_once.requests() == ()


def test_a_free_time_is_booked_without_a_hold_even_after_it_ran_out(book, visitor, slot, clock, count):
    book.hold(visitor, slot)
    clock.advance(minutes=11)
    assert book.book("k", visitor, REQUEST, slot).slot == slot
    assert book.book("k2", None, REQUEST, book.offered()[0]).conversation_id is None
    assert count("appointments") == 2


def test_booking_ends_whatever_else_the_conversation_holds(book, visitor, slot, count):
    second = book.offered()[4]
    book.hold(visitor, second)
    book.book("k", visitor, REQUEST, slot)
    assert second in book.offered()
    assert count("appointments") == 1


def test_a_held_time_may_come_nearer_than_the_notice_but_not_begin(book, visitor, clock, database, slot):
    clock.time = slot.starts_at - timedelta(hours=24)
    book.hold(visitor, slot)
    clock.advance(minutes=5)
    assert slot not in book.offered(conversation_id=visitor)
    assert book.book("k", visitor, REQUEST, slot).slot == slot
    soon = Book(database, hours(notice_hours=0), cipher=CIPHER, clock=clock)
    second = next(each for each in soon.offered() if each.schedule == "room-2")
    clock.time = second.starts_at - timedelta(minutes=1)
    soon.hold(visitor, second)
    clock.advance(minutes=1)
    with pytest.raises(NotOffered):
        soon.book("k2", visitor, REQUEST, second)


def test_the_buffer_is_kept_from_times_made_under_other_hours(book, database, visitor, clock, slot):
    wider = Book(database, hours(length_minutes=45, buffer_minutes=0), cipher=CIPHER, clock=clock)
    first, second = (each for each in wider.offered()[:4] if each.schedule == "room-1")
    wider.book("k", None, REQUEST, first)
    after = Slot("room-1", slot.starts_at + timedelta(minutes=40), slot.ends_at + timedelta(minutes=40))
    assert after not in book.offered()
    with pytest.raises(SlotTaken):
        book.hold(visitor, after)
    wider.hold(visitor, second)


def test_the_same_key_again_returns_the_same_and_writes_nothing(book, visitor, slot, count):
    made = book.book("k", visitor, REQUEST, slot)
    written = [count(table) for table in ("appointments", "appointment_changes", "booking_keys", "notices")]
    changed = replace(REQUEST, patient_name="Someone Else")
    assert book.book("k", visitor, changed, book.offered()[0]) == made
    assert [count(table) for table in ("appointments", "appointment_changes", "booking_keys", "notices")] == written


def test_the_same_key_after_a_change_returns_the_appointment_as_it_is_now(book, visitor, slot):
    made = book.book("k", visitor, REQUEST, slot)
    moved = book.move("k2", made.id, book.offered()[3], "visitor")
    assert book.book("k", visitor, REQUEST, slot) == moved
    cancelled = book.cancel("k3", made.id, "visitor")
    assert book.book("k", visitor, REQUEST, slot) == cancelled
    assert book.move("k2", made.id, slot, "visitor") == cancelled


def test_a_key_that_failed_can_be_used_again(book, visitor, other, slot):
    book.hold(other, slot)
    with pytest.raises(SlotTaken):
        book.book("k", visitor, REQUEST, slot)
    book.release(other)
    assert book.book("k", visitor, REQUEST, slot).slot == slot


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_that_is_empty_or_too_long_is_refused(book, key, slot):
    with pytest.raises(ValueError, match="1 to 200"):
        book.book(key, None, REQUEST, slot)


def test_without_hours_only_calls_back_are_taken(callbacks_only, visitor, slot, count):
    assert callbacks_only.offered() == ()
    with pytest.raises(NotOffered):
        callbacks_only.hold(visitor, slot)
    with pytest.raises(NotOffered):
        callbacks_only.book("k", visitor, REQUEST, slot)
    asked = callbacks_only.request_callback("k", visitor, REQUEST, "mornings, not on Fridays")
    assert (asked.status, asked.slot, asked.local_start) == ("proposed", None, None)
    assert asked.requested_period == "mornings, not on Fridays"
    assert callbacks_only.requests() == (asked,)
    assert callbacks_only.request_callback("k", visitor, REQUEST, "evenings") == asked
    assert count("appointments") == 1


def test_asking_for_a_call_back_gives_the_held_time_back(book, visitor, slot):
    book.hold(visitor, slot)
    book.request_callback("k", visitor, REQUEST, None)
    assert slot in book.offered()


def test_an_erased_conversation_leaves_its_appointment_and_nothing_can_be_added(book, log, visitor, slot):
    made = book.book("k", visitor, REQUEST, slot)
    assert log.erase(visitor)
    assert book.get(made.id).conversation_id is None
    free = book.offered()[0]
    for attempt in (
        lambda: book.hold(visitor, free),
        lambda: book.book("k2", visitor, REQUEST, free),
        lambda: book.request_callback("k3", visitor, REQUEST, None),
    ):
        with pytest.raises(NoSuchConversation):
            attempt()
    assert free in book.offered()


def test_expiring_removes_holds_that_have_run_out_and_no_others(book, visitor, other, clock, count):
    first, second = book.offered()[0], book.offered()[4]
    book.hold(visitor, first)
    clock.advance(minutes=5)
    book.hold(other, second)
    made = book.book("k", None, REQUEST, book.offered()[6])
    assert book.expire() == 0
    clock.advance(minutes=5)
    assert book.expire() == 1
    assert count("appointments") == 2
    assert second not in book.offered()
    assert book.get(made.id) == made


def test_a_hold_is_no_appointment(book, visitor, slot, database):
    book.hold(visitor, slot)
    assert book.upcoming() == book.requests() == ()
    with database.read() as session:
        (hold_id,) = session.execute(text("SELECT id FROM appointments")).one()
    with pytest.raises(NoSuchAppointment):
        book.get(hold_id)
    with pytest.raises(NoSuchAppointment):
        book.cancel("k", hold_id, "staff")


def test_what_cannot_be_stored_is_replaced_and_not_lost(book, visitor, slot):
    odd = replace(REQUEST, reason="pain\x00 since \ud800 June")
    assert (
        book.book("k", visitor, odd, slot).reason
        == "pain\N{REPLACEMENT CHARACTER} since \N{REPLACEMENT CHARACTER} June"
    )

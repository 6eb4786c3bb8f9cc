"""Threads that do the same thing at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from booking_examples import REQUEST

from bot.booking.errors import SlotTaken

THREADS = 8


def at_once(work):
    """How the work fares for each number, all beginning together: what it returns, or the error."""
    start = Barrier(THREADS)

    def run(number):
        start.wait(10)
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def kinds(found):
    return Counter(type(each).__name__ for each in found)


def test_one_key_makes_one_appointment(book, visitor, count):
    times = book.offered()
    found = at_once(lambda number: book.book("k", visitor, REQUEST, times[number]))
    assert len(set(found)) == 1
    assert [count(table) for table in ("appointments", "booking_keys", "notices")] == [1, 1, 1]


def test_a_conversation_that_holds_many_times_at_once_holds_one(book, visitor, count):
    for _ in range(10):
        times = book.offered(conversation_id=visitor)
        assert kinds(at_once(lambda number, times=times: book.hold(visitor, times[number]))) == {"Hold": THREADS}
        assert count("appointments") == 1


def test_a_time_is_held_by_one(book, log):
    time = book.offered()[0]
    conversations = [log.start("web")[0] for _ in range(THREADS)]
    found = at_once(lambda number: book.hold(conversations[number], time))
    assert kinds(found) == {"Hold": 1, "SlotTaken": THREADS - 1}


def test_many_appointments_that_move_to_one_time_do_not_meet_there(book):
    times = [slot for slot in book.offered() if slot.schedule == "room-1"]
    made = [book.book(f"made {number}", None, REQUEST, times[number]) for number in range(THREADS)]
    found = at_once(lambda number: book.move(f"move {number}", made[number].id, times[THREADS], "visitor"))
    assert kinds(found) == {"Appointment": 1, "SlotTaken": THREADS - 1}
    assert len({appointment.slot for appointment in book.upcoming()}) == THREADS


def test_appointments_that_change_places_never_share_one(book):
    """Each wants the time of the next: whatever the order, nobody waits for ever and no two meet."""
    times = [slot for slot in book.offered() if slot.schedule == "room-1"][:THREADS]
    made = [book.book(f"made {number}", None, REQUEST, slot) for number, slot in enumerate(times)]
    for turn in range(3):
        found = at_once(
            lambda number, turn=turn: book.move(
                f"move {turn} {number}", made[number].id, times[(number + 1 + turn) % THREADS], "staff"
            )
        )
        assert set(kinds(found)) <= {"Appointment", "SlotTaken"}
        assert len({appointment.slot for appointment in book.upcoming()}) == THREADS


def test_of_a_move_and_a_cancellation_both_are_kept_in_some_order(book):
    for number in range(5):
        times = book.offered()
        made = book.book(f"made {number}", None, REQUEST, times[0])
        found = at_once(
            lambda thread, made=made, times=times, number=number: (
                book.cancel(f"{number} {thread}", made.id, "visitor")
                if thread % 2
                else book.move(f"{number} {thread}", made.id, times[thread + 2], "staff")
            )
        )
        assert set(kinds(found)) <= {"Appointment", "AppointmentOver"}
        assert book.get(made.id).status == "cancelled"
        versions = [change.version for change in book.history(made.id)]
        assert versions == list(range(1, len(versions) + 1))


def test_wrong_tries_at_once_all_count(book):
    for turn in range(10):
        found = at_once(
            lambda number, turn=turn: book.find(f"0000-00{turn}{number}", "404 555 0100", asked_by=f"visitor {turn}")
        )
        assert kinds(found) == {"NoSuchAppointment": 5, "TooManyTries": THREADS - 5}


def test_holds_that_run_out_are_removed_while_others_take_their_times(book, log, clock):
    conversations = [log.start("web")[0] for _ in range(THREADS)]
    for _ in range(5):
        times = book.offered()[:THREADS]
        for conversation, slot in zip(conversations, times, strict=True):
            book.hold(conversation, slot)
        clock.advance(minutes=10)
        found = at_once(
            lambda number, times=times: (
                book.expire() if number % 2 else book.hold(conversations[number], times[number - 1])
            )
        )
        assert set(kinds(found)) == {"int", "Hold"}


def test_a_time_is_not_had_through_an_expired_hold_of_another(book, visitor, other, clock):
    time = book.offered()[0]
    book.hold(visitor, time)
    clock.advance(minutes=10)
    book.book("k", other, REQUEST, time)
    with pytest.raises(SlotTaken):
        book.book("k2", visitor, REQUEST, time)

"""Whatever visitors and staff do in whatever order, the book agrees with a model of some lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from booking_examples import CIPHER, REQUEST, Clock, around_the_clock
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import text

from bot.booking.book import HOLD_FOR, Book
from bot.booking.errors import AppointmentOver, NotOffered, SlotTaken
from bot.booking.slots import Slot, clash

if TYPE_CHECKING:
    from datetime import datetime

TABLES = ("booking_keys", "appointment_changes", "appointments", "notices")
ACTIVE = {"pending", "booked"}
PERSONS = 3
TIMES = 6  # a quarter of an hour each; few, so that all want the same ones


@dataclass
class Kept:
    """What the model knows of an appointment."""

    status: str
    slot: Slot | None


class Booking(RuleBasedStateMachine):
    made = Bundle("made")

    persons = st.integers(0, PERSONS - 1)
    times = st.integers(0, TIMES - 1)

    def __init__(self, database, conversations):
        super().__init__()
        self.database = database
        self.conversations = conversations
        self.clock = Clock()
        self.book = Book(database, around_the_clock(), cipher=CIPHER, ways=("email",), clock=self.clock)
        with database.write() as session:
            for table in TABLES:
                session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - a test's own
        begin = self.clock() + timedelta(minutes=15)
        length = timedelta(minutes=15)
        self.grid = [Slot("room-1", begin + length * number, begin + length * (number + 1)) for number in range(TIMES)]
        self.holds: dict[str, tuple[Slot, datetime]] = {}
        self.kept: dict[str, Kept] = {}
        self.done: dict[str, str] = {}

    def new_key(self):
        return f"key {len(self.done)}"

    def taken(self, slot, conversation=None, but=None):
        now = self.clock()
        held = [time for owner, (time, until) in self.holds.items() if owner != conversation and until > now]
        kept = [each.slot for key, each in self.kept.items() if each.status in ACTIVE and key != but and each.slot]
        return any(clash(slot, other) for other in held + kept)

    def refusal(self, slot, **changes):
        if slot.starts_at <= self.clock():
            return NotOffered
        return SlotTaken if self.taken(slot, **changes) else None

    def attempt(self, act, expected):
        """Do it; return what it returns, or None if it is refused, which must be as the model says."""
        done, refused = None, None
        try:
            done = act()
        except (AppointmentOver, NotOffered, SlotTaken) as error:
            refused = type(error)
        assert refused is expected
        return done

    @rule(person=persons, time=times)
    def hold(self, person, time):
        conversation, slot = self.conversations[person], self.grid[time]
        expected = self.refusal(slot, conversation=conversation)
        hold = self.attempt(lambda: self.book.hold(conversation, slot), expected)
        if hold is not None:
            assert hold.expires_at == self.clock() + HOLD_FOR
            self.holds[conversation] = (slot, hold.expires_at)

    @rule(person=persons)
    def release(self, person):
        self.book.release(self.conversations[person])
        self.holds.pop(self.conversations[person], None)

    @rule(target=made, person=persons, time=times)
    def make(self, person, time):
        conversation, slot, key = self.conversations[person], self.grid[time], self.new_key()
        expected = self.refusal(slot, conversation=conversation)
        made = self.attempt(lambda: self.book.book(key, conversation, REQUEST, slot), expected)
        if made is None:
            return multiple()
        self.holds.pop(conversation, None)
        self.keep(key, made.id, Kept("pending", slot))
        return made.id

    @rule(target=made, person=persons)
    def ask_to_be_called(self, person):
        key = self.new_key()
        asked = self.book.request_callback(key, self.conversations[person], REQUEST, "mornings")
        self.holds.pop(self.conversations[person], None)
        self.keep(key, asked.id, Kept("proposed", None))
        return asked.id

    @rule(appointment=made, time=times, person=persons, staff=st.booleans(), minutes=st.sampled_from([0, 5]))
    def move(self, appointment, time, person, staff, minutes):
        kept, key, conversation = self.kept[appointment], self.new_key(), self.conversations[person]
        shift = timedelta(minutes=minutes if staff else 0)  # staff may choose times beside the hours
        slot = Slot("room-1", self.grid[time].starts_at + shift, self.grid[time].ends_at + shift)
        expected = self.over(kept)
        if expected is None and kept.slot != slot:
            expected = self.refusal(slot, conversation=conversation, but=appointment)
        by = "staff" if staff else "visitor"
        moved = self.attempt(lambda: self.book.move(key, appointment, slot, by, conversation_id=conversation), expected)
        if moved is not None and kept.slot == slot:
            self.keep(key, appointment, kept)
        elif moved is not None:
            self.holds.pop(conversation, None)
            self.keep(key, appointment, Kept("booked" if staff else "pending", slot))

    @rule(appointment=made)
    def cancel(self, appointment):
        kept, key = self.kept[appointment], self.new_key()
        expected = None if kept.status == "cancelled" else self.over(kept)
        if self.attempt(lambda: self.book.cancel(key, appointment, "visitor"), expected) is not None:
            self.keep(key, appointment, Kept("cancelled", kept.slot))

    @rule(data=st.data(), person=persons, time=times, how=st.sampled_from(["book", "move", "cancel", "call"]))
    def repeat_with_the_same_key(self, data, person, time, how):
        if not self.done:
            return
        key = data.draw(st.sampled_from(sorted(self.done)))
        before = self.written()
        conversation, slot = self.conversations[person], self.grid[time]
        again = {
            "book": lambda: self.book.book(key, conversation, REQUEST, slot),
            "move": lambda: self.book.move(key, self.done[key], slot, "visitor"),
            "cancel": lambda: self.book.cancel(key, self.done[key], "visitor"),
            "call": lambda: self.book.request_callback(key, conversation, REQUEST, None),
        }[how]()
        assert again == self.book.get(self.done[key])
        assert self.written() == before

    @rule()
    def expire(self):
        now = self.clock()
        run_out = [owner for owner, (_, until) in self.holds.items() if until <= now]
        # Those that somebody else's wish for their time has removed already are not counted again.
        assert self.book.expire() <= len(run_out)
        for owner in run_out:
            del self.holds[owner]

    @rule(minutes=st.sampled_from([1, 4, 10, 15]))
    def wait(self, minutes):
        self.clock.advance(minutes=minutes)

    def keep(self, key, appointment, kept):
        self.done[key] = appointment
        self.kept[appointment] = kept

    def over(self, kept):
        past = kept.slot is not None and kept.slot.starts_at <= self.clock()
        return AppointmentOver if past or kept.status == "cancelled" else None

    def written(self):
        with self.database.read() as session:
            return [session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES]  # noqa: S608

    @invariant()
    def what_is_offered_is_what_nobody_has(self):
        now = self.clock()
        window = (self.grid[0].starts_at, self.grid[-1].ends_at)
        for conversation in (None, self.conversations[0]):
            free = {slot for slot in self.grid if slot.starts_at > now and not self.taken(slot, conversation)}
            assert set(self.book.offered(window, conversation_id=conversation)) == free

    @invariant()
    def every_appointment_is_as_the_model_has_it(self):
        for appointment, kept in self.kept.items():
            now = self.book.get(appointment)
            assert (now.status, now.slot) == (kept.status, kept.slot)

    @invariant()
    def no_two_that_stand_overlap(self):
        times = [kept.slot for kept in self.kept.values() if kept.status in ACTIVE]
        assert not any(clash(one, other) for number, one in enumerate(times) for other in times[:number])


@pytest.mark.timeout(900)  # making a failure short takes time
def test_the_book_does_what_a_simple_model_does(database, log):
    conversations = [log.start("web")[0] for _ in range(PERSONS)]
    run_state_machine_as_test(
        lambda: Booking(database, conversations),
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

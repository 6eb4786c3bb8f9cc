"""The new time of an appointment that is moved: read from what the visitor writes, offered, held."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from bot.booking.records import Appointment
from bot.booking.slots import Slot
from bot.booking.words.changes import new_time_words
from bot.booking.words.shifts import Shift, read_shift
from bot.booking.words.times import read_time
from bot.booking.words.windows import Chosen, Impossible, NoTime, Past, TimeRead, Window
from bot.dialogue.appointment import Errand
from bot.dialogue.appointments import Appointments
from bot.dialogue.plan import Say
from bot.dialogue.shown import full_time

_NONE_THEN: Final = "utter_appointment/none_then"
_SAME_TIME: Final = "utter_appointment/same_time"
_NEAR: Final = "utter_appointment/near"
Wish = TimeRead | Shift


def is_time(wish: Wish) -> bool:
    """Tell whether a message said anything on the time."""
    return not isinstance(wish, NoTime)


class Moving:
    """Finds another time for one appointment."""

    def __init__(self, appointment: Appointment, desk: Appointments) -> None:
        self._old = appointment.slot
        self._zone = ZoneInfo(appointment.time_zone)
        self._desk = desk
        # Another room at the same time is no other time.
        self.free = [slot for slot in desk.free if self._is_other(slot)]

    def begun(self, errand: Errand, words: str) -> tuple[Errand, list[Say]]:
        """Return the errand with times to choose from: those that the message which asks for a change names, if any.

        The only one that fits is held at once; of several, none is taken.
        """
        wish = self.read(words, (), asked=True)
        if isinstance(wish, Window | Shift):
            fitting = self._desk.some(self._fits(wish))
            if len(fitting) > 1:
                return errand.changed(offered=fitting, slot=None), []
            return self.taken(errand.changed(offered=(), slot=None), wish)
        return self.taken(errand.changed(offered=self._some(), slot=None), wish)

    def read(self, text: str, offered: tuple[Slot, ...], *, asked: bool) -> Wish:
        """Return the time that a message wishes for. ``asked``: the visitor was asked for one, or to move it."""
        shift = read_shift(text, self._old.starts_at, self._zone) if self._old else None
        if shift:
            return shift
        words = new_time_words(text)
        return read_time(words, offered, self._desk.now, self._zone, asked=asked, all_free=self.free)

    def taken(self, errand: Errand, wish: Wish) -> tuple[Errand, list[Say]]:
        """Return the errand with the time that was chosen, or the first that fits the wish, held for the visitor."""
        if isinstance(wish, Past | Impossible):
            return errand, [Say(f"utter_booking_time/{'past' if isinstance(wish, Past) else 'impossible'}")]
        if isinstance(wish, NoTime):
            return errand, []
        if isinstance(wish, Chosen):
            if self._desk.hold(wish.slot):
                return errand.changed(slot=wish.slot), []
            return errand.changed(slot=None, offered=self._some()), [Say("utter_booking_time/taken")]
        for slot in filter(self._fits(wish), self.free):
            if self._desk.hold(slot):
                time = full_time(slot.starts_at, self._zone)
                return errand.changed(slot=slot), [Say("utter_booking_time/first_then", values={"time": time})]
        return self._nothing_then(errand, wish)

    def others(self, errand: Errand) -> tuple[Errand, list[Say]] | None:
        """Return the errand with other times than those offered; None where there are none, or were others already."""
        self._desk.release()
        seen = {slot.starts_at for slot in errand.offered}
        others = self._desk.some(lambda slot: slot.starts_at not in seen and self._is_other(slot))
        if errand.others or not others:
            return None
        return errand.changed(offered=others, slot=None, others=True), [Say("utter_booking_time/others")]

    def again(self, errand: Errand) -> Errand:
        """Return the errand with times to choose from, and none chosen."""
        self._desk.release()
        return errand.changed(slot=None, offered=self._some())

    def _some(self) -> tuple[Slot, ...]:
        return self._desk.some(self._is_other)

    def _is_other(self, slot: Slot) -> bool:
        return self._old is None or slot.starts_at != self._old.starts_at

    def _fits(self, wish: Window | Shift) -> Callable[[Slot], bool]:
        """Return what fits; an hour without a day is one of the day booked, if it is free then."""
        if isinstance(wish, Window) and self._old and not (wish.from_ or wish.to or wish.weekdays):
            day = self._old.starts_at.astimezone(self._zone).date()
            same_day = dataclasses.replace(wish, from_=day, to=day)
            if any(map(same_day.matches, self.free)):
                wish = same_day
        chosen = wish
        return lambda slot: chosen.matches(slot) and self._is_other(slot)

    def _nothing_then(self, errand: Errand, wish: Window | Shift) -> tuple[Errand, list[Say]]:
        """Return the errand where nothing fits: with other times of that day where only the hour is not free."""
        if isinstance(wish, Window) and wish.at:
            if self._old and wish.matches(self._old):
                return errand.changed(slot=None, offered=errand.offered or self._some()), [Say(_SAME_TIME)]
            near = self._desk.some(self._fits(dataclasses.replace(wish, at=())))
            if near:
                return errand.changed(slot=None, offered=near), [Say(_NEAR)]
        return errand.changed(slot=None, offered=errand.offered or self._some()), [Say(_NONE_THEN)]

"""A message about an appointment: what it says apart from times and references, and how its errand ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from bot.booking.records import Appointment
from bot.booking.words import answers
from bot.booking.words.changes import read_change
from bot.dialogue import appointment_said
from bot.dialogue.appointment import Did, Errand
from bot.dialogue.appointment_said import Told
from bot.dialogue.appointments import Appointments
from bot.dialogue.asides import ANSWERED, Heard
from bot.dialogue.context import CONSULTATION, Context
from bot.dialogue.plan import Say
from bot.dialogue.reading import Reading
from bot.knowledge.catalogue import load_catalogue

_MOST_MISSES: Final = 2
_INSTEAD: Final = {"talk_to_human": "utter_talk_to_human"}
_CLOSED: Final[dict[str, Any]] = {
    "over": True,
    "wish": None,
    "words": None,
    "slot": None,
    "offered": (),
    "others": False,
    "among": (),
}


@dataclass(frozen=True)
class Managed:
    """What a message comes to: what is said before the next question, which there is unless the errand is over."""

    errand: Errand
    context: Context
    says: tuple[Told, ...] = ()


class ErrandTalk:
    """One message of the talk: collects what is said, and knows how to end. Its methods are for subclasses."""

    def __init__(self, reading: Reading, errand: Errand, desk: Appointments, context: Context, turn: int) -> None:
        self._heard = Heard(reading, ANSWERED)
        self._text = reading.text
        self._change = read_change(reading.text)
        self._before = errand
        self._now = errand
        self._desk = desk
        self._context = context
        self._turn = turn
        self._says: list[Told] = []

    # How it ends

    def _kept(self, appointment: Appointment) -> None:
        self._say("utter_appointment/kept")
        self._state(appointment)
        self._now = self._now.changed(did=None)
        self._close()

    def _by_office(self, appointment: Appointment) -> None:
        self._say("utter_appointment/office_moves")
        self._state(appointment)
        self._close()

    def _over(self, appointment: Appointment) -> None:
        """Tell of one that cannot be changed any more, and offer to book another."""
        self._state(appointment)
        book = (load_catalogue().titles["book_consultation"], "book_consultation")
        self._says.append(Told(Say("utter_appointment_anew", buttons=(book,))))
        self._context = self._context.changed(offer=CONSULTATION, offered_turn=self._turn)
        self._close()

    def _end(self, response: str) -> None:
        self._say(response)
        self._close()

    def _close(self, did: Did | None = None) -> None:
        if self._before.slot or self._now.slot:
            self._desk.release()
        self._now = self._now.changed(**_CLOSED, did=did or self._now.did)

    def _done(self) -> Managed:
        missed = not self._now.over and not self._says and self._now == self._before
        misses = self._before.misses + 1 if missed else 0
        if missed:
            self._say(f"utter_appointment_not_understood/{self._now.step}")
            if misses >= _MOST_MISSES:
                self._say("utter_booking_ways_out")
        # A "yes" after the end is no wish to begin again.
        context = self._context.changed(action=None) if self._now.over else self._context
        return Managed(self._now.changed(misses=misses, turn=self._turn), context, tuple(self._says))

    # What the message is

    def _stops(self) -> bool:
        if self._change == "keep":
            return True
        return self._change is None and (answers.wants_to_stop(self._text) or self._heard.means("abort"))

    def _asks_why(self) -> bool:
        return answers.asks_why(self._text) or self._heard.means("why")

    def _something_else(self) -> None:
        if self._heard.may_be_aside and self._heard.label != "out_of_scope/nonsense":
            self._in_between()

    def _in_between(self) -> bool:
        answered = self._heard.answered(self._context, self._turn, _INSTEAD)
        if answered is None:
            return False
        says, self._context = answered
        self._says += map(Told, says)
        return True

    def _state(self, appointment: Appointment) -> None:
        self._says.append(appointment_said.state(appointment, self._desk.now))

    def _say(self, response: str) -> None:
        self._says.append(Told(Say(response)))

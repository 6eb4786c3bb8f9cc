"""Takes a message about an appointment that was made: it is found, looked up, moved, cancelled, or stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from bot.booking.errors import AppointmentOver, BookingError, NotOffered, SlotTaken
from bot.booking.records import Appointment
from bot.booking.words import answers
from bot.booking.words.changes import agrees_to, wants_new_one
from bot.booking.words.contacts import contact_problem
from bot.booking.words.windows import NoTime
from bot.dialogue import appointment_said, finding
from bot.dialogue.appointment import Errand
from bot.dialogue.appointment_said import ANOTHER_TIME, Told
from bot.dialogue.appointments import Appointments
from bot.dialogue.asides import LIKELY
from bot.dialogue.booking_details import ASK_THE_OFFICE, BY_OFFICE
from bot.dialogue.context import Context
from bot.dialogue.errand_talk import ErrandTalk, Managed
from bot.dialogue.finding import Finding
from bot.dialogue.moving import Moving, is_time
from bot.dialogue.reading import Reading

_ONE_WORD: Final = re.compile(
    r"^\W*(?:please )?(?:cancel|stop|quit|exit)(?: (?:it|this|that))?(?: please)?\W*$", re.IGNORECASE
)
_NO_REFERENCE: Final = re.compile(
    r"\b(?:no|lost|without|forgot|don'?t (?:have|know|remember)|can'?t (?:find|remember)|do not (?:have|know)|"
    r"never got|not sure|deleted)\b",
    re.IGNORECASE,
)
_NONE_FITS: Final = re.compile(
    r"\b(?:none|neither|nothing|(?:an)?other times?|more times?|something else|don'?t work)\b", re.IGNORECASE
)


def opened(reading: Reading, before: Errand | None, desk: Appointments, context: Context, turn: int) -> Managed:
    """Return what becomes of a message that begins with an appointment. ``before``: the errand that ended last."""
    return _Managing(reading, Errand(), desk, context, turn).opened(before)


def take(reading: Reading, errand: Errand, desk: Appointments, context: Context, turn: int) -> Managed:
    """Return what a message comes to while the errand is not over; ``turn`` counts the visitor's messages."""
    return _Managing(reading, errand, desk, context, turn).taken()


class _Managing(ErrandTalk):
    def opened(self, before: Errand | None) -> Managed:
        if self._change == "by_office":
            self._end("utter_appointment_done/by_office")
        elif self._change is None and wants_new_one(self._text):
            self._now = self._now.changed(over=True, anew=True)
        else:
            self._now = Errand(wish=self._change, words=self._text)
            self._try(lambda: self._use(finding.begun(self._text, self._now, before, self._desk, self._turn)))
        return self._done()

    def taken(self) -> Managed:
        self._try(self._take)
        return self._done()

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except BookingError:  # erased meanwhile, say
            self._end("utter_appointment_done/failed")

    def _take(self) -> None:
        appointment = self._desk.get(self._now.appointment) if self._now.appointment else None
        if appointment is None:
            self._while_not_found()
        elif self._now.step in {"move", "cancel"} and agrees_to(self._now.step, self._text):
            self._carry_out(appointment)
        elif not appointment_said.stands(appointment, self._desk.now):
            self._over(appointment)
        elif finding.means_another(self._text, appointment):
            self._use(finding.another(self._text, self._now, self._desk))
        elif wants_new_one(self._text):
            self._kept(appointment)
            self._now = self._now.changed(anew=True)
        elif self._stops():
            self._kept(appointment)
        else:
            self._at(appointment)

    # Until it is known which appointment is meant

    def _while_not_found(self) -> None:
        found = finding.went_on(self._text, self._now, self._desk)
        if found:
            self._use(found)
        elif wants_new_one(self._text):
            self._close()
            self._now = self._now.changed(anew=True)
        elif self._stops() or (self._now.step != "which" and _ONE_WORD.match(self._text)):
            self._end("utter_appointment/kept")
        elif self._change == "by_office":
            self._end("utter_appointment_done/by_office")
        elif self._change:
            self._now = self._now.changed(wish=self._change, words=self._text)
        elif self._asks_why():
            self._say("utter_appointment/why")
        elif self._heard.is_aside and self._in_between():
            pass
        elif self._now.step != "which" and self._cannot_say():
            self._end("utter_appointment_done/no_reference")
        elif self._now.step == "contact" and (problem := contact_problem(self._text)):
            self._say(f"utter_booking_contact/{problem}")
        else:
            self._something_else()

    def _cannot_say(self) -> bool:
        says_so = answers.declines(self._text) or self._heard.means("decline") or answers.is_no(self._text)
        return says_so or bool(_NO_REFERENCE.search(self._text))

    def _use(self, found: Finding) -> None:
        self._now = found.errand
        self._says += map(Told, found.says)
        if found.appointment:
            self._now = self._now.changed(
                appointment=found.appointment.id,
                version=found.appointment.version,
                among=(),
                reference=None,
                contact=None,
            )
            self._do(found.appointment)

    # What is done with it

    def _do(self, appointment: Appointment) -> None:
        """Go about what is wished. "Keep it" after it was moved may mean the old time, so then that is asked."""
        wish = self._now.wish
        if not appointment_said.stands(appointment, self._desk.now):
            self._over(appointment)
        elif wish == "keep" and self._now.did != "moved":
            self._kept(appointment)
        elif wish == "move":
            self._begin_to_move(appointment)
        elif wish != "cancel":
            self._state(appointment)
            self._now = self._now.changed(wish=None)
            if wish == "look_up":
                self._close()

    def _at(self, appointment: Appointment) -> None:
        """Take a message while the visitor is asked what to do, for a time, or to confirm."""
        step = self._now.step
        if self._change == "by_office":
            self._end("utter_appointment_done/by_office")
        elif self._change == "look_up":
            self._state(appointment)
        elif self._is_another_wish(step):
            self._desk.release()
            self._now = self._now.changed(wish=self._change, words=self._text, slot=None, version=appointment.version)
            self._do(appointment)
        elif self._asks_why():
            self._say("utter_appointment/until_yes")
        elif step in {"time", "move"}:
            self._at_a_time(appointment, Moving(appointment, self._desk))
        elif answers.is_no(self._text) or self._heard.likely("deny") >= LIKELY:
            self._kept(appointment)
        elif self._heard.is_aside and self._in_between():
            pass
        elif step == "wish" and is_time(Moving(appointment, self._desk).read(self._text, (), asked=False)):
            self._now = self._now.changed(wish="move", words=self._text)
            self._do(appointment)
        else:
            self._something_else()

    def _is_another_wish(self, step: str) -> bool:
        return (self._change == "cancel" and step != "cancel") or (
            self._change == "move" and step in {"wish", "cancel"}
        )

    def _begin_to_move(self, appointment: Appointment) -> None:
        moving = Moving(appointment, self._desk)
        if moving.free:
            self._now, says = moving.begun(self._now, self._now.words or "")
            self._says += map(Told, says)
        else:
            self._by_office(appointment)

    def _at_a_time(self, appointment: Appointment, moving: Moving) -> None:
        step = self._now.step
        asked = step == "time"
        wish = NoTime() if self._heard.is_aside else moving.read(self._text, self._now.offered, asked=asked)
        if is_time(wish):
            self._now, says = moving.taken(self._now, wish)
            self._says += map(Told, says)
        elif BY_OFFICE.search(self._text) or self._text.strip() == ASK_THE_OFFICE:
            self._by_office(appointment)
        elif step == "move" and (self._none_fits() or self._text.strip() == ANOTHER_TIME or self._change == "move"):
            self._now = moving.again(self._now)
            self._say("utter_appointment/not_moved")
        elif self._none_fits():
            others = moving.others(self._now)
            if others is None:
                self._by_office(appointment)
            else:
                self._now, says = others
                self._says += map(Told, says)
        elif not (self._heard.is_aside and self._in_between()):
            self._something_else()

    def _none_fits(self) -> bool:
        no = answers.is_no(self._text) or self._heard.likely("deny") >= LIKELY or self._heard.means("none_fit")
        return no or bool(_NONE_FITS.search(self._text))

    def _carry_out(self, appointment: Appointment) -> None:
        """Move or cancel what was confirmed; not if it was changed meanwhile, by the office say."""
        wish, slot = self._now.wish, self._now.slot
        done = appointment.status == "cancelled" if wish == "cancel" else appointment.slot == slot
        if appointment.version != self._now.version and not done:
            self._now = self._now.changed(version=appointment.version)
            self._say("utter_appointment/changed_meanwhile")
            if appointment_said.stands(appointment, self._desk.now):
                self._state(appointment)
            else:
                self._over(appointment)
            return
        try:
            if slot and wish == "move":
                after = self._desk.move(appointment.id, slot)
                self._says.append(appointment_said.moved(after, self._desk.now))
                self._close("moved")
            else:
                after = self._desk.cancel(appointment.id)
                self._says.append(appointment_said.cancelled(after, self._desk.now))
                self._close("cancelled")
        except (SlotTaken, NotOffered):
            self._taken_meanwhile(appointment)
        except AppointmentOver:
            self._over(self._desk.get(appointment.id))

    def _taken_meanwhile(self, appointment: Appointment) -> None:
        self._say("utter_booking_time/taken")
        moving = Moving(appointment, self._desk)
        if moving.free:
            self._now = moving.again(self._now)
        else:
            self._by_office(appointment)

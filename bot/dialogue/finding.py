"""Which appointment a visitor means: the one of this conversation, one of several, or one by reference and contact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.booking.errors import NoSuchAppointment, TooManyTries
from bot.booking.records import Appointment
from bot.booking.words.contacts import read_contacts
from bot.booking.words.reference_words import reads_reference
from bot.booking.words.times import read_time
from bot.booking.words.windows import Chosen, Window
from bot.dialogue.appointment import Errand
from bot.dialogue.appointment_said import stands
from bot.dialogue.appointments import Appointments
from bot.dialogue.plan import Say

_ANOTHER: Final = re.compile(
    r"\b(?:not|isn'?t) (?:that|this|it|the right) (?:one|appointment|consultation)\b|"
    r"\b(?:mean|meant|about|is|it's|the|have) (?:an?|the)? ?(?:other|another|different) "
    r"(?:one|appointment|consultation)\b|"
    r"\bwrong (?:one|appointment|consultation)\b",
    re.IGNORECASE,
)
_NONE_OF_THEM: Final = re.compile(r"\b(?:none|neither|not any|no)\b", re.IGNORECASE)
_CALL_BACK: Final = re.compile(r"\b(?:call ?back|request|without a time|no time)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """What the search comes to: the errand, the appointment once it is found, and what is said before the next step."""

    errand: Errand
    appointment: Appointment | None = None
    says: tuple[Say, ...] = ()


def begun(text: str, errand: Errand, before: Errand | None, desk: Appointments, turn: int) -> Finding:
    """Return what is found by the message that begins. ``before``: the errand that ended last, ``turn`` the message's.

    Raises NoSuchAppointment where the appointment spoken of before was erased.
    """
    standing = desk.standing()
    if reads_reference(text):
        return _by_reference(text, errand, standing, desk)
    if before and before.appointment and before.is_fresh(turn):
        spoken_of = desk.get(before.appointment)
        if _is_meant(spoken_of, errand, standing, desk):
            return Finding(errand.changed(did=before.did), spoken_of)
    if len(standing) == 1:
        return Finding(errand, standing[0])
    if standing:
        # What moves one names the new time too, so it does not tell which.
        chosen = None if errand.wish == "move" else _chosen(text, standing, desk)
        return Finding(errand.changed(among=tuple(each.id for each in standing)), chosen)
    if before and before.appointment:
        return Finding(errand, desk.get(before.appointment))
    begins = (Say("utter_appointment/begins"),)
    return Finding(errand.changed(contact=_contact(text)), says=begins)


def went_on(text: str, errand: Errand, desk: Appointments) -> Finding | None:
    """Return what is found by an answer to "which one?", or by a reference or a contact; None if it tells neither."""
    standing = desk.standing()
    if reads_reference(text):
        return _by_reference(text, errand, standing, desk)
    if errand.step == "which":
        chosen = _chosen(text, standing, desk)
        if chosen:
            return Finding(errand, chosen)
        return Finding(errand.changed(among=())) if _NONE_OF_THEM.search(text) or _ANOTHER.search(text) else None
    contact = _contact(text)
    return _looked_up(errand.changed(contact=contact), desk) if contact else None


def means_another(text: str, appointment: Appointment) -> bool:
    """Tell whether a message names another appointment than the one spoken of."""
    return reads_reference(text) not in {None, appointment.reference} or bool(_ANOTHER.search(text))


def another(text: str, errand: Errand, desk: Appointments) -> Finding:
    """Return what is found where another appointment is meant than the one spoken of."""
    afresh = Errand(wish=errand.wish, turn=errand.turn)
    return went_on(text, afresh, desk) or Finding(afresh)


def _is_meant(spoken_of: Appointment, errand: Errand, standing: Sequence[Appointment], desk: Appointments) -> bool:
    """Tell whether another word is on the appointment spoken of last: nothing was made since that stands."""
    if any(each.changed_at > spoken_of.changed_at for each in standing):
        return False
    return not standing or stands(spoken_of, desk.now) or errand.wish in {"keep", "look_up"}


def _by_reference(text: str, errand: Errand, standing: Sequence[Appointment], desk: Appointments) -> Finding:
    reference = reads_reference(text)
    for own in standing:
        if own.reference == reference:
            return Finding(errand, own)
    return _looked_up(errand.changed(reference=reference, contact=_contact(text) or errand.contact, among=()), desk)


def _looked_up(errand: Errand, desk: Appointments) -> Finding:
    if not (errand.reference and errand.contact):
        return Finding(errand)
    try:
        return Finding(errand, desk.find(errand.reference, errand.contact))
    except TooManyTries:
        return Finding(errand.changed(over=True), says=(Say("utter_appointment_done/too_many_tries"),))
    except NoSuchAppointment:
        again = errand.changed(reference=None, contact=None)
        return Finding(again, says=(Say("utter_appointment/not_found"),))


def _contact(text: str) -> str | None:
    contacts = read_contacts(text)
    return contacts[0].value if contacts else None


def _chosen(text: str, standing: Sequence[Appointment], desk: Appointments) -> Appointment | None:
    """Return the one of several that a message names by its place in the list, its time, or as a call back."""
    requests = [each for each in standing if each.slot is None]
    if len(requests) == 1 and _CALL_BACK.search(text):
        return requests[0]
    slots = [each.slot for each in standing if each.slot]
    read = read_time(text, slots, desk.now, desk.zone, asked=True)
    if isinstance(read, Chosen):
        fitting = [each for each in standing if each.slot == read.slot]
    elif isinstance(read, Window):
        fitting = [each for each in standing if each.slot and read.matches(each.slot)]
    else:
        fitting = []
    return fitting[0] if len(fitting) == 1 else None

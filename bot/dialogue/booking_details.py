"""What becomes of the details of a consultation that a message tells."""

from __future__ import annotations

import re
from typing import Final

from bot.booking.slots import Slot
from bot.booking.words.contacts import contact_problem
from bot.booking.words.details import Details, is_time
from bot.booking.words.windows import Chosen, Impossible, NoTime, Past, TimeRead, Window
from bot.dialogue.consultation import CONTACT, NAME, REASON, TIME, Consultation
from bot.dialogue.desk import Desk
from bot.dialogue.plan import Say
from bot.dialogue.shown import full_time

NOTHING: Final = Details(None, None, (), NoTime(), None)
NO_REASON: Final = "not given"
ANY_TIME: Final = "any time"
ASK_THE_OFFICE: Final = "Ask the office for another time"
_MOST: Final = 300  # characters of a reason or a wish
BY_OFFICE: Final = re.compile(
    r"\b((call|ring|phone|text|e-?mail|contact) me|call ?back|the office|someone (call|contact))\b", re.IGNORECASE
)

NONE_FITS: Final = re.compile(
    r"(?:no,? )?(?:none|neither)(?: of (?:them|those|these))?(?: (?:works?|fits?|suits?|is good|are good)(?: for me)?)?"
    r"[.!]*$",
    re.IGNORECASE,
)


def first(consultation: Consultation, details: Details, desk: Desk) -> Consultation:
    """Return the consultation with the details of the message that asked for it, and with times to choose from."""
    now = consultation.changed(
        patient_name=details.name, for_whom=details.for_whom, contacts=details.contacts, reason=details.reason
    )
    if isinstance(details.time, Chosen) and desk.hold(details.time.slot):
        return now.changed(slot=details.time.slot)
    # Those that fit are offered, not taken: "can I come in soon?" is no choice.
    fitting = desk.some(details.time.matches) if isinstance(details.time, Window) else ()
    return now.changed(offered=fitting or desk.some(_any))


def used(
    consultation: Consultation, details: Details, desk: Desk, *, asked: str, wrong: frozenset[str], text: str
) -> tuple[Consultation, list[Say]] | None:
    """Return the consultation with what a message tells, and what is to be said of it; None if it tells nothing.

    ``wrong``: details given before that the message says are wrong; what it does not tell anew has to be asked again.
    Others that were given are changed only by what is plainly another contact or time.
    """
    now = consultation
    says: list[Say] = []
    if details.name and (NAME in {asked, *wrong} or now.patient_name is None):
        now = now.changed(patient_name=details.name, for_whom=details.for_whom or now.for_whom)
    elif NAME in wrong:
        now = now.changed(patient_name=None)
    if details.for_whom and details.name is None:
        now = now.changed(for_whom=details.for_whom)
    if details.contacts:
        now = now.changed(contacts=details.contacts)
    elif CONTACT in wrong:
        now = now.changed(contacts=now.contacts[1:])
    if details.reason and (REASON in {asked, *wrong} or now.reason is None):
        now = now.changed(reason=details.reason[:_MOST])
    elif REASON in wrong:
        now = now.changed(reason=None)
    if is_time(details.time):
        now, says = _timed(now, details.time, desk, text)
    elif TIME in wrong:
        desk.release()
        now = now.changed(slot=None, period=None, offered=desk.some(_any))
    return (now, says) if now != consultation or says else None


def other_times(
    consultation: Consultation, text: str, desk: Desk, *, none_fits: bool
) -> tuple[Consultation, str] | None:
    """Return what comes of a wish for other times, or for none in particular; None if it is no such wish."""
    if consultation.by_request:
        return consultation.changed(period=in_own_words(text)), "utter_booking_time/noted"
    if BY_OFFICE.search(text) or text.strip() == ASK_THE_OFFICE:
        desk.release()
        return consultation.changed(by_request=True, offered=()), "utter_booking_time/by_office"
    if not (none_fits or NONE_FITS.match(text.strip())):
        return None
    seen = {slot.starts_at for slot in consultation.offered}  # whichever room
    others = desk.some(lambda slot: slot.starts_at not in seen)
    if TIME in consultation.declined or not others:
        return consultation.changed(by_request=True, offered=()), "utter_booking_time/by_office"
    return (
        consultation.changed(offered=others, declined=(*consultation.declined, TIME)),
        "utter_booking_time/others",
    )


def problem(asked: str, text: str) -> str | None:
    """Return the response that says what is wrong with a detail; None if nothing certain can be said."""
    wrong = contact_problem(text) if asked == CONTACT else None
    return f"utter_booking_contact/{wrong}" if wrong else None


def in_own_words(text: str) -> str:
    """Return a wish as the visitor wrote it, on one line."""
    return " ".join(text.split())[:_MOST]


def _timed(now: Consultation, read: TimeRead, desk: Desk, text: str) -> tuple[Consultation, list[Say]]:
    if isinstance(read, Past | Impossible):
        return now, [Say(f"utter_booking_time/{'past' if isinstance(read, Past) else 'impossible'}")]
    if not desk.free:
        return now.changed(period=in_own_words(text), slot=None), []
    if isinstance(read, Chosen):
        if desk.hold(read.slot):
            return now.changed(slot=read.slot, period=None), []
        return now.changed(slot=None, offered=desk.some(_any)), [Say("utter_booking_time/taken")]
    if isinstance(read, Window):
        return _narrowed(now, read, desk, text)
    return now, []


def _narrowed(now: Consultation, wish: Window, desk: Desk, text: str) -> tuple[Consultation, list[Say]]:
    """Take the first time that fits; where none does, the office has to find one."""
    for slot in filter(wish.matches, desk.free):
        if desk.hold(slot):
            chosen = Say("utter_booking_time/first_then", values={"time": full_time(slot.starts_at, desk.zone)})
            return now.changed(slot=slot, period=None), [chosen]
    desk.release()
    return now.changed(slot=None, period=in_own_words(text)), [Say("utter_booking_time/none_then")]


def _any(_slot: Slot) -> bool:
    return True

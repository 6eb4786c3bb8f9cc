"""What is said of an appointment: how it stands, and the questions of its form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.booking.records import Appointment
from bot.dialogue.appointment import Errand
from bot.dialogue.booking_details import ASK_THE_OFFICE
from bot.dialogue.plan import Say
from bot.dialogue.shown import full_time, short_time, zone_name

MOVE: Final = "Move it"  # titles of buttons
CANCEL: Final = "Cancel it"
KEEP: Final = "Keep it"
ANOTHER_TIME: Final = "Another time"
_STANDS: Final = {"booked": "confirmed", "pending": "requested", "proposed": "requested", "cancelled": "cancelled"}


@dataclass(frozen=True)
class Told:
    """Something to say; ``booking``: reference and status for the gateway, where it tells how an appointment stands."""

    say: Say
    booking: dict[str, str] | None = None


def stands(appointment: Appointment, now: datetime) -> bool:
    """Tell whether the appointment can still be changed: not cancelled, and not past."""
    ahead = appointment.slot is None or appointment.slot.starts_at > now
    return appointment.status in {"booked", "pending", "proposed"} and ahead


def state(appointment: Appointment, now: datetime) -> Told:
    """Return what tells how an appointment stands."""
    if appointment.status == "cancelled":
        return _told("appointment_is", "cancelled" if appointment.slot else "cancelled_request", appointment)
    if not stands(appointment, now):
        return Told(Say("utter_appointment_is/past", values=values_of(appointment)))
    return _told("appointment_is", appointment.status, appointment)


def moved(appointment: Appointment, now: datetime) -> Told:
    """Return what tells that an appointment has its new time, as it is stored."""
    if appointment.status not in {"booked", "pending"}:
        return state(appointment, now)
    return _told("appointment_done", f"moved_{appointment.status}", appointment)


def cancelled(appointment: Appointment, now: datetime) -> Told:
    """Return what tells that an appointment is cancelled, as it is stored."""
    if appointment.status != "cancelled":
        return state(appointment, now)
    return _told("appointment_done", "cancelled" if appointment.slot else "cancelled_request", appointment)


def question(errand: Errand, appointment: Appointment | None, among: Sequence[Appointment]) -> Say:
    """Return what the visitor is asked next. ``among``: those that it may be, while that is asked."""
    step = errand.step
    if appointment is None:
        return Say(f"utter_ask_appointment/{step}", buttons=tuple((title(each), None) for each in among))
    values = values_of(appointment)
    kind = "" if appointment.slot else "_request"
    if step == "time":
        zone = ZoneInfo(appointment.time_zone)
        values["zone"] = zone_name(errand.offered[0].starts_at, zone) if errand.offered else ""
        titles = [short_time(slot.starts_at, zone) for slot in errand.offered]
        return _asked(f"time{kind}", values, *titles, ASK_THE_OFFICE, KEEP)
    if step == "move":
        values["new_time"] = _time(errand.slot.starts_at, appointment) if errand.slot else ""
        return _asked(f"move{kind}", values, f"Yes, {MOVE.lower()}", ANOTHER_TIME, KEEP)
    if step == "cancel":
        return _asked(f"cancel{kind}", values, f"Yes, {CANCEL.lower()}", KEEP)
    return _asked("wish", values, MOVE, CANCEL, KEEP)


def title(appointment: Appointment) -> str:
    """Return an appointment as the title of a button: "Tue, Dec 1, 9:00 AM (ABCD-EFGH)"."""
    zone = ZoneInfo(appointment.time_zone)
    what = short_time(appointment.slot.starts_at, zone) if appointment.slot else "Call back"
    return f"{what} ({appointment.reference})"


def values_of(appointment: Appointment) -> dict[str, Any]:
    """Return what the responses name of an appointment; no time for a request."""
    time = _time(appointment.slot.starts_at, appointment) if appointment.slot else ""
    return {"time": time, "reference": appointment.reference}


def _told(stem: str, part: str, appointment: Appointment) -> Told:
    booking = {"reference": appointment.reference, "status": _STANDS[appointment.status]}
    return Told(Say(f"utter_{stem}/{part}", values=values_of(appointment)), booking)


def _asked(part: str, values: dict[str, Any], *titles: str) -> Say:
    return Say(f"utter_ask_appointment/{part}", values=values, buttons=tuple((each, None) for each in titles))


def _time(moment: datetime, appointment: Appointment) -> str:
    return full_time(moment, ZoneInfo(appointment.time_zone))

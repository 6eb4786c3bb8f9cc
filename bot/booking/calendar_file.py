"""Calendar files (RFC 5545): one appointment for the visitor, and all that are to come for staff."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from icalendar import Calendar, Event, vCalAddress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.booking.records import Appointment

_PRODUCT: Final = "-//Parkview assistant//Appointments//EN"
_STATUS: Final = {"pending": "TENTATIVE", "booked": "CONFIRMED", "fulfilled": "CONFIRMED", "noshow": "CONFIRMED"}
# RFC 5545, 3.3.11 allows none of these in a text. Python takes some of the others for ends of lines.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Clinic:
    """Who invites: the clinic's name, and where set, its address and the e-mail address that it sends from."""

    name: str
    address: str = ""
    email: str = ""


def appointment_file(appointment: Appointment, clinic: Clinic, now: datetime) -> bytes:
    """Return a calendar file of one appointment, as text/calendar in UTF-8.

    Its UID is the appointment's id and stays when it is moved; SEQUENCE is its version, so that a calendar takes a
    newer file in place of the older one. A cancelled appointment takes itself out. It names neither patient nor
    reason. Raises ValueError for a request that has no time.
    """
    calendar = _calendar("PUBLISH" if appointment.status in _STATUS else "CANCEL")
    event = _event(appointment, clinic, now)
    event.add("summary", _text(f"Appointment at {clinic.name}"))
    event.add("description", _text(f"Reference: {appointment.reference}"))
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def staff_feed(appointments: Iterable[Appointment], clinic: Clinic, now: datetime) -> bytes:
    """Return a calendar of appointments that have a time, for staff: with names, contacts and reasons."""
    calendar = _calendar("PUBLISH")
    calendar.add("name", _text(f"{clinic.name}: appointments"))
    for appointment in appointments:
        event = _event(appointment, clinic, now)
        event.add("class", "PRIVATE")
        event.add("summary", _text(f"{appointment.patient_name} ({appointment.reference}, {appointment.status})"))
        event.add("description", _text(f"{appointment.contact}\n{appointment.summary}"))
        calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(appointment: Appointment, clinic: Clinic, now: datetime) -> Event:
    if appointment.slot is None:
        raise ValueError("a request for a call back has no time, so it is in no calendar")
    event = Event()
    event.add("uid", appointment.id)
    event.add("sequence", appointment.version)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("last-modified", appointment.changed_at.replace(microsecond=0))
    event.add("dtstart", appointment.slot.starts_at)
    event.add("dtend", appointment.slot.ends_at)
    event.add("status", _STATUS.get(appointment.status, "CANCELLED"))
    if clinic.email:
        event.add("organizer", vCalAddress(f"mailto:{clinic.email}"))
    if clinic.address:
        event.add("location", _text(clinic.address))
    return event


def _text(value: str) -> str:
    # Programs differ in how they read a backslash before an n, so that none is written.
    return _CONTROLS.sub(" ", value.replace("\r\n", "\n").replace("\\", "/"))

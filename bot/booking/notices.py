"""What staff are told of an appointment: enough to call the patient back without opening anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from bot.booking.hours import Availability
    from bot.booking.records import Appointment, By, Did
    from bot.booking.slots import Slot

TOLD: Final[frozenset[Did]] = frozenset({"booked", "requested", "moved", "cancelled"})

_WHO: Final[dict[By, str]] = {"visitor": "The patient", "staff": "Staff", "system": "The assistant"}
_DONE: Final[dict[Did, str]] = {
    "booked": "made an appointment in the chat",
    "requested": "asked to be called back for an appointment",
    "moved": "moved an appointment",
    "cancelled": "cancelled an appointment",
}
_STATUS: Final = {"pending": "waits for your confirmation", "proposed": "waits for your call", "booked": "booked"}


def content(
    appointment: Appointment, did: Did, by: By, before: Slot | None, availability: Availability | None
) -> dict[str, Any]:
    """Return subject, text and data of a notice. ``before``: the time that the appointment had until now.

    The subject names nobody: it is read on locked screens.
    """
    when = _time(appointment.slot, appointment.time_zone)
    status = _STATUS.get(appointment.status, appointment.status)
    asks = ", please confirm" if appointment.status == "pending" else ""
    lines = {
        "Reference": appointment.reference,
        "Status": status,
        "Time": when or "none yet",
        "Before": _time(before, appointment.time_zone) if did == "moved" else "",
        "With": availability.name_of(appointment.slot.schedule) if availability and appointment.slot else "",
        "Asked for": appointment.requested_period or "",
        "Name": appointment.patient_name,
        "For": appointment.for_whom or "",
        "Contact": f"{appointment.contact} ({appointment.contact_kind})",
        "Reason": appointment.reason,
        "Conversation": appointment.conversation_id or "",
    }
    # In one line each: what a visitor wrote must not look like a line of ours.
    told = "\n".join(f"{name}: {' '.join(value.split())}" for name, value in lines.items() if value.strip())
    return {
        "event": f"appointment_{did}",
        "appointment": appointment.id,
        "reference": appointment.reference,
        "version": appointment.version,
        "status": appointment.status,
        "by": by,
        "schedule": appointment.slot.schedule if appointment.slot else None,
        **_moments(appointment.slot, appointment.time_zone),
        "time_zone": appointment.time_zone,
        "requested_period": appointment.requested_period,
        "summary": appointment.summary,
        "conversation": appointment.conversation_id,
        "subject": f"Appointment {did}{asks}: {appointment.reference}" + (f", {when}" if when else ""),
        "text": f"{_WHO[by]} {_DONE[did]}.\n\n{told}\n\nWhat the patient confirmed:\n{appointment.summary}\n",
    }


def _moments(slot: Slot | None, time_zone: str) -> dict[str, str | None]:
    if slot is None:
        return {"starts_at": None, "ends_at": None}
    zone = ZoneInfo(time_zone)
    return {
        "starts_at": slot.starts_at.astimezone(zone).isoformat(timespec="minutes"),
        "ends_at": slot.ends_at.astimezone(zone).isoformat(timespec="minutes"),
    }


def _time(slot: Slot | None, time_zone: str) -> str:
    if slot is None:
        return ""
    begins, ends = (moment.astimezone(ZoneInfo(time_zone)) for moment in (slot.starts_at, slot.ends_at))
    return f"{begins:%A}, {begins.day} {begins:%B %Y}, {begins:%H:%M} to {ends:%H:%M} {ends:%Z} ({time_zone})"

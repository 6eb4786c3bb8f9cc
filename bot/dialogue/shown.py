"""Times and summaries as visitors read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.dialogue.consultation import Consultation


def full_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment on the clinic's clock: "Tuesday, December 1, 9:00 AM EST"."""
    local = moment.astimezone(zone)
    return f"{local:%A, %B} {local.day}, {_clock(local)} {local:%Z}"


def short_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as the title of a button: "Tue, Dec 1, 9:00 AM"."""
    local = moment.astimezone(zone)
    return f"{local:%a, %b} {local.day}, {_clock(local)}"


def zone_name(moment: datetime, zone: ZoneInfo) -> str:
    """Return the name of the zone at a moment: "EST"."""
    return f"{moment.astimezone(zone):%Z}"


def summary(consultation: Consultation, zone: ZoneInfo) -> str:
    """Return the lines that the visitor confirms, and that staff get."""
    slot = consultation.slot
    when = full_time(slot.starts_at, zone) if slot else f"{consultation.period} (the office will agree on a time)"
    name = consultation.patient_name or ""
    lines = {
        "Name": f"{name} ({consultation.for_whom})" if consultation.for_whom else name,
        "Contact": ", ".join(contact.shown for contact in consultation.contacts),
        "Time": when,
        "Reason": consultation.reason or "",
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items())


def _clock(local: datetime) -> str:
    return f"{local:%I:%M %p}".removeprefix("0")

"""Times of the appointment book as Rasa's slots keep them."""

from __future__ import annotations

from datetime import datetime

from bot.booking.slots import Slot


def kept(slot: Slot) -> list[str]:
    """Return what is kept of a time: schedule, start and end, these in ISO 8601."""
    return [slot.schedule, slot.starts_at.isoformat(), slot.ends_at.isoformat()]


def restored(kept: list[str]) -> Slot:
    """Return the time that was kept."""
    schedule, starts_at, ends_at = kept
    return Slot(schedule, datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at))

"""A consultation that is being booked, as far as it has come. Kept in Rasa's slots while its form is active."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.booking.slots import Slot
from bot.booking.words.contacts import Contact
from bot.dialogue.kept_slots import kept as kept_slot
from bot.dialogue.kept_slots import restored

NAME: Final = "patient_name"
CONTACT: Final = "contact"
TIME: Final = "preferred_time"
REASON: Final = "reason"
CONFIRMED: Final = "confirmed"
DETAILS: Final = (NAME, CONTACT, TIME, REASON, CONFIRMED)  # slots of the form, in the order in which they are asked for
STATE: Final = "consultation"  # the slot that holds everything; the five above hold what is shown of it


@dataclass(frozen=True)
class Consultation:
    """What the visitor has told so far, and what was offered.

    ``period``: when it would suit the visitor, in own words, where none of the offered times is taken (``by_request``).
    ``declined``: the details that the visitor did not want to give. ``misses``: replies in a row that were none.
    """

    patient_name: str | None = None
    for_whom: str | None = None
    contacts: tuple[Contact, ...] = ()
    slot: Slot | None = None
    period: str | None = None
    by_request: bool = False
    reason: str | None = None
    confirmed: bool = False
    offered: tuple[Slot, ...] = ()
    declined: tuple[str, ...] = ()
    misses: int = 0
    turn: int = -1  # the visitor's message that was taken last

    @property
    def asked(self) -> str:
        """The detail that has to be asked for next, as the slot of the form; CONFIRMED once all others are there."""
        return next((detail for detail in DETAILS[:-1] if not self.has(detail)), CONFIRMED)

    def has(self, detail: str) -> bool:
        """Whether a detail was given, by the slot of the form."""
        return {
            NAME: self.patient_name is not None,
            CONTACT: bool(self.contacts),
            TIME: self.slot is not None or self.period is not None,
            REASON: self.reason is not None,
        }[detail]

    def changed(self, **changes: Any) -> Consultation:
        """Return the consultation with some fields changed."""
        return dataclasses.replace(self, **changes)

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Consultation | None:
        """Return the consultation that the slots hold, or None."""
        kept = slots.get(STATE)
        if not kept:
            return None
        values = dict(kept)
        values["contacts"] = tuple(Contact(**contact) for contact in values["contacts"])
        values["slot"] = restored(values["slot"]) if values["slot"] else None
        values["offered"] = tuple(map(restored, values["offered"]))
        values["declined"] = tuple(values["declined"])
        return cls(**values)

    def to_slots(self) -> dict[str, Any]:
        """Return the slots that hold this consultation."""
        kept = dataclasses.asdict(self)
        kept["slot"] = kept_slot(self.slot) if self.slot else None
        kept["offered"] = list(map(kept_slot, self.offered))
        kept["contacts"] = [dataclasses.asdict(contact) for contact in self.contacts]
        kept["declined"] = list(self.declined)
        return {
            STATE: kept,
            NAME: self.patient_name,
            CONTACT: self.contacts[0].shown if self.contacts else None,
            TIME: self.slot.starts_at.isoformat() if self.slot else self.period,
            REASON: self.reason,
            CONFIRMED: True if self.confirmed else None,
        }


NO_SLOTS: Final[Mapping[str, Any]] = dict.fromkeys((STATE, *DETAILS))  # no consultation is being booked

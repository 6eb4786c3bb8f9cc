"""A consultation that is looked up, moved or cancelled, as far as it has come. Kept in one of Rasa's slots."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.booking.slots import Slot
from bot.booking.words.changes import Change
from bot.dialogue.kept_slots import kept as kept_slot
from bot.dialogue.kept_slots import restored

STATE: Final = "appointment"  # the slot that holds everything
STEP: Final = "appointment_step"  # the slot that the form asks for: never set, so that it asks until it is over
_TAKEN_UP: Final = 3  # messages after the end in which another word on the appointment is taken for one on it

Did = Literal["moved", "cancelled"]
Step = Literal["which", "reference", "contact", "wish", "time", "move", "cancel"]


@dataclass(frozen=True)
class Errand:
    """What the visitor wants done with an appointment.

    ``appointment``: its id, once it is found; ``among``: the ids of those that it may be; ``reference`` and
    ``contact``: what was given to find it by. ``words``: the message that asked for a change, read again for the new
    time once the appointment is found. ``slot``: the new time, held for the visitor. ``version``: of the appointment
    when the visitor was asked to confirm. ``did``: what was stored. ``over``: nothing is asked any more.
    """

    appointment: str | None = None
    among: tuple[str, ...] = ()
    reference: str | None = None
    contact: str | None = None
    wish: Change | None = None
    words: str | None = None
    offered: tuple[Slot, ...] = ()
    others: bool = False  # other times than the first ones were offered
    slot: Slot | None = None
    version: int | None = None
    did: Did | None = None
    over: bool = False
    anew: bool = False  # another consultation is to be booked instead
    misses: int = 0
    turn: int = -1  # the visitor's message that was taken last

    @property
    def step(self) -> Step:
        """What the visitor is asked next."""
        if self.appointment is None:
            return "which" if self.among else ("contact" if self.reference else "reference")
        if self.wish == "cancel":
            return "cancel"
        if self.wish == "move":
            return "move" if self.slot else "time"
        return "wish"

    def is_fresh(self, turn: int) -> bool:
        """Tell whether it ended so few messages ago that another word on it is taken for one on it."""
        return self.over and self.appointment is not None and turn - self.turn <= _TAKEN_UP

    def changed(self, **changes: Any) -> Errand:
        """Return the errand with some fields changed."""
        return dataclasses.replace(self, **changes)

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Errand | None:
        """Return the errand that the slots hold, or None."""
        kept = slots.get(STATE)
        if not kept:
            return None
        values = dict(kept)
        values["slot"] = restored(values["slot"]) if values["slot"] else None
        values["offered"] = tuple(map(restored, values["offered"]))
        values["among"] = tuple(values["among"])
        return cls(**values)

    def to_slots(self) -> dict[str, Any]:
        """Return the slot that holds this errand."""
        kept = dataclasses.asdict(self)
        kept["slot"] = kept_slot(self.slot) if self.slot else None
        kept["offered"] = list(map(kept_slot, self.offered))
        kept["among"] = list(self.among)
        return {STATE: kept}

"""The queue of bookings and requests for a call: who looks after them, and how they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.booking import handling
from bot.console.queues import NOTE_MAX, SHOWN
from bot.storage.retry import retried
from bot.storage.store import Store

if TYPE_CHECKING:
    from bot.booking.handling import Waiting
    from bot.console.acting import Actor


class BookingQueue(Store):
    """Each method is one transaction of its own. They block, and may be called from any thread or process at once.

    What changes something raises NoSuchAppointment, and NotWaiting for what has left the queue.
    """

    @retried
    def items(self, limit: int = SHOWN) -> list[Waiting]:
        """Return what waits: what nobody has seen before the rest, and of each the longest waiting first."""
        with self._database.read() as session:
            return handling.queue(session, limit)

    @retried
    def of(self, appointment_id: str) -> Waiting | None:
        """Return an appointment or request if it waits, else None."""
        with self._database.read() as session:
            return handling.of(session, appointment_id)

    @retried
    def conversations(self) -> list[str]:
        """Return the ids of the conversations in which something that waits was made."""
        with self._database.read() as session:
            return handling.conversations(session)

    @retried
    def see(self, by: Actor, appointment_id: str) -> None:
        """Keep that somebody has seen it."""
        self._note(by, appointment_id, "seen")

    @retried
    def assign(self, by: Actor, appointment_id: str, to: str | None) -> None:
        """Give it to somebody, by the account's name; None: to nobody."""
        self._note(by, appointment_id, "assigned", assigned_to=to)

    @retried
    def finish(self, by: Actor, appointment_id: str, note: str = "") -> None:
        """Take it out of the queue, with a note on what was done; a change of it brings it back."""
        values = {"note": note[:NOTE_MAX]} if note else {}
        self._note(by, appointment_id, "done", done_by=by.name, **values)

    def _note(self, by: Actor, appointment_id: str, did: str, **values: str | None) -> None:
        with self._database.write() as session:
            now = self._clock()
            handling.note(session, appointment_id, now, seen_by=by.name, **values)
            details = {"to": values["assigned_to"]} if did == "assigned" else {}
            by.did(session, f"queue.{did}", f"appointment:{appointment_id}", now, queue="booking", **details)

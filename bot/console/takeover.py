"""Staff in the assistant's place: taking a conversation, writing in it, giving it back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.booking import changed_hours
from bot.console.hours import closed_text, next_opening
from bot.conversations import alarms, charge
from bot.conversations.records import Charge, Reply, Staff
from bot.storage.retry import Sleep, retried
from bot.storage.types import storable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.booking.hours import Availability
    from bot.console.acting import Actor
    from bot.conversations.records import Message
    from bot.storage.engine import Database

    # Puts messages on their way to a telephone that has left the conversation, inside the caller's transaction.
    Deliver = Callable[[Session, str, Sequence[Message], datetime], None]

NAME_MAX: Final = 60  # characters
TEXT_MAX: Final = 2_000


class TakeOver:
    """Each method is one transaction of its own. They block, and may be called from any thread or process at once."""

    def __init__(
        self,
        database: Database,
        availability: Availability | None,
        deliver: Deliver,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        """``availability``: the hours of BOOKING_FILE, None without it."""
        self._database = database
        self._availability = availability
        self._deliver = deliver
        self._clock = clock
        self.sleep = sleep

    @retried
    def in_charge(self, conversation_id: str) -> Charge | None:
        """Return who of the staff answers a conversation; None while the assistant does."""
        with self._database.read() as session:
            return charge.of(session, conversation_id)

    @retried
    def take(self, by: Actor, conversation_id: str, staff: Staff) -> None:
        """Answer a conversation in the assistant's place from now on, under the name and role that the visitor sees.

        Its alarms are seen. Raises NotFound, TakenOver where somebody else has it, ValueError for a name or role that
        is empty or too long.
        """
        shown = Staff(_one_line(staff.name), _one_line(staff.role) if staff.role and staff.role.strip() else None)
        with self._database.write() as session:
            now = self._clock()
            said = charge.take(session, conversation_id, by.account_id, shown, now)
            alarms.mark_seen(session, conversation_id, now)
            if said is not None:
                told = [said, *self._closed(session, conversation_id, now)]
                self._deliver(session, conversation_id, told, now)
            by.did(session, "conversation.take-over", f"conversation:{conversation_id}", now)

    @retried
    def give_back(self, by: Actor, conversation_id: str, *, even_anothers: bool = False) -> None:
        """Let the assistant answer again. Raises NotFound, and NotInCharge."""
        with self._database.write() as session:
            now = self._clock()
            said = charge.give_back(session, conversation_id, by.account_id, now, even_anothers=even_anothers)
            self._deliver(session, conversation_id, [said], now)
            by.did(session, "conversation.give-back", f"conversation:{conversation_id}", now)

    @retried
    def say(self, by: Actor, conversation_id: str, text: str) -> Message:
        """Write to the visitor; return the message. Raises NotFound, NotInCharge, ValueError if too long."""
        text = storable(text).strip()
        if not 0 < len(text) <= TEXT_MAX:
            raise ValueError(f"Write a message of {TEXT_MAX} characters or fewer.")
        with self._database.write() as session:
            now = self._clock()
            message = charge.say(session, conversation_id, by.account_id, text, now)
            self._deliver(session, conversation_id, [message], now)
            by.did(session, "conversation.say", f"message:{message.id}", now, conversation=conversation_id)
            return message

    @retried
    def note_closed(self, conversation_id: str) -> None:
        """Tell a visitor who writes to staff out of hours when these begin again, once until then."""
        with self._database.read() as session:
            if next_opening(changed_hours.present(session, self._availability), self._clock()) is None:
                return
        with self._database.write() as session:
            now = self._clock()
            if told := self._closed(session, conversation_id, now):
                self._deliver(session, conversation_id, told, now)

    @retried
    def closed(self) -> Reply | None:
        """Return what a visitor who asks for a person out of hours is told; None within them, or if none are set."""
        if self._availability is None:
            return None
        with self._database.read() as session:
            text = closed_text(changed_hours.present(session, self._availability), self._clock())
        return Reply(text, author="system") if text else None

    def _closed(self, session: Session, conversation_id: str, now: datetime) -> list[Message]:
        hours = changed_hours.present(session, self._availability)
        opening, text = next_opening(hours, now), closed_text(hours, now)
        if opening is None or text is None:
            return []
        told = charge.note_closed(session, conversation_id, text, opening, now)
        return [told] if told else []


def _one_line(text: str) -> str:
    line = " ".join(storable(text).split())
    if not 0 < len(line) <= NAME_MAX:
        raise ValueError(f"Write a name, and a role if you like, of {NAME_MAX} characters or fewer each.")
    return line

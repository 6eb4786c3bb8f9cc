"""The queues of staff: how many wait in each, who looks after them, and how they leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from bot.booking import handling
from bot.conversations import alarms, transcript
from bot.conversations.errors import NotFound
from bot.conversations.models import AlarmRow, QueueItemRow
from bot.conversations.queues import QUEUES, Queue
from bot.storage.retry import retried
from bot.storage.store import Store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.console.acting import Actor

NOTE_MAX: Final = 2_000  # characters
SHOWN: Final = 50
_BOOKING: Final = "booking"


@dataclass(frozen=True)
class Item:
    """A conversation in a queue; ``times``: how often something put it there; ``level``: its latest alarm's, or ""."""

    conversation_id: str
    queue: Queue
    message_id: str | None
    times: int
    first_at: datetime
    last_at: datetime
    seen_by: str | None
    assigned_to: str | None
    note: str | None
    level: str = ""


class QueueDesk(Store):
    """Each method is one transaction of its own. They block, and may be called from any thread or process at once."""

    @retried
    def counts(self) -> dict[Queue, int]:
        """Return how many conversations, or appointments and requests, wait in each queue; the most urgent first."""
        chosen = select(QueueItemRow.queue, func.count()).where(QueueItemRow.done_at.is_(None))
        with self._database.read() as session:
            found = dict(session.execute(chosen.group_by(QueueItemRow.queue)).all())
            found[_BOOKING] = handling.count(session)
        return {queue: found.get(queue, 0) for queue in QUEUES}

    @retried
    def items(self, queue: Queue, limit: int = SHOWN) -> list[Item]:
        """Return what waits in a queue: what nobody has seen before the rest, and of each the longest waiting first."""
        chosen = (
            select(QueueItemRow)
            .where(QueueItemRow.queue == queue, QueueItemRow.done_at.is_(None))
            .order_by(QueueItemRow.seen_at.isnot(None), QueueItemRow.last_at, QueueItemRow.conversation_id)
            .limit(limit)
        )
        with self._database.read() as session:
            rows = list(session.execute(chosen).scalars())
            levels = _levels(session, [row.conversation_id for row in rows]) if queue == "alarm" else {}
            return [_item(row, levels.get(row.conversation_id, "")) for row in rows]

    @retried
    def of_conversation(self, conversation_id: str) -> list[Item]:
        """Return the queues that a conversation is in, the most urgent first."""
        chosen = select(QueueItemRow).where(
            QueueItemRow.conversation_id == conversation_id, QueueItemRow.done_at.is_(None)
        )
        with self._database.read() as session:
            found = [_item(row) for row in session.execute(chosen).scalars()]
        return sorted(found, key=lambda each: QUEUES.index(each.queue))

    @retried
    def see(self, by: Actor, conversation_id: str, queue: Queue) -> None:
        """Keep that somebody has seen an item. Raises NotFound for one that is not in the queue."""
        with self._database.write() as session:
            now = self._clock()
            row = _held(session, conversation_id, queue)
            row.seen_at, row.seen_by = row.seen_at or now, row.seen_by or by.name
            if queue == "alarm":
                alarms.mark_seen(session, conversation_id, now)
            by.did(session, "queue.seen", f"conversation:{conversation_id}", now, queue=queue)

    @retried
    def assign(self, by: Actor, conversation_id: str, queue: Queue, to: str | None) -> None:
        """Give an item to somebody, by the account's name; None: to nobody. Raises NotFound."""
        with self._database.write() as session:
            now = self._clock()
            row = _held(session, conversation_id, queue)
            row.assigned_to = to
            row.seen_at, row.seen_by = row.seen_at or now, row.seen_by or by.name
            by.did(session, "queue.assigned", f"conversation:{conversation_id}", now, queue=queue, to=to)

    @retried
    def finish(self, by: Actor, conversation_id: str, queue: Queue, note: str = "") -> None:
        """Take an item out of its queue, with a note on what was done. Raises NotFound."""
        with self._database.write() as session:
            now = self._clock()
            row = _held(session, conversation_id, queue)
            row.note = note[:NOTE_MAX] or row.note
            row.done_at, row.done_by = now, by.name
            if queue == "alarm":
                alarms.mark_seen(session, conversation_id, now)
            by.did(session, "queue.done", f"conversation:{conversation_id}", now, queue=queue, noted=bool(note))


def _held(session: Session, conversation_id: str, queue: Queue) -> QueueItemRow:
    transcript.lock(session, conversation_id)
    row: QueueItemRow | None = session.get(QueueItemRow, (conversation_id, queue), populate_existing=True)
    if row is None or row.done_at is not None:
        raise NotFound("This is not in the queue any more.")
    return row


def _levels(session: Session, conversation_ids: list[str]) -> dict[str, str]:
    chosen = select(AlarmRow.conversation_id, AlarmRow.level).where(AlarmRow.conversation_id.in_(conversation_ids))
    return dict(session.execute(chosen.order_by(AlarmRow.raised_at, AlarmRow.id)).all())


def _item(row: QueueItemRow, level: str = "") -> Item:
    return Item(
        conversation_id=row.conversation_id,
        queue=row.queue,
        message_id=row.message_id,
        times=row.times,
        first_at=row.first_at,
        last_at=row.last_at,
        seen_by=row.seen_by,
        assigned_to=row.assigned_to,
        note=row.note,
        level=level,
    )

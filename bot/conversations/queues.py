"""Queues of staff: what in a conversation somebody ought to look at. Inside a transaction that the caller opened.

A conversation is in a queue once, with how often and when last something put it there. Whoever is done with it takes it
out; something new puts it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from sqlalchemy import delete, update

from bot.conversations.models import QueueItemRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.conversations.models import MessageRow
    from bot.conversations.records import Understanding

# The most urgent first.
Queue = Literal[
    "alarm",
    "booking",  # kept by the appointment book: no conversation is put into it
    "person",
    "failed",
    "thumbs_down",
    "near_miss",
    "low_confidence",
    "did_you_mean",
    "unanswered",
]
QUEUES: Final[tuple[Queue, ...]] = get_args(Queue)

NEAR: Final = 0.3  # likelihood of an alarm, of 1, from which a message is read by staff though it raised none
LOW: Final = 0.5  # confidence, of 1, below which an answer is read by staff
_BY_KIND: Final[dict[str, Queue]] = {"handoff": "person", "fallback": "failed", "clarify": "did_you_mean"}
_UNANSWERED: Final = "not_in_source"


def put(session: Session, conversation_id: str, queue: Queue, message_id: str, now: datetime) -> None:
    """Put a conversation into a queue, or back into it. The caller holds the conversation."""
    found = session.get(QueueItemRow, (conversation_id, queue))
    if found is None:
        session.add(
            QueueItemRow(
                conversation_id=conversation_id,
                queue=queue,
                message_id=message_id,
                times=1,
                first_at=now,
                last_at=now,
            )
        )
    else:
        found.times += 1
        found.message_id, found.last_at = message_id, now
        found.seen_at = found.seen_by = found.done_at = found.done_by = None
    session.flush()


def put_reply(session: Session, row: MessageRow) -> None:
    """Put a conversation into the queue that a reply of the assistant belongs to, if there is one."""
    if row.author != "assistant":
        return
    queue = _BY_KIND.get(row.kind)
    if row.kind == "refusal" and row.topic == _UNANSWERED:
        queue = "unanswered"
    if queue is not None:
        put(session, row.conversation_id, queue, row.id, row.created_at)


def put_triaged(
    session: Session, conversation_id: str, message_id: str, verdict: Mapping[str, Any], now: datetime
) -> None:
    """Put a conversation into the queue of near misses, if triage found little, but not nothing, in a message."""
    near = verdict.get("nearness", 0.0) >= NEAR or verdict.get("held_back")
    if near and verdict.get("level") == "none":
        put(session, conversation_id, "near_miss", message_id, now)


def put_understood(session: Session, row: MessageRow, understanding: Understanding | None, now: datetime) -> None:
    """Put a conversation into the queue of low confidence, if the assistant understood a message with little of it."""
    confidence = understanding.confidence if understanding else None
    if confidence is not None and confidence < LOW:
        put(session, row.conversation_id, "low_confidence", row.id, now)


def rated(session: Session, conversation_id: str, message_id: str, *, helpful: bool, now: datetime) -> None:
    """Put a conversation into the queue of thumbs down; take it out if the visitor has changed their mind."""
    if not helpful:
        put(session, conversation_id, "thumbs_down", message_id, now)
        return
    session.execute(
        delete(QueueItemRow)
        .where(
            QueueItemRow.conversation_id == conversation_id,
            QueueItemRow.queue == "thumbs_down",
            QueueItemRow.message_id == message_id,
        )
        .execution_options(synchronize_session=False)
    )


def finish(session: Session, conversation_id: str, queue: Queue, by: str, now: datetime) -> bool:
    """Take a conversation out of a queue; tell whether it was in it."""
    done = session.execute(
        update(QueueItemRow)
        .where(
            QueueItemRow.conversation_id == conversation_id, QueueItemRow.queue == queue, QueueItemRow.done_at.is_(None)
        )
        .values(done_at=now, done_by=by)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)

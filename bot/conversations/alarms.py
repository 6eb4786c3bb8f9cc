"""Alarms of a conversation, inside a transaction that the caller opened, with the notices that tell staff of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from bot.conversations import queues
from bot.conversations.models import AlarmRow
from bot.conversations.records import Alarm
from bot.conversations.transcript import new_id
from bot.notices import outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.conversations.records import RaisedAlarm
    from bot.notices.outbox import Way

IS_OPEN: Final = AlarmRow.settled_at.is_(None)
_URGENT: Final = "urgent"
_REPLACED: Final = "replaced"
_TOLD: Final = "The visitor was told at once where to get help."
_NOT_TOLD: Final = (
    "NOBODY HAS ANSWERED THE VISITOR, who wrote by text message and has opted out of getting any. Please call them."
)


def of(session: Session, conversation_id: str) -> list[Alarm]:
    """Return the alarms of a conversation, the oldest first."""
    found = session.execute(
        select(AlarmRow).where(AlarmRow.conversation_id == conversation_id).order_by(AlarmRow.raised_at, AlarmRow.id)
    )
    return [to_alarm(row) for row in found.scalars()]


def open_of(alarms: Sequence[Alarm]) -> Alarm | None:
    """Return the alarm that is open, if one is."""
    return next((alarm for alarm in alarms if alarm.settled_at is None), None)


def settle(session: Session, conversation_id: str, how: str, now: datetime) -> None:
    """End the open alarm of a conversation, if there is one."""
    session.execute(
        update(AlarmRow)
        .where(AlarmRow.conversation_id == conversation_id, IS_OPEN)
        .values(settled_at=now, settled_how=how)
        .execution_options(synchronize_session=False)
    )


def raise_(  # noqa: PLR0917 - what an alarm consists of
    session: Session,
    conversation_id: str,
    message_id: str,
    raised: RaisedAlarm,
    ways: Sequence[Way],
    now: datetime,
    *,
    told: bool = True,
) -> None:
    """Write an alarm down in place of the one that is open, and tell staff in each of the ways.

    ``told``: the visitor was told where to get help. One who has opted out of text messages cannot be.
    """
    stays = raised.level != _URGENT
    if stays:
        settle(session, conversation_id, _REPLACED, now)
    row = AlarmRow(
        id=new_id(now),
        conversation_id=conversation_id,
        message_id=message_id,
        level=raised.level,
        family=raised.family,
        language=raised.language,
        names=list(raised.names),
        raised_at=now,
        settled_at=None if stays else now,
        settled_how=None if stays else _URGENT,
    )
    session.add(row)
    session.flush()
    queues.put(session, conversation_id, "alarm", message_id, now)
    outbox.add(session, f"alarm:{row.id}", ways, _content(row, told=told), now)


def mark_seen(session: Session, conversation_id: str, now: datetime) -> None:
    """Keep that staff have seen all alarms of a conversation."""
    session.execute(
        update(AlarmRow)
        .where(AlarmRow.conversation_id == conversation_id, AlarmRow.seen_at.is_(None))
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def to_alarm(row: AlarmRow) -> Alarm:
    """Return the record of an alarm's row."""
    return Alarm(
        id=row.id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        level=row.level,
        family=row.family,
        language=row.language,
        names=tuple(row.names),
        raised_at=row.raised_at,
        settled_at=row.settled_at,
        settled_how=row.settled_how,
        seen_at=row.seen_at,
    )


def _content(row: AlarmRow, *, told: bool) -> dict[str, Any]:
    """Return what staff are told: that there is something to look at and where, not what the visitor wrote."""
    moment = row.raised_at.isoformat(timespec="seconds")
    family = row.family.replace("_", " ")
    return {
        "event": "alarm",
        "alarm": row.id,
        "conversation": row.conversation_id,
        "level": row.level,
        "family": row.family,
        "raised_at": moment,
        "subject": f"Alarm in the chat: {row.level} ({family})",
        "text": (
            f"The patient assistant has raised an alarm.\n\n"
            f"Level: {row.level}\nSign: {family}\nTime: {moment}\nConversation: {row.conversation_id}\n\n"
            f"{_TOLD if told else _NOT_TOLD} Read the conversation with:\n"
            f"  python -m bot alarms show {row.id}\n"
        ),
    }

"""Blocked times: what staff keep from being offered. An appointment that stands there already stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from ulid import ULID

from bot.booking.locks import alone
from bot.booking.models import BlockRow
from bot.booking.slots import Slot
from bot.storage.retry import retried
from bot.storage.store import Store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


WHY_MAX = 200  # characters


@dataclass(frozen=True)
class Block:
    """A time of a schedule at which nothing is offered, why, and who of the staff said so."""

    id: str
    slot: Slot
    why: str
    made_by: str


def times_after(session: Session, moment: datetime) -> list[Slot]:
    """Return the blocked times that end after a moment, inside the caller's transaction."""
    columns = (BlockRow.schedule, BlockRow.starts_at, BlockRow.ends_at)
    return [Slot(*time) for time in session.execute(select(*columns).where(BlockRow.ends_at > moment))]


def add(session: Session, slot: Slot, why: str, made_by: str, now: datetime) -> str:
    """Block a time inside the caller's transaction; return the block's id.

    Raises ValueError for a time that does not end after its beginning or is over, or for a reason that is too long.
    """
    if not slot.starts_at < slot.ends_at or slot.ends_at <= now:
        raise ValueError("A blocked time ends after it begins, and is not over yet.")
    if len(why) > WHY_MAX:
        raise ValueError(f"Say in {WHY_MAX} characters or fewer why the time is blocked.")
    alone(session, "schedule", slot.schedule)
    row = BlockRow(
        id=str(ULID.from_datetime(now)),
        schedule=slot.schedule,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        why=why,
        made_by=made_by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return str(row.id)


def remove(session: Session, block_id: str) -> bool:
    """Let a blocked time be offered again, inside the caller's transaction; tell whether there was one."""
    gone = session.execute(delete(BlockRow).where(BlockRow.id == block_id).execution_options(synchronize_session=False))
    return bool(gone.rowcount)


class Blocks(Store):
    """Reads the blocked times."""

    @retried
    def between(self, first: datetime, last: datetime) -> list[Block]:
        """Return the blocks that have a part between two moments, in order of time."""
        chosen = select(BlockRow).where(BlockRow.ends_at > first, BlockRow.starts_at < last)
        with self._database.read() as session:
            rows = session.execute(chosen.order_by(BlockRow.starts_at, BlockRow.id)).scalars()
            return [Block(row.id, Slot(row.schedule, row.starts_at, row.ends_at), row.why, row.made_by) for row in rows]

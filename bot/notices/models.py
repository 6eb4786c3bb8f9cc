"""The table of notices."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Index, Integer, UniqueConstraint, text

from bot.storage.base import Base
from bot.storage.encryption import encrypted
from bot.storage.types import UtcDateTime, Words

SEALED = "sealed"  # where a content that names a patient keeps all of it, encrypted
_WAITING = text("delivered_at IS NULL")


class NoticeRow(Base):
    """A notice on one way, when it is due next, and how often it was tried."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("way IN ('email', 'webhook')", name="way"),
        Index("ix_notices_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id = Column(Words, primary_key=True)
    key = Column(Words, nullable=False)
    way = Column(Words, nullable=False)
    content = Column(JSON, nullable=False, info=encrypted(inside=SEALED))
    created_at = Column(UtcDateTime, nullable=False)
    due_at = Column(UtcDateTime, nullable=False)
    attempts = Column(Integer, nullable=False, default=0)
    delivered_at = Column(UtcDateTime)
    failure = Column(Words)

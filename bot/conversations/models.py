"""The tables of the conversation log. Only bot.conversations and the migrations know them."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, UniqueConstraint, text

from bot.storage.base import Base
from bot.storage.types import UtcDateTime, Words

_PENDING = text("state = 'pending'")
_OPEN = text("settled_at IS NULL")


class ConversationRow(Base):
    """A conversation, the number of its last message, and who answers it at present."""

    __tablename__ = "conversations"
    __table_args__ = (CheckConstraint("channel IN ('web', 'sms')", name="channel"),)

    id = Column(Words, primary_key=True)
    token_hash = Column(Words, nullable=False, unique=True)
    channel = Column(Words, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    last_activity_at = Column(UtcDateTime, nullable=False)
    last_seq = Column(Integer, nullable=False, default=0)
    lease_owner = Column(Words)
    lease_until = Column(UtcDateTime)


class MessageRow(Base):
    """A message of either side."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_message_id"),
        CheckConstraint("author IN ('visitor', 'assistant', 'staff', 'system')", name="author"),
        CheckConstraint("state IN ('pending', 'answered', 'failed')", name="state"),
        CheckConstraint("state IS NULL OR author = 'visitor'", name="only_visitors_wait"),
        Index("ix_messages_pending", "conversation_id", "seq", sqlite_where=_PENDING, postgresql_where=_PENDING),
    )

    id = Column(Words, primary_key=True)
    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)
    seq = Column(Integer, nullable=False)
    author = Column(Words, nullable=False)
    text = Column(Words, nullable=False)
    kind = Column(Words)
    topic = Column(Words)
    sources = Column(JSON, nullable=False, default=list)
    buttons = Column(JSON, nullable=False, default=list)
    asks = Column(Words)
    booking = Column(JSON(none_as_null=True))
    created_at = Column(UtcDateTime, nullable=False)
    client_message_id = Column(Words)
    in_reply_to = Column(Words, ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    state = Column(Words)
    attempts = Column(Integer, nullable=False, default=0)
    understanding = Column(JSON(none_as_null=True))
    model = Column(Words)
    took_ms = Column(Integer)


class FeedbackRow(Base):
    """What a visitor said about one message."""

    __tablename__ = "feedback"

    message_id = Column(Words, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    helpful = Column(Boolean, nullable=False)
    comment = Column(Words)
    created_at = Column(UtcDateTime, nullable=False)


class LabelRow(Base):
    """What a message meant, told afterwards: by the visitor who was asked, or by staff who read it."""

    __tablename__ = "labels"
    __table_args__ = (CheckConstraint("given_by IN ('visitor', 'staff')", name="given_by"),)

    message_id = Column(Words, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    given_by = Column(Words, primary_key=True)
    topic = Column(Words)  # none of those that were offered: NULL
    created_at = Column(UtcDateTime, nullable=False)


class TriageRow(Base):
    """What triage found in a visitor's message, and why."""

    __tablename__ = "triage"

    message_id = Column(Words, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    verdict = Column(JSON, nullable=False)


class AlarmRow(Base):
    """An alarm that a message raised, what ended it, and when staff saw it. A conversation has one open at most."""

    __tablename__ = "alarms"
    __table_args__ = (
        CheckConstraint("level IN ('urgent', 'emergency', 'crisis')", name="level"),
        CheckConstraint("(settled_at IS NULL) = (settled_how IS NULL)", name="settled"),
        Index("ix_alarms_open", "conversation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id = Column(Words, primary_key=True)
    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True)
    message_id = Column(Words, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True)
    level = Column(Words, nullable=False)
    family = Column(Words, nullable=False)
    language = Column(Words, nullable=False)
    names = Column(JSON, nullable=False)
    raised_at = Column(UtcDateTime, nullable=False)
    settled_at = Column(UtcDateTime)
    settled_how = Column(Words)
    seen_at = Column(UtcDateTime)

"""The tables of the conversation log. Only bot.conversations and the migrations know them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    text,
)

from bot.storage.base import Base
from bot.storage.types import UtcDateTime, Words

_PENDING = text("state = 'pending'")
_OPEN = text("settled_at IS NULL")
_TO_DO = text("done_at IS NULL")
_HAS_KIND = text("kind IS NOT NULL")
_HAS_TOPIC = text("topic IS NOT NULL")


class ConversationRow(Base):
    """A conversation, the number of its last message, and who answers it at present."""

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("channel IN ('web', 'sms')", name="channel"),
        Index("ix_conversations_last_activity_at", "last_activity_at", "id"),
    )

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
        Index("ix_messages_kind", "kind", "conversation_id", sqlite_where=_HAS_KIND, postgresql_where=_HAS_KIND),
        Index("ix_messages_topic", "topic", "conversation_id", sqlite_where=_HAS_TOPIC, postgresql_where=_HAS_TOPIC),
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


class FactsRow(Base):
    """What a conversation is found by: its number, and what its messages tell of it as a whole.

    ``language`` is that of its last message, ``lowest_confidence`` the lowest one with which a message was understood.
    """

    __tablename__ = "conversation_facts"
    __table_args__ = (UniqueConstraint("conversation_id"),)

    number = Column(Integer, primary_key=True)
    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)
    language = Column(Words)
    lowest_confidence = Column(Float)


class ChargeRow(Base):
    """Who of the staff answers a conversation in the assistant's place, under the name and role that visitors see."""

    __tablename__ = "conversation_charges"

    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    account_id = Column(Words, nullable=False)
    name = Column(Words, nullable=False)
    role = Column(Words)
    taken_at = Column(UtcDateTime, nullable=False)
    told_closed_until = Column(UtcDateTime)


class StaffMessageRow(Base):
    """Who of the staff wrote a message, as the visitor sees them."""

    __tablename__ = "staff_messages"

    message_id = Column(Words, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    account_id = Column(Words, nullable=False)
    name = Column(Words, nullable=False)
    role = Column(Words)


class QueueItemRow(Base):
    """A conversation in a queue of staff. It leaves when it is done, and comes back when there is something new."""

    __tablename__ = "queue_items"
    __table_args__ = (
        CheckConstraint(
            "queue IN ('alarm', 'person', 'failed', 'thumbs_down', 'near_miss', 'low_confidence',"
            " 'did_you_mean', 'unanswered')",
            name="queue",
        ),
        Index("ix_queue_items_to_do", "queue", "last_at", sqlite_where=_TO_DO, postgresql_where=_TO_DO),
    )

    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    queue = Column(Words, primary_key=True)
    message_id = Column(Words, ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    times = Column(Integer, nullable=False)
    first_at = Column(UtcDateTime, nullable=False)
    last_at = Column(UtcDateTime, nullable=False)
    seen_at = Column(UtcDateTime)
    seen_by = Column(Words)
    assigned_to = Column(Words)
    done_at = Column(UtcDateTime)
    done_by = Column(Words)
    note = Column(Words)

"""The tables of text messages. Only bot.sms and the migrations know them."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, UniqueConstraint, text

from bot.storage.base import Base
from bot.storage.encryption import encrypted
from bot.storage.types import UtcDateTime, Words

_WAITING = text("state = 'waiting'")
_OPEN = text("state = 'open'")


class PhoneRow(Base):
    """A telephone: its number, encrypted, whether it has opted out, and the conversation that it is in.

    ``asked_to_stop_at``: when it was asked whether it wants no more texts, until that is answered. ``seen_seq``: up to
    which message of its conversation it was sent what staff wrote.
    """

    __tablename__ = "phones"
    __table_args__ = (
        UniqueConstraint("number_hash"),
        CheckConstraint("(opted_out_at IS NULL) = (opted_out_how IS NULL)", name="opted_out"),
    )

    id = Column(Words, primary_key=True)
    number_hash = Column(Words, nullable=False)
    number = Column(Words, nullable=False, info=encrypted("number_hash"))
    created_at = Column(UtcDateTime, nullable=False)
    last_text_at = Column(UtcDateTime)
    opted_out_at = Column(UtcDateTime)
    opted_out_how = Column(Words)
    asked_to_stop_at = Column(UtcDateTime)
    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    wrong_codes = Column(Integer, nullable=False, default=0)
    wrong_codes_since = Column(UtcDateTime)
    seen_seq = Column(Integer, nullable=False, default=0)


class PhoneConversationRow(Base):
    """A conversation that a telephone has been in, and the one before it, if there was one."""

    __tablename__ = "phone_conversations"

    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    phone_id = Column(Words, ForeignKey("phones.id", ondelete="CASCADE"), primary_key=True, index=True)
    previous_id = Column(Words, ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    began_at = Column(UtcDateTime, nullable=False)


class ConsentRow(Base):
    """One time that a telephone opted out or in again, and by what; kept as a proof."""

    __tablename__ = "phone_consents"
    __table_args__ = (CheckConstraint("did IN ('out', 'in')", name="did"),)

    id = Column(Words, primary_key=True)
    phone_id = Column(Words, ForeignKey("phones.id", ondelete="CASCADE"), nullable=False, index=True)
    did = Column(Words, nullable=False)
    how = Column(Words, nullable=False)
    at = Column(UtcDateTime, nullable=False)


class TextInRow(Base):
    """A text message that came in, by Twilio's id of it. It is open until its reply is in the outbox, or none is due.

    The webhook may give the reply back itself until ``held_until``; after that, the outbox sends it.
    """

    __tablename__ = "texts_in"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done')", name="state"),
        Index("ix_texts_in_open", "received_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    sid = Column(Words, primary_key=True)
    phone_id = Column(Words, ForeignKey("phones.id", ondelete="CASCADE"), nullable=False, index=True)
    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    message_id = Column(Words, ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    received_at = Column(UtcDateTime, nullable=False)
    held_until = Column(UtcDateTime, nullable=False)
    state = Column(Words, nullable=False)


class TextOutRow(Base):
    """A text message that goes out: the one reply to one that came in, or what staff have written.

    ``status`` is what Twilio last said of it, which only moves forward. ``handed_at``: when Twilio took it.
    """

    __tablename__ = "texts_out"
    __table_args__ = (
        UniqueConstraint("reply_to"),
        UniqueConstraint("twilio_sid"),
        CheckConstraint("state IN ('waiting', 'handed', 'refused', 'dropped')", name="state"),
        CheckConstraint("kind IN ('safety', 'answer', 'consent')", name="kind"),
        Index("ix_texts_out_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id = Column(Words, primary_key=True)
    phone_id = Column(Words, ForeignKey("phones.id", ondelete="CASCADE"), nullable=False, index=True)
    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    reply_to = Column(Words, ForeignKey("texts_in.sid", ondelete="CASCADE"))
    text = Column(Words, nullable=False)
    kind = Column(Words, nullable=False)
    state = Column(Words, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    asked_at = Column(UtcDateTime, nullable=False)
    due_at = Column(UtcDateTime, nullable=False)
    attempts = Column(Integer, nullable=False, default=0)
    handed_at = Column(UtcDateTime)
    twilio_sid = Column(Words)
    status = Column(Words)
    error = Column(Integer)


class CarriedMessageRow(Base):
    """A message of a conversation that goes out as a text of its own, and not as the reply to one.

    It is what staff have written, or that the answer will come later.
    """

    __tablename__ = "carried_messages"

    text_id = Column(Words, ForeignKey("texts_out.id", ondelete="CASCADE"), primary_key=True)
    message_id = Column(Words, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True)


class OfferRow(Base):
    """What a telephone can pick by number: the choices of the last text that it was sent."""

    __tablename__ = "text_offers"

    phone_id = Column(Words, ForeignKey("phones.id", ondelete="CASCADE"), primary_key=True)
    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True)
    choices = Column(JSON, nullable=False)


class PhoneCodeRow(Base):
    """A one-time code by which a telephone joins a conversation of the widget."""

    __tablename__ = "phone_codes"
    __table_args__ = (UniqueConstraint("code_hash"),)

    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    code_hash = Column(Words, nullable=False)
    expires_at = Column(UtcDateTime, nullable=False)

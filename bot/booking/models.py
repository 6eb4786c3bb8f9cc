"""The tables of the appointment book. Only bot.booking and the migrations know them."""

from __future__ import annotations

from sqlalchemy import DDL, JSON, CheckConstraint, Column, ForeignKey, Index, Integer, UniqueConstraint, event, text

from bot.storage.base import Base
from bot.storage.encryption import encrypted
from bot.storage.types import UtcDateTime, Words

# A time that one of these has is not free. Held times are proposed ones that expire.
ACTIVE = ("proposed", "pending", "booked")
# Columns that hold a patient's words; they are encrypted, and of a hold they are empty.
SEALED = ("patient_name", "contact", "reason", "for_whom", "summary", "requested_period")
_ACTIVE = text("status IN ('proposed', 'pending', 'booked')")


class AppointmentRow(Base):
    """An appointment, a request for a call back (proposed, no time), or a held time (proposed, expires).

    A hold knows nobody's name yet; its version is 0.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        UniqueConstraint("reference"),
        CheckConstraint(
            "status IN ('proposed', 'pending', 'booked', 'fulfilled', 'cancelled', 'noshow', 'entered-in-error')",
            name="status",
        ),
        CheckConstraint("contact_kind IN ('phone', 'email')", name="contact_kind"),
        CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL) AND (starts_at IS NULL) = (schedule IS NULL)", name="whole_time"
        ),
        CheckConstraint("starts_at < ends_at", name="in_order"),
        # FHIR's rule app-3
        CheckConstraint("starts_at IS NOT NULL OR status IN ('proposed', 'cancelled')", name="has_time"),
        CheckConstraint("expires_at IS NULL OR (status = 'proposed' AND starts_at IS NOT NULL)", name="hold"),
        CheckConstraint(
            "status <> 'proposed' OR (starts_at IS NULL) = (expires_at IS NULL)", name="proposed_time_expires"
        ),
        CheckConstraint(
            "expires_at IS NOT NULL OR (patient_name IS NOT NULL AND contact IS NOT NULL AND contact_kind IS NOT NULL"
            " AND reason IS NOT NULL AND summary IS NOT NULL AND version > 0)",
            name="complete",
        ),
        Index(
            "ix_appointments_time",
            "schedule",
            "starts_at",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
    )

    id = Column(Words, primary_key=True)
    reference = Column(Words, nullable=False)
    version = Column(Integer, nullable=False)
    status = Column(Words, nullable=False)
    schedule = Column(Words)
    starts_at = Column(UtcDateTime)
    ends_at = Column(UtcDateTime)
    expires_at = Column(UtcDateTime)
    time_zone = Column(Words, nullable=False)
    patient_name = Column(Words, info=encrypted())
    contact = Column(Words, info=encrypted())
    contact_kind = Column(Words)
    reason = Column(Words, info=encrypted())
    for_whom = Column(Words, info=encrypted())
    summary = Column(Words, info=encrypted())
    requested_period = Column(Words, info=encrypted())
    # use_alter: the book does not import the other room, so SQLAlchemy must not look for its table when it writes.
    conversation_id = Column(Words, ForeignKey("conversations.id", ondelete="SET NULL", use_alter=True), index=True)
    created_at = Column(UtcDateTime, nullable=False)
    changed_at = Column(UtcDateTime, nullable=False)


class AppointmentChangeRow(Base):
    """What happened to an appointment, by version."""

    __tablename__ = "appointment_changes"
    __table_args__ = (CheckConstraint("made_by IN ('visitor', 'staff', 'system')", name="made_by"),)

    appointment_id = Column(Words, ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True)
    version = Column(Integer, primary_key=True, autoincrement=False)
    at = Column(UtcDateTime, nullable=False)
    made_by = Column(Words, nullable=False)
    what = Column(JSON, nullable=False)


class BookingKeyRow(Base):
    """What was done under a caller's key, so that the same call again does nothing and returns the same."""

    __tablename__ = "booking_keys"

    key = Column(Words, primary_key=True)
    appointment_id = Column(Words, ForeignKey("appointments.id", ondelete="CASCADE"), nullable=False, index=True)
    did = Column(Words, nullable=False)
    version = Column(Integer, nullable=False)
    at = Column(UtcDateTime, nullable=False)


class BookingAttemptRow(Base):
    """A try of a reference with a wrong contact, or of a wrong reference. Kept for an hour."""

    __tablename__ = "booking_attempts"
    __table_args__ = (
        Index("ix_booking_attempts_asked_by_at", "asked_by", "at"),
        Index("ix_booking_attempts_reference_at", "reference", "at"),
    )

    id = Column(Words, primary_key=True)
    asked_by = Column(Words, nullable=False)
    reference = Column(Words, nullable=False)
    at = Column(UtcDateTime, nullable=False)


# SQLite has no such constraint; there, the book looks for overlaps while it alone may write.
BTREE_GIST = "CREATE EXTENSION IF NOT EXISTS btree_gist"
NO_OVERLAP = (
    "ALTER TABLE appointments ADD CONSTRAINT ex_appointments_time EXCLUDE USING gist "
    "(schedule WITH =, tstzrange(starts_at, ends_at) WITH &&) "
    "WHERE (status IN ('proposed', 'pending', 'booked'))"
)
event.listen(AppointmentRow.__table__, "before_create", DDL(BTREE_GIST).execute_if(dialect="postgresql"))
event.listen(AppointmentRow.__table__, "after_create", DDL(NO_OVERLAP).execute_if(dialect="postgresql"))


class BlockRow(Base):
    """A time of a schedule at which nothing is offered, as staff have said."""

    __tablename__ = "blocked_times"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        Index("ix_blocked_times_schedule_ends_at", "schedule", "ends_at"),
    )

    id = Column(Words, primary_key=True)
    schedule = Column(Words, nullable=False)
    starts_at = Column(UtcDateTime, nullable=False)
    ends_at = Column(UtcDateTime, nullable=False)
    why = Column(Words, nullable=False)
    made_by = Column(Words, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


class HandlingRow(Base):
    """What staff did about an appointment or request that waits for them, as it was in one version of it."""

    __tablename__ = "appointment_handling"

    appointment_id = Column(Words, ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True)
    version = Column(Integer, nullable=False)
    seen_by = Column(Words)
    assigned_to = Column(Words)
    done_by = Column(Words)
    note = Column(Words)
    at = Column(UtcDateTime, nullable=False)


class ChangedHoursRow(Base):
    """A part of the clinic's hours as staff have changed it; it counts in place of the same part of the file."""

    __tablename__ = "changed_hours"

    part = Column(Words, primary_key=True)
    content = Column(JSON, nullable=False)
    changed_by = Column(Words, nullable=False)
    changed_at = Column(UtcDateTime, nullable=False)

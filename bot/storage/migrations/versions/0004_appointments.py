"""Appointments with their history, the keys of what was done, and wrong tries of references."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from bot.errors import ConfigurationError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("status IN ('proposed', 'pending', 'booked')")


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text()),
        sa.Column("starts_at", sa.DateTime(timezone=True)),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("patient_name", sa.Text()),
        sa.Column("contact", sa.Text()),
        sa.Column("contact_kind", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("for_whom", sa.Text()),
        sa.Column("summary", sa.Text()),
        sa.Column("requested_period", sa.Text()),
        sa.Column("conversation_id", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'pending', 'booked', 'fulfilled', 'cancelled', 'noshow', 'entered-in-error')",
            name=op.f("ck_appointments_status"),
        ),
        sa.CheckConstraint("contact_kind IN ('phone', 'email')", name=op.f("ck_appointments_contact_kind")),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL) AND (starts_at IS NULL) = (schedule IS NULL)",
            name=op.f("ck_appointments_whole_time"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointments_in_order")),
        sa.CheckConstraint(
            "starts_at IS NOT NULL OR status IN ('proposed', 'cancelled')",
            name=op.f("ck_appointments_has_time"),
        ),
        sa.CheckConstraint(
            "expires_at IS NULL OR (status = 'proposed' AND starts_at IS NOT NULL)", name=op.f("ck_appointments_hold")
        ),
        sa.CheckConstraint(
            "status <> 'proposed' OR (starts_at IS NULL) = (expires_at IS NULL)",
            name=op.f("ck_appointments_proposed_time_expires"),
        ),
        sa.CheckConstraint(
            "expires_at IS NOT NULL OR (patient_name IS NOT NULL AND contact IS NOT NULL AND contact_kind IS NOT NULL"
            " AND reason IS NOT NULL AND summary IS NOT NULL AND version > 0)",
            name=op.f("ck_appointments_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_appointments_conversation_id_conversations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("reference", name=op.f("uq_appointments_reference")),
    )
    op.create_index(op.f("ix_appointments_conversation_id"), "appointments", ["conversation_id"])
    op.create_index(
        "ix_appointments_time",
        "appointments",
        ["schedule", "starts_at"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )
    if op.get_bind().dialect.name == "postgresql":
        _no_overlap()
    op.create_table(
        "appointment_changes",
        sa.Column("appointment_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.CheckConstraint("made_by IN ('visitor', 'staff', 'system')", name=op.f("ck_appointment_changes_made_by")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_changes_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("appointment_id", "version", name=op.f("pk_appointment_changes")),
    )
    op.create_table(
        "booking_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("appointment_id", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_booking_keys_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_booking_keys")),
    )
    op.create_index(op.f("ix_booking_keys_appointment_id"), "booking_keys", ["appointment_id"])
    op.create_table(
        "booking_attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_attempts")),
    )
    op.create_index("ix_booking_attempts_asked_by_at", "booking_attempts", ["asked_by", "at"])
    op.create_index("ix_booking_attempts_reference_at", "booking_attempts", ["reference", "at"])


def downgrade() -> None:
    # The extension stays: others may use it, and dropping it needs rights that this program may not have.
    op.drop_table("booking_attempts")
    op.drop_table("booking_keys")
    op.drop_table("appointment_changes")
    op.drop_table("appointments")


def _no_overlap() -> None:
    try:
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except DBAPIError as error:
        reason = (str(error.orig).strip().splitlines() or ["no reason given"])[0]
        raise ConfigurationError(
            "DATABASE_URL: PostgreSQL's extension btree_gist, which keeps two appointments from one time, cannot be "
            f"made ({reason}). Let the database's administrator run 'CREATE EXTENSION btree_gist' in this database "
            "(it is part of PostgreSQL's contrib modules), then start again."
        ) from error
    op.execute(
        "ALTER TABLE appointments ADD CONSTRAINT ex_appointments_time EXCLUDE USING gist "
        "(schedule WITH =, tstzrange(starts_at, ends_at) WITH &&) "
        "WHERE (status IN ('proposed', 'pending', 'booked'))"
    )

"""Staff with their sessions, the audit log that only grows, and what patients say of themselves encrypted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import context, op

from bot.settings import load_settings
from bot.storage.encryption import cipher_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.storage.encryption import Cipher

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_APPOINTMENTS = sa.table(
    "appointments",
    *(sa.column(name, sa.Text()) for name in ("id", "patient_name", "contact", "reason")),
    *(sa.column(name, sa.Text()) for name in ("for_whom", "summary", "requested_period")),
)
_NOTICES = sa.table("notices", sa.column("id", sa.Text()), sa.column("content", sa.JSON()))
_SQLITE = (
    (
        "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    ),
    (
        "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log "
        "WHEN OLD.at > datetime('now', '-365 days') "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    ),
    (
        "CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log "
        "WHEN EXISTS (SELECT 1 FROM audit_log WHERE seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION audit_log_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' THEN IF OLD.at <= now() - interval '365 days' THEN RETURN OLD; END IF; END IF; "
        "RAISE EXCEPTION 'the audit log is append-only'; END $$"
    ),
    (
        "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION audit_log_keep()"
    ),
    (
        "CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_keep()"
    ),
)


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("issuer", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("totp_secret", sa.Text()),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("totp_last_step", sa.BigInteger()),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'reviewer', 'admin')", name=op.f("ck_staff_role")),
        sa.CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name=op.f("ck_staff_whole_identity")),
        sa.CheckConstraint("(password_hash IS NULL) <> (issuer IS NULL)", name=op.f("ck_staff_one_way_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_staff_issuer_subject")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_name")),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_recovery_codes_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "code_hash", name=op.f("pk_staff_recovery_codes")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id_hash", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stage IN ('code', 'enrol', 'complete')", name=op.f("ck_staff_sessions_stage")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"])
    op.create_index(op.f("ix_staff_sessions_started_at"), "staff_sessions", ["started_at"])
    op.create_table(
        "staff_sign_ons",
        sa.Column("browser_hash", sa.Text(), nullable=False),
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("browser_hash", name=op.f("pk_staff_sign_ons")),
    )
    op.create_index(op.f("ix_staff_sign_ons_started_at"), "staff_sign_ons", ["started_at"])
    op.create_table(
        "staff_failures",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_staff_failures")),
    )
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_log_hash")),
    )
    op.create_index("ix_audit_log_subject_seq", "audit_log", ["subject", "seq"])
    op.create_index("ix_audit_log_actor_seq", "audit_log", ["actor", "seq"])
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)
    _appointments(lambda cipher, text: cipher.encrypt(text))
    _notices(_seal)


def downgrade() -> None:
    _appointments(lambda cipher, text: cipher.decrypt(text))
    _notices(_unseal)
    op.drop_table("audit_log")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_log_keep()")
    op.drop_table("staff_failures")
    op.drop_table("staff_sign_ons")
    op.drop_table("staff_sessions")
    op.drop_table("staff_recovery_codes")
    op.drop_table("staff")


def _cipher() -> Cipher:
    return cipher_of(context.config.attributes.get("settings") or load_settings())


def _appointments(change: Callable[[Cipher, str], str]) -> None:
    link = op.get_bind()
    for row in link.execute(sa.select(_APPOINTMENTS)).mappings().all():
        changed = {name: change(_cipher(), text) for name, text in row.items() if name != "id" and text is not None}
        if changed:
            link.execute(sa.update(_APPOINTMENTS).where(_APPOINTMENTS.c.id == row["id"]).values(**changed))


def _notices(change: Callable[[dict[str, object]], dict[str, object] | None]) -> None:
    link = op.get_bind()
    for row in link.execute(sa.select(_NOTICES)).all():
        content = change(row.content)
        if content is not None:
            link.execute(sa.update(_NOTICES).where(_NOTICES.c.id == row.id).values(content=content))


def _seal(content: dict[str, object]) -> dict[str, object] | None:
    event = str(content.get("event", ""))
    if not event.startswith("appointment_") or "sealed" in content:
        return None
    return {"event": event, "sealed": _cipher().encrypt(json.dumps(content))}


def _unseal(content: dict[str, object]) -> dict[str, object] | None:
    if "sealed" not in content:
        return None
    opened: dict[str, object] = json.loads(_cipher().decrypt(str(content["sealed"])))
    return opened

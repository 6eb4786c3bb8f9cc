"""The tables of staff and of the audit log. Only bot.staff and the migrations know them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    event,
)

from bot.storage.base import Base
from bot.storage.encryption import encrypted
from bot.storage.types import UtcDateTime, Words


class StaffRow(Base):
    """An account. It signs in with a password, or at an identity provider that knows it as issuer and subject."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("role IN ('viewer', 'reviewer', 'admin')", name="role"),
        CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="whole_identity"),
        CheckConstraint("(password_hash IS NULL) <> (issuer IS NULL)", name="one_way_in"),
    )

    id = Column(Words, primary_key=True)
    name = Column(Words, nullable=False)
    role = Column(Words, nullable=False)
    password_hash = Column(Words)
    issuer = Column(Words)
    subject = Column(Words)
    totp_secret = Column(Words, info=encrypted())
    totp_confirmed_at = Column(UtcDateTime)
    totp_last_step = Column(BigInteger)
    disabled_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False)


class RecoveryCodeRow(Base):
    """A recovery code that can stand in for the second factor, once."""

    __tablename__ = "staff_recovery_codes"

    staff_id = Column(Words, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    code_hash = Column(Words, primary_key=True)


class StaffSessionRow(Base):
    """A session. Of its id only the hash is kept."""

    __tablename__ = "staff_sessions"
    __table_args__ = (CheckConstraint("stage IN ('code', 'enrol', 'complete')", name="stage"),)

    id_hash = Column(Words, primary_key=True)
    staff_id = Column(Words, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True)
    stage = Column(Words, nullable=False)
    started_at = Column(UtcDateTime, nullable=False, index=True)
    seen_at = Column(UtcDateTime, nullable=False)


class SignOnRow(Base):
    """A sign-in on its way to the identity provider and back. Of the browser's secret only the hash is kept."""

    __tablename__ = "staff_sign_ons"

    browser_hash = Column(Words, primary_key=True)
    state_hash = Column(Words, nullable=False)
    nonce = Column(Words, nullable=False)
    verifier = Column(Words, nullable=False)
    started_at = Column(UtcDateTime, nullable=False, index=True)


class FailureRow(Base):
    """Wrong tries, by account or by address, and until when no further one is looked at."""

    __tablename__ = "staff_failures"

    key = Column(Words, primary_key=True)
    tries = Column(Integer, nullable=False)
    last_at = Column(UtcDateTime, nullable=False)
    locked_until = Column(UtcDateTime)


class AuditRow(Base):
    """One line of the audit log; ``hash`` covers all the others and ``previous``, the hash of the line before."""

    __tablename__ = "audit_log"
    __table_args__ = (
        UniqueConstraint("hash"),
        Index("ix_audit_log_subject_seq", "subject", "seq"),
        Index("ix_audit_log_actor_seq", "actor", "seq"),
        Index("ix_audit_log_at", "at"),
    )

    seq = Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    at = Column(UtcDateTime, nullable=False)
    actor = Column(Words, nullable=False)
    action = Column(Words, nullable=False)
    subject = Column(Words, nullable=False)
    address = Column(Words, nullable=False)
    details = Column(Words, nullable=False)
    previous = Column(Words, nullable=False)
    hash = Column(Words, nullable=False)


# The database itself refuses what would change the log. What is older than a year may go, by retention.
_SQLITE: Final = (
    (
        "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    ),
    (
        "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log "
        "WHEN OLD.at > datetime('now', '-365 days') "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    ),
    # INSERT OR REPLACE deletes without firing the other trigger.
    (
        "CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log "
        "WHEN EXISTS (SELECT 1 FROM audit_log WHERE seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    ),
)
_POSTGRESQL: Final = (
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
for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _statement in _statements:
        event.listen(
            AuditRow.__table__, "after_create", DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)
        )

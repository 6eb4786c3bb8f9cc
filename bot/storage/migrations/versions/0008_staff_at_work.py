"""What staff do about bookings, hours that they change, labels of their own, messages that are texts of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# SQLite's index of all words: the lengths of the words' beginnings that have lists of their own.
_BEFORE, _AFTER = "3", "3 4 5 6 7"
_INDEX = (
    "CREATE VIRTUAL TABLE message_words USING fts5(text, content='', detail=none, prefix='{}', "
    "tokenize='unicode61 remove_diacritics 0')"
)
_INDEXED = (
    "INSERT INTO message_words (rowid, text) SELECT (number << 20) + seq, text FROM messages JOIN conversation_facts "
    "ON conversation_facts.conversation_id = messages.conversation_id ORDER BY number, seq"
)


def upgrade() -> None:
    op.create_table(
        "appointment_handling",
        sa.Column("appointment_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seen_by", sa.Text()),
        sa.Column("assigned_to", sa.Text()),
        sa.Column("done_by", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_handling_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_appointment_handling")),
    )
    op.create_table(
        "changed_hours",
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_changed_hours")),
    )
    op.create_table(
        "message_labels",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_labels_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "label", name=op.f("pk_message_labels")),
    )
    op.create_index("ix_message_labels_label", "message_labels", ["label", "message_id"])
    op.create_table(
        "carried_messages",
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts_out.id"], name=op.f("fk_carried_messages_text_id_texts_out"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_carried_messages_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("text_id", name=op.f("pk_carried_messages")),
    )
    op.create_index(op.f("ix_carried_messages_message_id"), "carried_messages", ["message_id"])
    _index_words(_AFTER)


def downgrade() -> None:
    _index_words(_BEFORE)
    for table in ("carried_messages", "message_labels", "changed_hours", "appointment_handling"):
        op.drop_table(table)


def _index_words(lengths: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in ("DROP TABLE message_words", _INDEX.format(lengths), _INDEXED):
            op.execute(statement)

"""Text messages: telephones and their consent, what came in, what goes out, offers, and codes to join a chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_OPEN = sa.text("state = 'open'")
_TABLES = ("phones", "phone_conversations", "phone_consents", "texts_in", "texts_out", "text_offers", "phone_codes")


def upgrade() -> None:
    op.create_table(
        "phones",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number_hash", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_text_at", sa.DateTime(timezone=True)),
        sa.Column("opted_out_at", sa.DateTime(timezone=True)),
        sa.Column("opted_out_how", sa.Text()),
        sa.Column("asked_to_stop_at", sa.DateTime(timezone=True)),
        sa.Column("conversation_id", sa.Text()),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("wrong_codes_since", sa.DateTime(timezone=True)),
        sa.Column("seen_seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("(opted_out_at IS NULL) = (opted_out_how IS NULL)", name=op.f("ck_phones_opted_out")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_phones_conversation_id_conversations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phones")),
        sa.UniqueConstraint("number_hash", name=op.f("uq_phones_number_hash")),
    )
    op.create_index(op.f("ix_phones_conversation_id"), "phones", ["conversation_id"])
    op.create_table(
        "phone_conversations",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("phone_id", sa.Text(), nullable=False),
        sa.Column("previous_id", sa.Text()),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_phone_conversations_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phones.id"], name=op.f("fk_phone_conversations_phone_id_phones"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"],
            ["conversations.id"],
            name=op.f("fk_phone_conversations_previous_id_conversations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "phone_id", name=op.f("pk_phone_conversations")),
    )
    op.create_index(op.f("ix_phone_conversations_phone_id"), "phone_conversations", ["phone_id"])
    op.create_index(op.f("ix_phone_conversations_previous_id"), "phone_conversations", ["previous_id"])
    op.create_table(
        "phone_consents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("phone_id", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("did IN ('out', 'in')", name=op.f("ck_phone_consents_did")),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phones.id"], name=op.f("fk_phone_consents_phone_id_phones"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_consents")),
    )
    op.create_index(op.f("ix_phone_consents_phone_id"), "phone_consents", ["phone_id"])
    op.create_table(
        "texts_in",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("phone_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text()),
        sa.Column("message_id", sa.Text()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_texts_in_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_texts_in_conversation_id_conversations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_texts_in_message_id_messages"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phones.id"], name=op.f("fk_texts_in_phone_id_phones"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_texts_in")),
    )
    op.create_index(op.f("ix_texts_in_conversation_id"), "texts_in", ["conversation_id"])
    op.create_index(op.f("ix_texts_in_message_id"), "texts_in", ["message_id"])
    op.create_index("ix_texts_in_open", "texts_in", ["received_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(op.f("ix_texts_in_phone_id"), "texts_in", ["phone_id"])
    op.create_table(
        "texts_out",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("phone_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text()),
        sa.Column("reply_to", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True)),
        sa.Column("twilio_sid", sa.Text()),
        sa.Column("status", sa.Text()),
        sa.Column("error", sa.Integer()),
        sa.CheckConstraint("kind IN ('safety', 'answer', 'consent')", name=op.f("ck_texts_out_kind")),
        sa.CheckConstraint("state IN ('waiting', 'handed', 'refused', 'dropped')", name=op.f("ck_texts_out_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_texts_out_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phones.id"], name=op.f("fk_texts_out_phone_id_phones"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reply_to"], ["texts_in.sid"], name=op.f("fk_texts_out_reply_to_texts_in"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts_out")),
        sa.UniqueConstraint("reply_to", name=op.f("uq_texts_out_reply_to")),
        sa.UniqueConstraint("twilio_sid", name=op.f("uq_texts_out_twilio_sid")),
    )
    op.create_index(op.f("ix_texts_out_conversation_id"), "texts_out", ["conversation_id"])
    op.create_index(op.f("ix_texts_out_phone_id"), "texts_out", ["phone_id"])
    op.create_index("ix_texts_out_waiting", "texts_out", ["due_at"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_table(
        "text_offers",
        sa.Column("phone_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_text_offers_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phones.id"], name=op.f("fk_text_offers_phone_id_phones"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("phone_id", name=op.f("pk_text_offers")),
    )
    op.create_index(op.f("ix_text_offers_conversation_id"), "text_offers", ["conversation_id"])
    op.create_table(
        "phone_codes",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_phone_codes_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_phone_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_phone_codes_code_hash")),
    )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)

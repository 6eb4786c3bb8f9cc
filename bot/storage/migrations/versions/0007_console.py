"""The staff console: queues, who answers a conversation, notes, blocked times, and the index of all words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TO_DO = sa.text("done_at IS NULL")
_HAS_KIND = sa.text("kind IS NOT NULL")
_HAS_TOPIC = sa.text("topic IS NOT NULL")
_SQLITE = (
    (
        "CREATE VIRTUAL TABLE message_words USING fts5(text, content='', detail=none, prefix='3', "
        "tokenize='unicode61 remove_diacritics 0')"
    ),
    (
        "CREATE TRIGGER message_words_add AFTER INSERT ON messages BEGIN "
        "INSERT INTO message_words (rowid, text) SELECT (number << 20) + NEW.seq, NEW.text "
        "FROM conversation_facts WHERE conversation_id = NEW.conversation_id; END"
    ),
    (
        "CREATE TRIGGER message_words_remove BEFORE DELETE ON conversations BEGIN "
        "INSERT INTO message_words (message_words, rowid, text) "
        "SELECT 'delete', (number << 20) + seq, text FROM messages JOIN conversation_facts "
        "ON conversation_facts.conversation_id = messages.conversation_id "
        "WHERE messages.conversation_id = OLD.id; END"
    ),
)
_SQLITE_GONE = (
    "DROP TRIGGER message_words_remove",
    "DROP TRIGGER message_words_add",
    "DROP TABLE message_words",
)
_POSTGRESQL = (
    (
        "CREATE TABLE message_words (conversation_id text CONSTRAINT pk_message_words PRIMARY KEY "
        "CONSTRAINT fk_message_words_conversation_id_conversations REFERENCES conversations (id) ON DELETE CASCADE, "
        "words tsvector NOT NULL) WITH (toast_tuple_target = 128)"
    ),
    "CREATE INDEX ix_message_words_words ON message_words USING gin (words)",
    (
        "CREATE FUNCTION words_of(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS "
        "$$ SELECT strip(to_tsvector('simple', translate(said, '.@/-_:''', '       '))) $$"
    ),
    (
        "CREATE FUNCTION message_words_add() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO message_words VALUES (NEW.conversation_id, words_of(NEW.text)) "
        "ON CONFLICT (conversation_id) DO UPDATE SET words = message_words.words || EXCLUDED.words; "
        "RETURN NULL; EXCEPTION WHEN program_limit_exceeded THEN RETURN NULL; END $$"
    ),
    ("CREATE TRIGGER message_words_add AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION message_words_add()"),
)
_POSTGRESQL_GONE = (
    "DROP TRIGGER message_words_add ON messages",
    "DROP FUNCTION message_words_add()",
    "DROP FUNCTION words_of(text)",
    "DROP TABLE message_words",
)
_INDEXED = {
    "sqlite": (
        "INSERT INTO message_words (rowid, text) SELECT (number << 20) + seq, text FROM messages "
        "JOIN conversation_facts ON conversation_facts.conversation_id = messages.conversation_id"
    ),
    "postgresql": (
        "INSERT INTO message_words SELECT conversation_id, words_of(string_agg(left(text, 10000), ' ')) "
        "FROM messages GROUP BY conversation_id HAVING sum(length(text)) < 200000"
    ),
}
# Of what was said before there were queues, staff get what needs a person; the rest they find by search.
_QUEUED = """
INSERT INTO queue_items (conversation_id, queue, message_id, times, first_at, last_at)
SELECT conversation_id, 'alarm', max(message_id), count(*), min(raised_at), max(raised_at)
FROM alarms WHERE seen_at IS NULL GROUP BY conversation_id
UNION ALL
SELECT messages.conversation_id, 'thumbs_down', max(messages.id), count(*), min(feedback.created_at),
       max(feedback.created_at)
FROM feedback JOIN messages ON messages.id = feedback.message_id WHERE NOT feedback.helpful
GROUP BY messages.conversation_id
UNION ALL
SELECT conversation_id, 'person', max(id), count(*), min(created_at), max(created_at)
FROM messages WHERE author = 'assistant' AND kind = 'handoff' GROUP BY conversation_id
"""


def upgrade() -> None:
    op.create_table(
        "conversation_facts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("lowest_confidence", sa.Float()),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_facts_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_conversation_facts")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_conversation_facts_conversation_id")),
    )
    op.create_table(
        "conversation_charges",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text()),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_closed_until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_charges_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversation_charges")),
    )
    op.create_table(
        "staff_messages",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text()),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_staff_messages_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_staff_messages")),
    )
    _queue_items()
    _notes_and_blocks()
    op.create_index("ix_conversations_last_activity_at", "conversations", ["last_activity_at", "id"])
    op.create_index(
        "ix_messages_kind", "messages", ["kind", "conversation_id"], sqlite_where=_HAS_KIND, postgresql_where=_HAS_KIND
    )
    op.create_index(
        "ix_messages_topic",
        "messages",
        ["topic", "conversation_id"],
        sqlite_where=_HAS_TOPIC,
        postgresql_where=_HAS_TOPIC,
    )
    op.execute("INSERT INTO conversation_facts (conversation_id) SELECT id FROM conversations ORDER BY created_at, id")
    dialect = op.get_bind().dialect.name
    for statement in _POSTGRESQL if dialect == "postgresql" else _SQLITE:
        op.execute(statement)
    op.execute(_INDEXED[dialect])
    op.execute(_QUEUED)


def downgrade() -> None:
    for statement in _POSTGRESQL_GONE if op.get_bind().dialect.name == "postgresql" else _SQLITE_GONE:
        op.execute(statement)
    op.drop_index("ix_messages_topic", "messages")
    op.drop_index("ix_messages_kind", "messages")
    op.drop_index("ix_conversations_last_activity_at", "conversations")
    for table in (
        "blocked_times",
        "conversation_notes",
        "queue_items",
        "staff_messages",
        "conversation_charges",
        "conversation_facts",
    ):
        op.drop_table(table)


def _queue_items() -> None:
    op.create_table(
        "queue_items",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.Column("seen_by", sa.Text()),
        sa.Column("assigned_to", sa.Text()),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("done_by", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint(
            "queue IN ('alarm', 'person', 'failed', 'thumbs_down', 'near_miss', 'low_confidence',"
            " 'did_you_mean', 'unanswered')",
            name=op.f("ck_queue_items_queue"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_queue_items_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_queue_items_message_id_messages"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "queue", name=op.f("pk_queue_items")),
    )
    op.create_index(op.f("ix_queue_items_message_id"), "queue_items", ["message_id"])
    op.create_index(
        "ix_queue_items_to_do", "queue_items", ["queue", "last_at"], sqlite_where=_TO_DO, postgresql_where=_TO_DO
    )


def _notes_and_blocks() -> None:
    op.create_table(
        "conversation_notes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_notes_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_conversation_notes_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_notes")),
    )
    op.create_index(op.f("ix_conversation_notes_conversation_id"), "conversation_notes", ["conversation_id"])
    op.create_index(op.f("ix_conversation_notes_message_id"), "conversation_notes", ["message_id"])
    op.create_table(
        "blocked_times",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_blocked_times_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_times")),
    )
    op.create_index("ix_blocked_times_schedule_ends_at", "blocked_times", ["schedule", "ends_at"])

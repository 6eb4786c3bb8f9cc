"""The tables of the console: notes, labels, the index of all words. Only bot.console and the migrations know them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, Column, ForeignKey, Index, event

from bot.conversations import models  # the tables that these refer to
from bot.storage.base import Base
from bot.storage.types import UtcDateTime, Words

SHIFT: Final = 20  # bits of a row of the index on SQLite that hold the message's number; the conversation's are above

# SQLite: a row for each message, without its text and without places of words. It is written and removed by triggers,
# so that it fits the log whatever writes there. Beginnings of so many letters have lists of their own; for longer ones
# SQLite gathers the lists of all words that begin so, however little of them is wanted.
SQLITE: Final = (
    (
        "CREATE VIRTUAL TABLE message_words USING fts5(text, content='', detail=none, prefix='3 4 5 6 7', "
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
SQLITE_GONE: Final = (
    "DROP TRIGGER message_words_remove",
    "DROP TRIGGER message_words_add",
    "DROP TABLE message_words",
)
# PostgreSQL: a row for each conversation. The words lie outside of the row, so that looking through the rows that an
# index has found reads little. A conversation too long for one row keeps the words that it has: a message must never
# fail for the index's sake.
POSTGRESQL: Final = (
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
POSTGRESQL_GONE: Final = (
    "DROP TRIGGER message_words_add ON messages",
    "DROP FUNCTION message_words_add()",
    "DROP FUNCTION words_of(text)",
    "DROP TABLE message_words",
)


class NoteRow(Base):
    """What somebody of the staff noted on a conversation, or on one message of it. Visitors never see it."""

    __tablename__ = "conversation_notes"

    id = Column(Words, primary_key=True)
    conversation_id = Column(
        Words, ForeignKey(models.ConversationRow.id, ondelete="CASCADE"), nullable=False, index=True
    )
    message_id = Column(Words, ForeignKey(models.MessageRow.id, ondelete="CASCADE"), index=True)
    written_by = Column(Words, nullable=False)
    text = Column(Words, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


class MessageLabelRow(Base):
    """A label in words of their own that somebody of the staff put on a message. Visitors never see it."""

    __tablename__ = "message_labels"
    __table_args__ = (Index("ix_message_labels_label", "label", "message_id"),)

    message_id = Column(Words, ForeignKey(models.MessageRow.id, ondelete="CASCADE"), primary_key=True)
    label = Column(Words, primary_key=True)
    written_by = Column(Words, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


for _dialect, _statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
    for _statement in _statements:
        event.listen(Base.metadata, "after_create", DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect))

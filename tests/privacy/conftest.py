from datetime import UTC, datetime, timedelta

import pytest

from bot.booking.book import Book
from bot.conversations.log import ConversationLog
from bot.privacy.erasure import Erasure
from bot.staff.audit import Audit
from bot.storage.encryption import Cipher

CIPHER = Cipher([bytes(32)])


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.time = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)

    def __call__(self):
        return self.time

    def advance(self, **of):
        self.time += timedelta(**of)


class Memory:
    """The assistant's memory of conversations; it can be away."""

    def __init__(self):
        self.forgotten = []
        self.away_for = set()

    async def __call__(self, conversation_id):
        from bot.gateway.assistant_client import AssistantUnavailable

        if conversation_id in self.away_for or "all" in self.away_for:
            raise AssistantUnavailable("the assistant could not erase the conversation")
        self.forgotten.append(conversation_id)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def log(database, clock):
    return ConversationLog(database, clock, notify=("email",))


@pytest.fixture
def book(database, clock):
    return Book(database, None, cipher=CIPHER, ways=("webhook",), clock=clock)


@pytest.fixture
def audit(database, clock):
    return Audit(database, clock)


@pytest.fixture
def erasure(database, memory, clock):
    return Erasure(database, memory, clock)


@pytest.fixture
def everything(database):
    """All that is stored, by table, but for the version of the schema and the inner tables of full-text indexes."""
    from sqlalchemy import inspect, text

    def read():
        with database.read() as session:
            names = set(inspect(session.get_bind()).get_table_names()) - {"alembic_version"}
            tables = {name for name in names if not name.startswith("message_words_")}
            found = {table: session.execute(text(f"SELECT * FROM {table}")).all() for table in tables}  # noqa: S608
        return {table: rows for table, rows in found.items() if rows}

    return read

import pytest
from booking_examples import CIPHER, Clock, hours
from sqlalchemy import text

from bot.booking.book import Book
from bot.conversations.log import ConversationLog
from bot.storage.engine import Database, make_engine


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log(database):
    return ConversationLog(database)


@pytest.fixture
def visitor(log):
    return log.start("web")[0]


@pytest.fixture
def other(log):
    return log.start("web")[0]


@pytest.fixture
def book(database, clock):
    return Book(database, hours(), cipher=CIPHER, ways=("email",), clock=clock)


@pytest.fixture
def at_once(database, clock):
    return Book(database, hours(confirmation="at_once"), cipher=CIPHER, ways=("email",), clock=clock)


@pytest.fixture
def callbacks_only(database, clock):
    return Book(database, None, cipher=CIPHER, ways=("email",), clock=clock)


@pytest.fixture
def database_of():
    """Open the database of an address; closed at the end."""
    opened = []

    def open_database(url):
        opened.append(Database(make_engine(url)))
        return opened[-1]

    yield open_database
    for database in opened:
        database.close()


@pytest.fixture
def count(database):
    def rows(table):
        with database.read() as session:
            return session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - a test's own

    return rows

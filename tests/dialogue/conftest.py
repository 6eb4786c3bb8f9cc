import pytest
from booking.booking_examples import CIPHER, REQUEST, Clock, hours
from dialogue.booking_driver import Chat, put_in_place

from bot.booking.book import Book
from bot.conversations.log import ConversationLog
from bot.storage.engine import Database, make_engine


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def availability():
    """The hours; None where a test has the clinic offer no times."""
    return hours()


@pytest.fixture
def sqlite(sqlite_url):
    opened = Database(make_engine(sqlite_url))
    yield opened
    opened.close()


@pytest.fixture
def log(sqlite):
    return ConversationLog(sqlite)


@pytest.fixture
def book(sqlite, availability, clock, monkeypatch):
    """A book that the actions use."""
    made = Book(sqlite, availability, cipher=CIPHER, clock=clock)
    put_in_place(monkeypatch, made, availability, clock)
    return made


@pytest.fixture
def chat(log, book):
    return Chat(book, log.start("web")[0])


@pytest.fixture
def another(log, book):
    """Another conversation."""
    return Chat(book, log.start("web")[0])


@pytest.fixture
def made(book, chat):
    """What this conversation has requested: the first time that there is, Monday at 9:00."""
    return book.book("made", chat.conversation_id, REQUEST, book.offered()[0])

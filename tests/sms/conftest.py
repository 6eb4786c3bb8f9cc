from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.conversations.log import ConversationLog
from bot.sms import outbox as outboxes
from bot.sms import phones
from bot.sms.models import PhoneRow, TextInRow, TextOutRow
from bot.sms.outbox import TextOutbox
from bot.sms.phone_book import PhoneBook
from bot.storage.encryption import Cipher

NUMBER = "+15555550142"


class Clock:
    """A clock that stands until it is moved: at noon in New York."""

    def __init__(self):
        self.time = datetime(2026, 11, 10, 17, 0, tzinfo=UTC)

    def __call__(self):
        return self.time

    def advance(self, **time):
        self.time += timedelta(**time)


class Texts:
    """Puts texts in and out straight into the database."""

    def __init__(self, database, cipher, clock):
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self._log = ConversationLog(database, clock)
        self._count = 0

    def ask(self, number=NUMBER, *, hold=0.0, text="a reply", kind="answer", answered=True):
        """Let a text come in and, if it is answered, its reply go into the outbox; return the text's id."""
        self._count += 1
        self._clock.advance(milliseconds=10)  # so that ids are in order
        with self._database.write() as session:
            phone = phones.held(session, self._cipher, number, self._clock())
            if phone.conversation_id is None:
                phones.enter(session, phone, self._log.start_in(session, "sms")[0], self._clock())
            asked = TextInRow(
                sid=f"SM{self._count:032}",
                phone_id=phone.id,
                conversation_id=phone.conversation_id,
                received_at=self._clock(),
                held_until=self._clock() + timedelta(seconds=hold),
                state="done",
            )
            session.add(asked)
            session.flush()
            if answered:
                outboxes.add(session, asked, phone, text=text, kind=kind, now=self._clock())
        return f"SM{self._count:032}"

    def row(self, sid):
        with self._database.read() as session:
            row = session.execute(select(TextOutRow).where(TextOutRow.reply_to == sid)).scalar_one()
            session.expunge(row)
            return row

    def phone(self, number=NUMBER):
        with self._database.write() as session:
            phone = phones.held(session, self._cipher, number, self._clock())
            session.flush()
            session.expunge(phone)
            return phone

    def change(self, what, number=NUMBER):
        """Do something to a telephone within a transaction; return what that returns."""
        with self._database.write() as session:
            return what(session, phones.held(session, self._cipher, number, self._clock()), self._clock())

    def numbers(self):
        """The rows of telephones as they are stored."""
        with self._database.read() as session:
            return [(row.number_hash, row.number) for row in session.execute(select(PhoneRow)).scalars()]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cipher():
    return Cipher([b"k" * 32])


@pytest.fixture
def texts(database, cipher, clock):
    return Texts(database, cipher, clock)


@pytest.fixture
def outbox(database, cipher, clock):
    return TextOutbox(database, cipher, clock=clock)


@pytest.fixture
def book(database, cipher, clock):
    return PhoneBook(database, cipher, clock)

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from bot.staff import passwords
from bot.staff.accounts import Accounts
from bot.staff.audit import Audit
from bot.staff.lockout import Lockout
from bot.staff.sessions import Sessions
from bot.staff.signing_in import SigningIn
from bot.storage.encryption import Cipher
from bot.storage.engine import Database, make_engine

PASSWORD = "a few unrelated words"
HERE = "192.0.2.1"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.time = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)

    def __call__(self):
        return self.time

    def advance(self, **of):
        self.time += timedelta(**of)


@pytest.fixture(autouse=True, scope="session")
def _quick_hashes():
    """Hashing that takes a millisecond; its strength is the subject of one test, which makes its own."""
    was = passwords._HASHER
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._nobodys.cache_clear()
    yield
    passwords._HASHER = was
    passwords._nobodys.cache_clear()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cipher():
    return Cipher([bytes(32)])


@pytest.fixture
def audit(database, clock):
    return Audit(database, clock)


@pytest.fixture
def accounts(database, clock):
    return Accounts(database, clock)


@pytest.fixture
def sessions(database, clock):
    return Sessions(database, clock)


@pytest.fixture
def lockout(database, clock):
    return Lockout(database, clock)


@pytest.fixture
def signing_in(database, cipher, lockout, clock):
    return SigningIn(database, cipher, lockout, "admin", clock)


@pytest.fixture
def actions(audit):
    """The actions of the audit log, the oldest first."""
    return lambda: [line.action for line in reversed(audit.entries(limit=1000))]


class Person:
    """Somebody with an account, a browser and an authenticator."""

    def __init__(self, name, signing_in, sessions, clock):
        self.name, self._in, self._sessions, self._clock = name, signing_in, sessions, clock
        self.id = None
        self.secret = None
        self.recovery = []

    @property
    def session(self):
        return self._sessions.open(self.id) if self.id else None

    def code(self):
        return pyotp.TOTP(self.secret).at(self._clock())

    def password(self, password=PASSWORD):
        opened = self._in.with_password(self.name, password, HERE, self.id)
        self.id = opened.session_id
        return opened.stage

    def enrol(self):
        self.secret = self._in.secret_to_enrol(self.session)
        opened, self.recovery = self._in.enrol(self.session, self.id, self.code(), HERE)
        self.id = opened.session_id

    def second(self, code=None):
        opened = self._in.with_code(self.session, self.id, code or self.code(), HERE)
        self.id = opened.session_id


@pytest.fixture
def person(accounts, signing_in, sessions, clock):
    """Make somebody with an account."""

    def make(name, role="reviewer"):
        accounts.add(name, role, PASSWORD, "operator:test")
        return Person(name, signing_in, sessions, clock)

    return make


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

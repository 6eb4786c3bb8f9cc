"""A gateway with the console, people of staff in each role, and what they see."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from gateway.conftest import (  # noqa: F401 - fixtures
    _one_assistant,
    absent_assistant,
    assistant,
    make_settings,
    serve,
    sqlite_files,
)
from gateway.visitor import client
from widget.conftest import launched

from bot.booking.book import Book
from bot.console.acting import Actor
from bot.conversations.log import ConversationLog
from bot.settings import ROOT
from bot.staff.accounts import Accounts
from bot.staff.audit import Audit
from bot.staff.sessions import begin, csrf_token
from bot.storage.encryption import cipher_of
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from gateway.conftest import Gateway

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
PASSWORD = "correct battery horse staple"
COOKIE = "staff-on-this-machine"
DANA = Actor("account-of-dana", "dana", "127.0.0.1")
EXAMPLE_HOURS = ROOT / "bot" / "booking" / "example.yml"


browser = pytest.fixture(launched, scope="module", name="browser")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(database: Database, clock: Clock) -> ConversationLog:
    return ConversationLog(database, clock)


@pytest.fixture
def conversation(log: ConversationLog) -> str:
    return log.start("web")[0]


@pytest.fixture
def cipher(tmp_path):
    return cipher_of(make_settings(tmp_path, "http://127.0.0.1:9"))


@pytest.fixture
def book(database: Database, clock: Clock, cipher) -> Book:
    return Book(database, None, cipher=cipher, clock=clock)


class Person:
    """Somebody of the staff with a session: reads pages and sends their forms."""

    def __init__(self, gateway: Gateway, name: str, role: str) -> None:
        database = Database(make_engine(gateway.settings.database))
        self.account = Accounts(database).add(name, role, PASSWORD, "test")
        with database.write() as session:
            self.secret = begin(session, self.account.id, "complete", datetime.now(UTC))
        self.audit = Audit(database)
        self.url = gateway.url
        self.http: httpx.Client = client(gateway.url, cookies={COOKIE: self.secret}, follow_redirects=True)
        self.name = name

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.http.get(path, **more)

    def read(self, path: str, **more: Any) -> str:
        answer = self.get(path, **more)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.text

    def post(self, path: str, **form: str) -> httpx.Response:
        return self.http.post(path, data={"csrf": csrf_token(self.secret), **form})

    def actions(self) -> list[str]:
        """What the audit log has of this person, the oldest first."""
        found = self.audit.entries(limit=1000, actor=f"staff:{self.name}")
        return [each.action for each in reversed(found)]


@pytest.fixture
def gateway(assistant, serve) -> Iterator[Gateway]:  # noqa: F811 - the fixtures above
    """A gateway whose clinic has hours."""
    with serve(assistant, booking_file=EXAMPLE_HOURS) as running:
        yield running


@pytest.fixture
def person(gateway: Gateway) -> Callable[..., Person]:
    """Makes people of staff."""
    return lambda role, name=None: Person(gateway, name or f"{role}-one", role)


@pytest.fixture
def viewer(person) -> Person:
    return person("viewer")


@pytest.fixture
def reviewer(person) -> Person:
    return person("reviewer")


@pytest.fixture
def admin(person) -> Person:
    return person("admin")


def words_of(page: str) -> str:
    """The page's text without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())

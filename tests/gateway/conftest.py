"""A gateway without Rasa: real uvicorn, a real database, and a fake assistant."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from database_backends import SqliteFiles
from gateway.fake_assistant import SECRET, FakeAssistant
from gateway.local_server import LocalServer, until
from gateway.texter import Texter, Texting, texting
from gateway.visitor import Visitor, client

from bot.conversations.log import ConversationLog
from bot.gateway.app import create_app
from bot.gateway.triage_loader import TriageLoader
from bot.settings import Settings
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


class Gateway:
    """A gateway that runs, its settings, and its log as seen from another process."""

    def __init__(self, server: LocalServer, settings: Settings, log: ConversationLog) -> None:
        self.url = server.url
        self.settings = settings
        self.log = log

    def new_visitor(self) -> Visitor:
        return Visitor(self.url)


class Serve(Protocol):
    """Starts gateways; what is not set has a value that suits the tests."""

    def __call__(self, assistant: FakeAssistant, **settings: Any) -> AbstractContextManager[Gateway]: ...


@contextlib.contextmanager
def _gateway(settings: Settings, assistant: FakeAssistant) -> Iterator[Gateway]:
    database = Database(make_engine(settings.database))
    TriageLoader(settings)()  # loaded once for all tests, so that none measures it
    with LocalServer(create_app(settings)) as server:
        if assistant.server.is_running and assistant.well:
            _until_ready(server.url)
        yield Gateway(server, settings, ConversationLog(database))
    database.close()


def _until_ready(url: str) -> None:
    """Return when the gateway knows that its assistant is well; before, each message gets a "one moment"."""
    with client(url) as http:
        until(lambda: http.get("/readyz").json()["checks"]["assistant"] == "ok")


def make_settings(folder: Path, assistant_url: str, **changes: Any) -> Settings:
    """Settings that take nothing from the environment's ``.env``."""
    given = {
        "data_folder": folder,
        "assistant_url": assistant_url,
        "actions_url": assistant_url,
        "assistant_secret": SECRET,
        "assistant_timeout": 5.0,
        "reply_wait": 5.0,
        "rate_limit": "off",
        "rate_limit_store": "memory://",
    }
    return Settings(_env_file=None, **{**given, **changes})


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("gateway-databases"))


@pytest.fixture(scope="session")
def _one_assistant() -> Iterator[FakeAssistant]:
    fake = FakeAssistant()
    with fake.server:
        yield fake


@pytest.fixture(scope="session")
def _one_gateway(
    _one_assistant: FakeAssistant, sqlite_files: SqliteFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    settings = make_settings(folder, _one_assistant.url, database_url=sqlite_files.lend())
    with _gateway(settings, _one_assistant) as running:
        yield running


@pytest.fixture
def assistant(_one_assistant: FakeAssistant) -> Iterator[FakeAssistant]:
    """The assistant, well, and asked nothing yet."""
    _one_assistant.behave()
    yield _one_assistant
    assert _one_assistant.complaints == []


@pytest.fixture
def gateway(assistant: FakeAssistant, _one_gateway: Gateway) -> Gateway:  # noqa: ARG001 - it is asked by the gateway
    """A gateway that knows its assistant to be ready."""
    _until_ready(_one_gateway.url)
    return _one_gateway


@pytest.fixture
def visitor(gateway: Gateway) -> Visitor:
    """A visitor with a new conversation."""
    return gateway.new_visitor()


@pytest.fixture
def absent_assistant() -> Iterator[FakeAssistant]:
    """An assistant of one's own that does not run yet; ``server.start()`` starts it."""
    fake = FakeAssistant()
    yield fake
    fake.server.stop()
    assert fake.complaints == []


@pytest.fixture
def serve(tmp_path: Path, sqlite_files: SqliteFiles) -> Callable[..., AbstractContextManager[Gateway]]:
    """Starts a gateway with settings and a database of its own."""

    def start(assistant: FakeAssistant, **settings: Any) -> AbstractContextManager[Gateway]:
        settings.setdefault("database_url", sqlite_files.lend())
        return _gateway(make_settings(tmp_path, assistant.url, **settings), assistant)

    return start


@pytest.fixture
def parts(serve: Serve, assistant: FakeAssistant) -> Iterator[Texting]:
    """A gateway with text messages, its assistant, and the simulated Twilio."""
    with texting(serve, assistant, sms_wait=1.5, assistant_timeout=60) as running:
        yield running


@pytest.fixture
def phone(parts: Texting) -> Texter:
    """A telephone that has texted nothing yet."""
    return parts.texter()

"""Parts that a test lets hang, ends and starts again under a gateway, and how long the replies take meanwhile."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import psutil
import pytest
import redis
from gateway.fake_assistant import SECRET, FakeAssistant
from gateway.local_server import LocalServer, until
from gateway.visitor import Message, Visitor, client
from prometheus_client import REGISTRY

from bot.conversations.log import ConversationLog
from bot.conversations.spool import Spool
from bot.gateway.app import create_app
from bot.gateway.triage_loader import TriageLoader
from bot.notices.outbox import Outbox
from bot.settings import Settings
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import NoReturn


def missing(lack: str) -> NoReturn:
    """Skip the test for what this machine lacks, or fail it where CI is set."""
    if os.environ.get("CI"):
        pytest.fail(f"CI is set, so this must be tried as well, but {lack}")
    pytest.skip(f"not tried: {lack}")


def missing_for_redis() -> str | None:
    """Say what this machine lacks to run Redis, or return None."""
    found = shutil.which("redis-server")
    return None if found else "redis-server is not on the path (Debian: redis-server)"


@contextlib.contextmanager
def hanging(*pids: int) -> Iterator[None]:
    """Stop processes with all that they have started: they keep their connections, and do nothing."""
    stopped: list[psutil.Process] = []
    try:
        for pid in pids:
            parent = psutil.Process(pid)
            stopped.append(parent)
            parent.suspend()  # first, so that it starts no more
            for child in parent.children(recursive=True):
                stopped.append(child)
                child.suspend()
        yield
    finally:
        for process in stopped:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()


class RedisServer:
    """A Redis server of our own on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{port}"
        program = shutil.which("redis-server")
        assert program
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        with (folder / "redis.log").open("wb") as log:
            self._server = subprocess.Popen([program, *options], stdout=log, stderr=log)
        self.pid = self._server.pid

    def __enter__(self) -> Self:
        with redis.Redis.from_url(self.url) as link:
            until(lambda: _answers(link))
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End it at once; nothing happens if it has ended."""
        self._server.kill()
        self._server.wait(10)


def _answers(link: redis.Redis) -> bool:
    try:
        return bool(link.ping())
    except redis.ConnectionError:
        return False


class Gateway:
    """A gateway that runs, and its log, spool and outbox as seen from another process."""

    def __init__(self, url: str, settings: Settings, database: Database) -> None:
        self.url = url
        self.log = ConversationLog(database)
        self.outbox = Outbox(database)
        self._spool = Spool(settings.spool_folder)

    def visitors(self, count: int) -> list[Visitor]:
        """Return visitors who have had an answer; their first message's id is "hello"."""
        visitors = [Visitor(self.url) for _ in range(count)]
        for visitor in visitors:
            (reply,) = visitor.say("hello", "hello")
            assert reply["kind"] == "answer"
        return visitors

    def spooled(self) -> int:
        """Return how many messages wait in the spool."""
        return sum(1 for _ in self._spool.waiting())

    @staticmethod
    def looked_at() -> float:
        """Return how many messages triage has looked at in this process."""
        return REGISTRY.get_sample_value("gateway_triage_seconds_count") or 0.0

    def ids_said(self, visitor: Visitor) -> list[str | None]:
        """Return the clients' ids of a visitor's messages in the order of the log."""
        return [each.client_message_id for each in self.log.history(visitor.id) if each.author == "visitor"]


@contextlib.contextmanager
def running_gateway(folder: Path, **changes: Any) -> Iterator[Gateway]:
    """Run a gateway on real uvicorn beside a fake assistant that is well; by default without limits."""
    assistant = FakeAssistant()
    given = {
        "data_folder": folder,
        "assistant_url": assistant.url,
        "actions_url": assistant.url,
        "assistant_secret": SECRET,
        "rate_limit": "off",
    }
    settings = Settings(_env_file=None, **{**given, **changes})
    TriageLoader(settings)()  # loaded once for all tests, so that none measures it
    database = Database(make_engine(settings.database))
    with assistant.server, LocalServer(create_app(settings)) as server:
        with client(server.url) as http:
            until(lambda: http.get("/readyz").json()["ready"])
        yield Gateway(server.url, settings, database)
    database.close()


def children_of_server(url: str) -> dict[str, psutil.Process]:
    """Return the processes of a whole server by their names: gateway, assistant, actions."""
    port = int(url.rsplit(":", 1)[1])
    (gateway,) = {p.pid for p in psutil.net_connections() if p.laddr and p.laddr.port == port and p.status == "LISTEN"}
    supervisor = psutil.Process(gateway).parent()
    assert supervisor
    return {child.cmdline()[-1]: child for child in supervisor.children()}


@dataclass(frozen=True)
class Answered:
    """What was said, after how many seconds the replies were there, and the replies."""

    text: str
    seconds: float
    replies: list[Message]


def say(visitor: Visitor, *texts: str, start: int = 0) -> list[Answered]:
    """Say texts one after the other; the clients' ids are numbers from ``start`` on."""
    answered = []
    for number, text in enumerate(texts, start):
        began = time.monotonic()
        replies = visitor.say(text, str(number))
        answered.append(Answered(text, time.monotonic() - began, replies))
    return answered


def together(scripts: Sequence[Callable[[], list[Answered]]], at_a_time: int = 6) -> list[list[Answered]]:
    """Return what each script returns; so many are under way at a time."""
    with ThreadPoolExecutor(at_a_time) as pool:
        return list(pool.map(lambda script: script(), scripts))


def slowest_hundredth(answered: Sequence[Answered]) -> float:
    """Return the seconds within which 99 of 100 were answered, by nearest rank. Fails with fewer than 100."""
    assert len(answered) >= 100
    return sorted(one.seconds for one in answered)[math.ceil(0.99 * len(answered)) - 1]

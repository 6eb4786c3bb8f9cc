"""Clients book over the chat API while the server's processes are killed: what they were told is what is stored.

KILLED_BOOKINGS sets how many bookings there are; docs/booking.md names the full size.
"""

from __future__ import annotations

import itertools
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest
import yaml
from booking.booking_examples import WEEKDAYS
from e2e.killing import Killer
from gateway.visitor import Message, Visitor
from sqlalchemy import text

from bot.booking.references import as_stored
from bot.serving.running import running_server
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.alone

BOOKINGS = int(os.environ.get("KILLED_BOOKINGS", "8"))
IS_FULL_SIZE = BOOKINGS >= 100
NAMES = ("gateway", "actions", "assistant")
# At the full size they are killed over and over, else each of them once.
KILLS = 1000 if IS_FULL_SIZE else len(NAMES)
PAUSE = (15.0, 40.0) if IS_FULL_SIZE else (0.5, 4.0)
CLIENTS = 6 if IS_FULL_SIZE else 3
PATIENCE = 240.0  # seconds that a client waits for one answer, over several restarts
GIVEN = ("Ann", "Tina", "Luis", "Rosa", "Omar", "Grace", "Peter", "Maria")
FAMILY = ("Lopez", "Nguyen", "Baker", "Kowalski", "Haddad", "Ferreira", "Young", "Okafor")


class Told(NamedTuple):
    """What a client was told of its booking: the conversation, the reference, and the words."""

    conversation: str
    reference: str
    words: str


@dataclass
class Ledger:
    """What the clients were told, and how often they were told that something went wrong."""

    told: list[Told] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)


def persistently(work: Callable[[], Message | list[Message] | Visitor | None]) -> Message | list[Message] | Visitor:
    """Do something until it succeeds, as the widget does while the server is away."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if done := work():
                return done
        except (httpx.TransportError, httpx.HTTPStatusError):
            pass
        assert time.monotonic() < deadline, "the server did not come back"
        time.sleep(0.2)


class Client:
    """One visitor who books, and sends each message again, with its id, until it is answered."""

    def __init__(self, number: int, url: str, ledger: Ledger, killer: Killer) -> None:
        self._chance = random.Random(number)  # noqa: S311 - so that a failure can be tried again
        self._ids = itertools.count()
        self._seen = 1  # the greeting
        self._ledger = ledger
        self._killer = killer
        self._visitor = persistently(lambda: Visitor(url))
        self._answers = {
            "name": f"{GIVEN[number % 8]} {FAMILY[number // 8 % 8]}",
            "contact": f"404 555 01{number % 100:02}",
            "reason": "my back hurts",
            "confirm": "yes",
        }

    def book(self) -> None:
        """Book once, and write what was told into the ledger."""
        words = f"I want to book a consultation. I'm {self._answers['name']}, {self._answers['contact']}"
        for _ in range(40):
            reply = self._say(words)
            if reply["booking"] and reply["booking"]["reference"]:
                self._ledger.told.append(Told(self._visitor.id, reply["booking"]["reference"], reply["text"]))
                return
            if reply["kind"] == "fallback":  # it asks to try again, so the same is said again
                self._ledger.faults[words] += 1
            else:
                words = self._next(reply)
        pytest.fail(f"no booking in forty messages: {self._visitor.history()}")

    def _next(self, reply: Message) -> str:
        if reply["asks"] == "time":
            return self._chance.choice(reply["buttons"][:-1])["value"]
        return self._answers[reply["asks"]]

    def _say(self, words: str) -> Message:
        """Return the last reply to a message."""
        client_message_id = f"message-{next(self._ids)}"
        if words == "yes":
            self._killer.tell()
        persistently(lambda: self._visitor.post(words, client_message_id).raise_for_status().json()["messages"])
        return persistently(self._answer)

    def _answer(self) -> Message | None:
        """Return the answer once it is there; "one moment" is none."""
        after = self._visitor.http.get(f"{self._visitor.path}/messages", params={"after": self._seen})
        new = after.raise_for_status().json()["messages"]
        answers = [each for each in new if each["author"] == "assistant" and not each["text"].startswith("One moment")]
        if answers:
            self._seen = answers[-1]["seq"]
        return answers[-1] if answers else None


@pytest.fixture
def hours(tmp_path: Path) -> str:
    """A file of hours with many times, booked at once."""
    file = tmp_path / "hours.yml"
    weekly = {day: ["00:00-24:00"] for day in (*WEEKDAYS, "saturday", "sunday")}
    given = {"confirmation": "at_once", "length_minutes": 15, "buffer_minutes": 0, "notice_hours": 0}
    given |= {"time_zone": "America/New_York", "horizon_days": 30, "holidays": []}
    given["schedules"] = [{"id": "room-1", "name": "Room 1", "weekly": weekly}]
    file.write_text(yaml.safe_dump(given))
    return str(file)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/log.sqlite3"


@pytest.fixture
def server(hours: str, database_url: str) -> Iterator[str]:
    with running_server({"RATE_LIMIT": "off", "BOOKING_FILE": hours, "DATABASE_URL": database_url}) as url:
        yield url


def stored(database_url: str) -> list[tuple[str, str, str, str]]:
    """Reference, status, start and conversation of all that is stored but holds."""
    database = Database(make_engine(database_url))
    with database.read() as session:
        statement = "SELECT reference, status, starts_at, conversation_id FROM appointments WHERE expires_at IS NULL"
        rows = [tuple(row) for row in session.execute(text(statement))]
    database.close()
    return rows


@pytest.mark.timeout(300 + 20 * BOOKINGS)
def test_what_clients_were_told_is_booked_once_and_nothing_else(server: str, database_url: str) -> None:
    ledger = Ledger()
    numbers = itertools.count()

    def book_on() -> None:
        while (number := next(numbers)) < BOOKINGS or len(killer.kills) < len(NAMES):
            Client(number, server, ledger, killer).book()

    with Killer(server, BOOKINGS, NAMES, PAUSE, KILLS) as killer, ThreadPoolExecutor(CLIENTS) as pool:
        for each in [pool.submit(book_on) for _ in range(CLIENTS)]:
            each.result()
    print(f"{len(ledger.told)} bookings; killed: {Counter(killer.kills)}; faults told: {ledger.faults}")  # noqa: T201
    assert set(killer.kills) == set(NAMES)
    rows = stored(database_url)
    assert Counter(as_stored(told.reference) for told in ledger.told) == Counter(row[0] for row in rows)
    assert {row[1] for row in rows} == {"booked"}
    assert max(Counter(row[2] for row in rows).values()) == 1
    assert {as_stored(told.reference): told.conversation for told in ledger.told} == {row[0]: row[3] for row in rows}

"""The whole server by text message: every reply of the dialogues, and bookings that no word to the carrier touches."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import pytest
from e2e.killing import Killer
from gateway.local_server import until
from gateway.texter import QUESTION, Texter, account, sms_settings
from sqlalchemy import text

from bot.serving.running import running_server
from bot.settings import ROOT
from bot.sms.gsm import septets, size_of
from bot.sms.simulator import Simulator
from bot.sms.wording import LONGEST
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.alone

DIALOGUES = [
    json.loads(line)
    for line in (ROOT / "evaluation" / "dev-dialogues.jsonl").read_text(encoding="utf-8").splitlines()
    if line.strip()
]
BOOKING = ["I want to schedule a consultation", "Maria Lopez", "312-555-0128", "1", "my back hurts"]
_MARKUP = re.compile(r"\*\*|__|https?://|/\w+\{|\{\w+\}")


class Server(NamedTuple):
    """A running server, its address, the simulated Twilio, and its database."""

    url: str
    twilio: Simulator
    database: Database


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    url = f"sqlite:///{tmp_path_factory.mktemp('texts')}/log.sqlite3"
    with Simulator(account("http://127.0.0.1:9")) as twilio:
        given = {name.upper(): value for name, value in sms_settings(twilio.url).items()}
        given |= {"RATE_LIMIT": "off", "DATABASE_URL": url, "BOOKING_FILE": "bot/booking/example.yml"}
        with running_server(given) as address:
            twilio.reach(address)
            database = Database(make_engine(url))
            yield Server(address, twilio, database)
            database.close()


@pytest.fixture
def phone(server: Server) -> Texter:
    return Texter(server.twilio)


def appointments(server: Server) -> list[tuple[str, str]]:
    """What was booked, asked for or cancelled; a time that is only held is none of it."""
    with server.database.read() as session:
        found = session.execute(
            text("SELECT reference, status FROM appointments WHERE expires_at IS NULL ORDER BY reference")
        )
        return [(reference, status) for reference, status in found]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue["id"])
def test_every_reply_of_a_dialogue_is_one_short_text_in_order(server: Server, phone: Texter, dialogue: dict) -> None:
    said = [turn["user"] for turn in dialogue["turns"]]
    replies = [phone.say(words) for words in said]
    for reply in replies:
        assert size_of(reply).encoding == "GSM-7"
        assert 0 < septets(reply) <= LONGEST
        assert not _MARKUP.search(reply)
    assert phone.nothing_came()
    arrived = [each.text for each in server.twilio.arrived if each.phone == phone.number]
    assert arrived == replies


@pytest.mark.parametrize("step", range(len(BOOKING) + 1))
@pytest.mark.parametrize("word", ["YES", "yes.", "CANCEL", "cancel"])
def test_no_word_to_the_carrier_books_or_cancels_at_any_step(
    server: Server, phone: Texter, word: str, step: int
) -> None:
    before = appointments(server)
    for words in BOOKING[:step]:
        phone.say(words)
    phone.say(word)
    assert appointments(server) == before


def test_a_booking_is_made_by_numbers_and_kept_by_a_cancel(server: Server, phone: Texter) -> None:
    before = appointments(server)
    replies = [phone.say(words) for words in BOOKING]
    assert "\n1 Send it" in replies[-1]
    phone.say("1")
    made = [each for each in appointments(server) if each not in before]
    assert len(made) == 1
    phone.say("CANCEL")
    assert made[0] in appointments(server)


def test_c_leaves_a_booking(server: Server, phone: Texter) -> None:
    before = appointments(server)
    for words in BOOKING[:-1]:
        phone.say(words)
    assert "stopped" in phone.say("C")
    assert appointments(server) == before


def test_a_bare_yes_cancels_no_appointment_and_the_number_does(server: Server, phone: Texter) -> None:
    for words in (*BOOKING, "1"):
        phone.say(words)
    before = appointments(server)
    assert "\n1 Yes, cancel it" in phone.say("I need to cancel my appointment")
    for word in ("YES", "yes!"):
        assert "please reply with a number" in phone.say(word)
        assert appointments(server) == before
    phone.say("1")
    changed = set(appointments(server)) - set(before)
    assert [status for _, status in changed] == ["cancelled"]


class Caller:
    """Somebody who texts while the gateway is killed; each text is delivered one to five times, until it is taken."""

    def __init__(self, server: Server, killer: Killer, number: int) -> None:
        self._twilio = server.twilio
        self._killer = killer
        self._chance = random.Random(number)  # noqa: S311 - so that a failure can be tried again
        self.phone = Texter(server.twilio)

    def text(self, number: int) -> None:
        fields = self._twilio.fields(self.phone.number, f"{QUESTION} {number}")
        times = self._chance.randint(1, 5)
        self._killer.tell()
        with ThreadPoolExecutor(times) as pool:
            list(pool.map(lambda _: self._deliver(fields), range(times)))

    def _deliver(self, fields: dict[str, str]) -> None:
        deadline = time.monotonic() + 120
        while self._twilio.deliver(fields).status != 200:
            assert time.monotonic() < deadline, "the gateway did not come back"
            time.sleep(0.2)


def count(server: Server, table: str, where: str) -> int:
    with server.database.read() as session:
        return session.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one()  # noqa: S608


@pytest.mark.timeout(600)
def test_texts_that_are_under_way_when_the_gateway_is_killed_are_one_turn_and_one_reply_each(server: Server) -> None:
    callers, texts, kills = 6, 3, 3
    asked = f"author = 'visitor' AND text LIKE '{QUESTION} %'"
    before = count(server, "messages", asked)
    with Killer(server.url, 5, ("gateway",), (0.0, 1.0), kills) as killer:
        speakers = [Caller(server, killer, number) for number in range(callers)]

        def speak(speaker: Caller) -> int:
            said = 0
            while said < texts or len(killer.kills) < kills:
                speaker.text(said)
                said += 1
                time.sleep(0.5)
            return said

        with ThreadPoolExecutor(callers) as pool:
            said = dict(zip((each.phone.number for each in speakers), pool.map(speak, speakers), strict=True))
    assert killer.kills == ["gateway"] * kills
    until(lambda: not count(server, "texts_in", "state = 'open'"), 120)
    until(lambda: not count(server, "texts_out", "state = 'waiting'"), 120)
    assert count(server, "messages", asked) - before == sum(said.values())
    arrived = Counter(each.phone for each in server.twilio.arrived)
    assert {number: arrived[number] for number in said} == said

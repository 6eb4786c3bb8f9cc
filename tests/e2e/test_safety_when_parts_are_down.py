"""A red flag gets the approved reply within a second, whichever part hangs or is gone, and nothing said is lost."""

from __future__ import annotations

import contextlib
import itertools
import threading
from typing import TYPE_CHECKING, NamedTuple

import pytest
from database_backends import PostgresqlServer, migrated, missing_for_postgresql, postgresql_process
from e2e.parts import (
    RedisServer,
    children_of_server,
    hanging,
    missing,
    missing_for_redis,
    running_gateway,
    say,
    slowest_hundredth,
    together,
)
from gateway.local_server import until
from gateway.visitor import Visitor, client

from bot.safety.replies import safety_texts
from bot.serving.running import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from database_backends import PostgresqlProcess
    from e2e.parts import Answered, Gateway

pytestmark = pytest.mark.alone

MOST_SECONDS = 1.0
QUESTION = "How long does the relief from radiofrequency ablation last?"


class RedFlag(NamedTuple):
    """A message, and the name and language of the approved text that answers it."""

    text: str
    name: str
    language: str = "en"


RED_FLAGS = [
    RedFlag("I cannot feel anything when I wipe and since this morning I cannot pee.", "emergency"),
    RedFlag("I want to kill myself.", "crisis"),
    RedFlag("I took too many pain pills.", "overdose"),
    RedFlag("My legs are getting weaker every day.", "emergency"),
    RedFlag("No puedo orinar desde anoche y no siento nada al limpiarme.", "emergency", "es"),
]
FLAG = RED_FLAGS[0]


def texts(answered: Answered) -> list[str]:
    return [reply["text"] for reply in answered.replies]


def alarm(flag: RedFlag) -> list[str]:
    """The approved texts on the first red flag of a conversation."""
    asked = "ask_crisis" if flag.name == "crisis" else "ask_emergency"
    return [safety_texts()[name].said(language=flag.language) for name in (flag.name, asked)]


def still(flag: RedFlag) -> list[str]:
    """The approved text on one more red flag of the same kind."""
    return [safety_texts()[f"still_{flag.name}"].said(language=flag.language)]


def check_approved(scripts: Sequence[Sequence[Answered]], flags: Sequence[RedFlag]) -> None:
    """Check that each of the visitors, who say a red flag of their own, got the approved texts on it."""
    for (first, *later), flag in zip(scripts, flags, strict=True):
        assert texts(first) == alarm(flag)
        # The alarm once more, where the database was too late to tell of the first one.
        assert all(texts(one) in (alarm(flag), still(flag)) for one in later)


def check_in_time(scripts: Sequence[Sequence[Answered]]) -> None:
    seconds = slowest_hundredth([one for answered in scripts for one in answered])
    assert seconds < MOST_SECONDS, f"99 of 100 replies took up to {seconds:.2f} s"


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    if lack := missing_for_redis():
        missing(lack)
    with RedisServer(tmp_path) as running:
        yield running


@pytest.fixture
def limited_gateway(redis_server: RedisServer, sqlite_url: str, tmp_path: Path) -> Iterator[Gateway]:
    limits = {"rate_limit_conversation": "1/hour", "rate_limit_client": "100000/hour"}
    with running_gateway(
        tmp_path, rate_limit="on", rate_limit_store=redis_server.url, database_url=sqlite_url, **limits
    ) as gateway:
        yield gateway


@pytest.mark.parametrize("how", ["hang", "die"])
def test_red_flags_are_answered_at_once_while_redis(
    limited_gateway: Gateway, redis_server: RedisServer, how: str
) -> None:
    limited, *known = limited_gateway.visitors(21)
    assert limited.post(QUESTION).status_code == 429
    with hanging(redis_server.pid):
        if how == "die":
            redis_server.kill()
        old = together([lambda v=v: say(v, *[FLAG.text] * 2) for v in known])
        new = together([lambda: say(Visitor(limited_gateway.url), FLAG.text)] * 60)
        assert limited.post(QUESTION).status_code == 200  # nobody counts
    check_approved(old + new, [FLAG] * 80)
    check_in_time(old + new)


@pytest.fixture
def postgres() -> Iterator[PostgresqlProcess]:
    if lack := missing_for_postgresql():
        missing(lack)
    with postgresql_process() as process:
        yield process


@pytest.fixture
def gateway(postgres: PostgresqlProcess, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway on PostgreSQL that cannot reach staff, so that each notice to them stays in the outbox."""
    url = migrated(PostgresqlServer(postgres.port))
    with running_gateway(tmp_path, database_url=url, staff_webhook_url="http://127.0.0.1:9/") as running:
        yield running


def check_taken_in(gateway: Gateway, visitors: Sequence[Visitor], *ids: str) -> None:
    """Check that all was taken in once and in order, and that each conversation has one alarm, of which staff hear."""
    until(lambda: not gateway.spooled(), 30)
    assert {visitor.id: gateway.ids_said(visitor) for visitor in visitors} == {v.id: list(ids) for v in visitors}
    alarms = gateway.log.alarms()
    assert sorted(each.conversation_id for each in alarms) == sorted(visitor.id for visitor in visitors)
    assert {(each.level, each.settled_at) for each in alarms} == {("emergency", None)}
    assert gateway.outbox.waiting() == len(visitors)


def numbers(count: int) -> list[str]:
    """The clients' ids that ``say`` gives."""
    return [str(number) for number in range(count)]


def test_what_is_said_while_postgresql_is_gone_is_answered_at_once_and_taken_in_later(
    gateway: Gateway, postgres: PostgresqlProcess
) -> None:
    visitors = gateway.visitors(10)
    postgres.stop()
    said = [QUESTION, *[FLAG.text] * 8, QUESTION]
    answered = together([lambda v=v: say(v, *said) for v in visitors])
    assert all(visitor.say(FLAG.text, "1") for visitor in visitors)  # sent once more, as a client does
    assert gateway.spooled() == len(visitors) * (len(said) + 1)
    for question, *red_flags, again in answered:
        assert {one.replies[0]["kind"] for one in (question, again)} == {"fallback"}
        assert all(texts(one) == alarm(FLAG) for one in red_flags)
    check_in_time(answered)
    postgres.start()
    check_taken_in(gateway, visitors, "hello", *numbers(len(said)))


def test_who_speaks_as_soon_as_postgresql_is_back_is_heard_after_what_was_said_before(
    gateway: Gateway, postgres: PostgresqlProcess
) -> None:
    visitors = gateway.visitors(10)
    postgres.stop()
    together([lambda v=v: say(v, FLAG.text, FLAG.text) for v in visitors])
    postgres.start()
    replies = [visitor.say(QUESTION, "later") for visitor in visitors]
    check_taken_in(gateway, visitors, "hello", *numbers(2), "later")
    assert [[reply["text"] for reply in each] for each in replies] == [still(FLAG)] * len(visitors)


def test_red_flags_that_are_being_written_when_postgresql_goes_are_answered_and_kept(
    gateway: Gateway, postgres: PostgresqlProcess
) -> None:
    visitors = gateway.visitors(10)
    some = threading.Event()
    going = threading.Thread(target=lambda: (some.wait(30), postgres.stop()))
    going.start()

    def speak(visitor: Visitor) -> list[Answered]:
        first = say(visitor, *[FLAG.text] * 3)
        some.set()
        return [*first, *say(visitor, *[FLAG.text] * 7, start=3)]

    answered = together([lambda v=v: speak(v) for v in visitors])
    going.join()
    check_approved(answered, [FLAG] * 10)
    # In the middle: a second red flag found the alarm of the first one in the log, and a last one found no log.
    assert any(texts(one[1]) == still(FLAG) for one in answered)
    assert any(texts(one[-1]) == alarm(FLAG) for one in answered)
    check_in_time(answered)
    postgres.start()
    check_taken_in(gateway, visitors, "hello", *numbers(10))


def test_red_flags_are_answered_at_once_while_postgresql_hangs_and_taken_in_later(
    gateway: Gateway, postgres: PostgresqlProcess
) -> None:
    visitors = gateway.visitors(10)
    others = [Visitor(gateway.url) for _ in range(24)]
    with contextlib.ExitStack() as pages:
        for _ in range(45):  # more than the threads that all requests share
            pages.enter_context(Visitor(gateway.url).follow())
        pages.enter_context(hanging(postgres.pid))
        looked_at = gateway.looked_at()
        waiting = [other.post_in_background(QUESTION) for other in others]
        until(lambda: gateway.looked_at() == looked_at + len(others))  # now they wait for the database
        answered = together([lambda v=v: say(v, *[FLAG.text] * 10) for v in visitors])
    assert all(texts(one) == alarm(FLAG) for one in itertools.chain(*answered))
    check_in_time(answered)
    assert {each.result(30).status_code for each in waiting} == {200}
    check_taken_in(gateway, visitors, "hello", *numbers(10))
    assert all(len(gateway.ids_said(other)) == 1 for other in others)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    settings = {"RATE_LIMIT": "off", "CLINIC_PHONE": "", "STAFF_EMAIL": "", "STAFF_WEBHOOK_URL": ""}
    with running_server(settings) as url:
        yield url


def states(url: str) -> dict[str, str]:
    with client(url) as http:
        checks: dict[str, str] = http.get("/readyz").json()["checks"]
        return checks


@contextlib.contextmanager
def without_rasa(url: str, how: str) -> Iterator[None]:
    """Let the assistant and the action server hang, or die; the dead ones are then being started again."""
    processes = children_of_server(url)
    parts = [processes[name] for name in ("assistant", "actions")]
    if how == "hang":
        with hanging(*(part.pid for part in parts)):
            yield
    else:
        for part in parts:
            part.kill()
        yield


@pytest.mark.parametrize("how", ["hang", "die"])
def test_red_flags_are_answered_at_once_while_assistant_and_actions(server: str, how: str) -> None:
    until(lambda: set(states(server).values()) == {"ok"}, 120)
    known = [Visitor(server) for _ in range(20)]
    for visitor in known:
        until(lambda v=visitor: v.say("hello")[0]["kind"] == "smalltalk", 60)  # said by the assistant
    flags = list(itertools.islice(itertools.cycle(RED_FLAGS), 60))
    with without_rasa(server, how):
        waiting = [Visitor(server).post_in_background(QUESTION) for _ in range(10)]
        old = together([lambda v=v, f=f: say(v, *[f.text] * 2) for v, f in zip(known, flags, strict=False)])
        new = together([lambda f=f: say(Visitor(server), f.text) for f in flags])
        until(lambda: states(server)["assistant"] == "not ready", 60)  # gone all the while, and missed by now
        assert {each.result(60).json()["messages"][0]["kind"] for each in waiting} == {"fallback"}
    check_approved(old + new, flags[:20] + flags)
    check_in_time(old + new)

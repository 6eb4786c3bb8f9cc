"""Too many calls are refused, for a conversation and for an address, also across gateways."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess

import pytest
import redis
from gateway.local_server import until
from gateway.visitor import client


def check_refused(answer):
    assert answer.status_code == 429
    assert answer.headers["Content-Type"] == "application/problem+json"
    wait = answer.headers["Retry-After"]
    assert wait.isdecimal()
    assert 1 <= int(wait) <= 60
    assert wait in answer.json()["detail"]


def test_messages_of_one_conversation_are_limited(assistant, serve):
    with serve(assistant, rate_limit="on", rate_limit_conversation="3/minute") as gateway:
        visitor = gateway.new_visitor()
        for number in range(3):
            visitor.say(f"question {number}")
        check_refused(visitor.post("question 3"))
        assert len(assistant.texts(visitor.id)) == 3
        assert len(visitor.history()) == 7
        assert gateway.new_visitor().say("How long does RFA last?")


def test_calls_of_one_address_are_limited(assistant, serve):
    with serve(assistant, rate_limit="on", rate_limit_client="3/minute") as gateway, client(gateway.url) as http:
        answers = [http.post("/api/conversations") for _ in range(4)]
        assert [answer.status_code for answer in answers[:3]] == [201] * 3
        check_refused(answers[3])


def test_another_address_behind_the_proxy_has_a_count_of_its_own(assistant, serve):
    with serve(assistant, rate_limit="on", rate_limit_client="2/minute") as gateway, client(gateway.url) as http:
        for address in ("203.0.113.1", "203.0.113.2", "2001:db8::1"):
            answers = [http.post("/api/conversations", headers={"X-Forwarded-For": address}) for _ in range(3)]
            assert [answer.status_code for answer in answers] == [201, 201, 429]


def test_guessing_tokens_is_limited(assistant, serve):
    with serve(assistant, rate_limit="on", rate_limit_client="3/minute") as gateway, client(gateway.url) as http:
        answers = [http.get("/api/conversations/01J0/messages") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [404, 404, 404, 429]


def test_health_and_the_page_are_not_limited(assistant, serve):
    with serve(assistant, rate_limit="on", rate_limit_client="1/minute") as gateway, client(gateway.url) as http:
        paths = ("/", "/healthz", "/readyz", "/metrics", "/static/page.js") * 3
        assert {http.get(path).status_code for path in paths} == {200}


def test_off_lifts_the_limits(assistant, serve):
    limits = {"rate_limit_conversation": "1/minute", "rate_limit_client": "1/minute"}
    with serve(assistant, rate_limit="off", **limits) as gateway:
        visitor = gateway.new_visitor()
        for number in range(3):
            visitor.say(f"question {number}")


def test_two_gateways_count_together_in_redis(assistant, serve, redis_url, sqlite_url):
    settings = {
        "rate_limit": "on",
        "rate_limit_store": redis_url,
        "rate_limit_conversation": "4/minute",
        "database_url": sqlite_url,
    }
    with serve(assistant, **settings) as one, serve(assistant, **settings) as two:
        visitor = one.new_visitor()
        doors = [visitor, visitor.at(two.url)]
        for number in range(4):
            doors[number % 2].say(f"question {number}")
        for door in doors:
            check_refused(door.post("question 4"))


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory):
    """A Redis server; without the program the test is skipped, or fails where CI is set."""
    program = shutil.which("redis-server")
    if program is None:
        missing = "Redis is not tried: redis-server is not on the path (Debian: redis-server)"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([program, *options], stdout=log, stderr=log)
    try:
        with redis.Redis(port=port) as link:
            until(lambda: _answers(link))
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _answers(link):
    try:
        return link.ping()
    except redis.ConnectionError:
        return False


def test_without_the_store_visitors_are_answered_and_nothing_is_limited(assistant, serve):
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        store = f"redis://127.0.0.1:{nobody_listens.getsockname()[1]}"
        with serve(assistant, rate_limit="on", rate_limit_store=store, rate_limit_client="1/minute") as gateway:
            assert gateway.new_visitor().say("How long does RFA last?")

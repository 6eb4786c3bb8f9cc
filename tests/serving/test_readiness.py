from __future__ import annotations

import asyncio
import io
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from bot.serving.output import Output
from bot.serving.readiness import Report, gateway_probe, until_ready


class Time:
    now = 0.0

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


def wait(ready_after, checks):
    time, stream = Time(), io.StringIO()

    async def probe():
        return Report(ready=time.now >= ready_after, checks=checks)

    seconds = asyncio.run(until_ready("assistant", probe, Output(stream, ["assistant"]), time.clock, time.sleep))
    return seconds, stream.getvalue().splitlines()


def test_a_line_every_5_s_says_that_it_is_still_loading():
    seconds, said = wait(16, {})
    assert seconds == 16
    assert len(said) == 3
    assert said[0] == "assistant | still loading, 5 s ..."


def test_after_a_minute_the_line_says_what_is_missing():
    _, said = wait(70, {"database": "ok", "assistant": "unreachable"})
    assert "(" not in said[0]
    assert said[-1].endswith("(database: ok, assistant: unreachable)")


def test_nothing_is_said_when_all_is_ready_at_once():
    assert wait(0, {}) == (0, [])


@pytest.mark.parametrize(
    ("status", "body", "report"),
    [
        (200, json.dumps({"ready": True, "checks": {"database": "ok"}}), Report(ready=True, checks={"database": "ok"})),
        (503, json.dumps({"ready": False, "checks": {"a": None}}), Report(ready=False, checks={"a": "None"})),
        (502, "<html>", Report(ready=False)),
        (200, "[]", Report(ready=False)),
    ],
)
def test_the_probe_reads_readyz(status, body, report):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.handle_request, daemon=True).start()
        assert asyncio.run(gateway_probe(f"http://127.0.0.1:{server.server_port}")()) == report


def test_a_gateway_that_does_not_answer_is_not_ready():
    assert asyncio.run(gateway_probe("http://127.0.0.1:1")()) == Report(ready=False)

"""Notices reach staff by a real mail server and a real HTTP server; those that do not are tried again."""

from __future__ import annotations

import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler

from bot.gateway.notifying import Notifying
from bot.notices import outbox
from bot.notices.delivery import SIGNATURE, signature, ways
from bot.notices.outbox import Outbox
from bot.settings import Settings
from bot.storage.engine import Database, make_engine

CONTENT = {"subject": "Alarm in the chat: emergency (bladder)", "text": "Look at it.", "level": "emergency"}
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Mailbox(MessageHandler):
    def __init__(self):
        super().__init__()
        self.received = []

    def handle_message(self, message):
        self.received.append(message)


@pytest.fixture
def mailbox():
    handler = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def receiver():
    """A web server that refuses the first call and takes all after it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.calls.append((body, self.headers.get(SIGNATURE)))
            self.send_response(503 if len(server.calls) == 1 else 204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.calls = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def box(database_url, clock):
    return Outbox(Database(make_engine(database_url)), clock)


def put(box, settings):
    with box._database.write() as session:
        outbox.add(session, "alarm:1", ways(settings), CONTENT, NOW)


def test_an_alarm_reaches_staff_by_mail_once(box, mailbox):
    settings = Settings(staff_email="nurse@clinic.example", smtp_host="127.0.0.1", smtp_port=mailbox.port)
    put(box, settings)
    notifying = Notifying(box, settings)
    assert notifying.deliver_one()
    assert not notifying.deliver_one()
    (mail,) = mailbox.received
    assert (mail["To"], mail["Subject"]) == ("nurse@clinic.example", CONTENT["subject"])
    assert box.waiting() == 0


def test_a_webhook_that_fails_is_tried_again_with_the_same_id_and_a_signature(box, receiver, clock):
    settings = Settings(
        staff_webhook_url=f"http://127.0.0.1:{receiver.server_port}/", staff_webhook_secret="a secret of both"
    )
    put(box, settings)
    notifying = Notifying(box, settings)
    assert notifying.deliver_one()
    assert box.waiting() == 1
    assert not notifying.deliver_one()  # not before the pause is over
    clock.now += timedelta(seconds=6)
    assert notifying.deliver_one()
    assert box.waiting() == 0
    (first, _), (second, signed) = receiver.calls
    assert json.loads(first) == json.loads(second)
    assert signed == "sha256=" + signature(second, "a secret of both")


def test_a_mail_server_that_is_away_loses_nothing(box, clock):
    settings = Settings(staff_email="nurse@clinic.example", smtp_host="127.0.0.1", smtp_port=9)
    put(box, settings)
    notifying = Notifying(box, settings)
    for _ in range(5):
        assert notifying.deliver_one()
        clock.now += timedelta(hours=1)
    assert box.waiting() == 1


def test_a_notice_is_with_one_taker_at_a_time_and_comes_back_if_that_one_dies(box, clock):
    put(box, Settings(staff_webhook_url="http://127.0.0.1:9/"))
    assert box.take() is not None
    assert box.take() is None
    clock.now += timedelta(seconds=61)
    assert box.take().attempts == 2


def test_a_wrong_address_is_refused_at_the_start():
    with pytest.raises(ValueError, match="is no e-mail address"):
        Settings(staff_email="nurse")
    with pytest.raises(ValueError, match="is no web address"):
        Settings(staff_webhook_url="clinic.example/hook")

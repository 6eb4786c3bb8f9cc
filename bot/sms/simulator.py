"""Plays Twilio on this machine: telephones text the gateway through it, and what the gateway sends arrives on them."""

from __future__ import annotations

import base64
import binascii
import json
import random
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

import httpx
from twilio.request_validator import RequestValidator

from bot.sms.consent import carrier_word
from bot.sms.gsm import Size, size_of

WEBHOOK: Final = "/webhooks/sms"
OPTED_OUT: Final = 21610
_SECONDS: Final = 15.0  # that Twilio waits for a webhook
_TELLS_FOR: Final = 60.0  # seconds within which a gateway hears of a text's progress, if it was away
_PAUSE: Final = 0.5
_AT_ONCE: Final = 32  # texts of whose progress is told
_STATUSES: Final = ("queued", "sending", "sent", "delivered")
_HANDLED: Final = {"stop": "STOP", "start": "START", "yes": "START", "help": "HELP"}


@dataclass(frozen=True)
class Account:
    """A Twilio account as both sides know it; ``public_url`` is what is signed, ``gateway_url`` where it is sent."""

    sid: str
    token: str
    number: str
    public_url: str
    gateway_url: str


@dataclass(frozen=True)
class Arrived:
    """A text that arrived on a telephone: whose, its words, Twilio's id, and whether a webhook gave it back."""

    phone: str
    text: str
    sid: str
    by_webhook: bool
    size: Size = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", size_of(self.text))


@dataclass(frozen=True)
class Answer:
    """What the gateway answered to a webhook, and after how many seconds; status 0: it did not answer in time."""

    sid: str
    status: int
    seconds: float
    texts: tuple[str, ...] = ()


class Simulator:
    """Twilio for one account. Safe to use from several threads; ``with`` starts and stops its REST API."""

    def __init__(
        self,
        account: Account,
        port: int = 0,
        *,
        opt_out_handled: bool = False,
        tell: Callable[[Arrived], None] = lambda _: None,
    ) -> None:
        """``opt_out_handled``: as with Twilio's Advanced Opt-Out, which replies to stop words and blocks texts.

        ``tell`` is told of every text that arrives on a telephone. Raises OSError if the port is taken.
        """
        self.account = account
        self.arrived: list[Arrived] = []
        self.delay = 0.0  # seconds before a text goes on, either way
        self.reorder = False  # what is told of texts' progress comes in any order
        self.failures: deque[int] = deque()  # Twilio's errors for the next texts of the REST API
        self.blocked: set[str] = set()
        self._tell = tell
        self._opt_out_handled = opt_out_handled
        self._validator = RequestValidator(account.token)
        self._sent: dict[str, dict[str, str]] = {}
        self._news = threading.Condition()
        self._ended = threading.Event()
        self._http = httpx.Client(base_url=account.gateway_url, timeout=_SECONDS, trust_env=False)
        self._background = ThreadPoolExecutor(_AT_ONCE, "twilio")
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                simulator._rest(self)

            def log_message(self, *_arguments: object) -> None:
                pass  # its lines would hold no more than the address

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._background.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    def reach(self, gateway_url: str) -> None:
        """Deliver to another gateway from now on, as after a restart."""
        old, self._http = self._http, httpx.Client(base_url=gateway_url, timeout=_SECONDS, trust_env=False)
        old.close()

    def fields(self, phone: str, words: str, **more: str) -> dict[str, str]:
        """Return the fields of a text as Twilio sends them; ``more`` go before them."""
        sid = f"SM{secrets.token_hex(16)}"
        given = {
            "ToCountry": "US",
            "ToState": "",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "ToCity": "",
            "FromZip": "",
            "SmsSid": sid,
            "FromState": "",
            "SmsStatus": "received",
            "FromCity": "",
            "Body": words,
            "FromCountry": "US",
            "To": self.account.number,
            "ToZip": "",
            "NumSegments": str(size_of(words).parts),
            "MessageSid": sid,
            "AccountSid": self.account.sid,
            "From": phone,
            "ApiVersion": "2010-04-01",
        }
        word = carrier_word(words)
        if self._opt_out_handled and word:
            given["OptOutType"] = _HANDLED[word]
        return {**given, **more}

    def text(self, phone: str, words: str, **more: str) -> Answer:
        """Text the clinic from a telephone; return what the gateway answered."""
        fields = self.fields(phone, words, **more)
        self._sent[fields["MessageSid"]] = fields
        handled = fields.get("OptOutType")
        if handled == "STOP":
            self.blocked.add(phone)
        elif handled == "START":
            self.blocked.discard(phone)
        return self.deliver(fields)

    def redeliver(self, sid: str) -> Answer:
        """Deliver a text once more, as Twilio does if it is not sure that it was taken."""
        return self.deliver(self._sent[sid])

    def deliver(self, fields: Mapping[str, str]) -> Answer:
        """Deliver a text with exactly these fields."""
        time.sleep(self.delay)
        began = time.monotonic()
        try:
            response = self._post(WEBHOOK, fields)
        except httpx.HTTPError:
            return Answer(fields["MessageSid"], 0, time.monotonic() - began)
        seconds = time.monotonic() - began
        replies = self._replies(response) if response.status_code == HTTPStatus.OK else []
        for words, callback in replies:
            self._arrive(fields["From"], words, callback, by_webhook=True)
        texts = tuple(words for words, _ in replies)
        return Answer(fields["MessageSid"], response.status_code, seconds, texts)

    def until_arrived(self, phone: str, count: int, seconds: float = 20.0) -> list[Arrived]:
        """Return what has arrived on a telephone as soon as it is so much, or the time is over."""
        with self._news:
            self._news.wait_for(lambda: len(self._of(phone)) >= count, seconds)
            return self._of(phone)

    def _of(self, phone: str) -> list[Arrived]:
        return [each for each in self.arrived if each.phone == phone]

    def _post(self, path: str, fields: Mapping[str, str]) -> httpx.Response:
        signature = self._validator.compute_signature(self.account.public_url + path, dict(fields))
        return self._http.post(path, data=dict(fields), headers={"X-Twilio-Signature": signature})

    @staticmethod
    def _replies(response: httpx.Response) -> list[tuple[str, str]]:
        answer = ET.fromstring(response.text)  # noqa: S314 - of the gateway on this machine
        return [(each.text or "", each.get("statusCallback", "")) for each in answer.iter("Message")]

    def _arrive(self, phone: str, words: str, callback: str, *, by_webhook: bool) -> str:
        sid = f"SM{secrets.token_hex(16)}"
        text = Arrived(phone, words, sid, by_webhook)
        self._tell(text)
        with self._news:
            self.arrived.append(text)
            self._news.notify_all()
        if callback:
            self._background.submit(self._tell_progress, sid, phone, callback)
        return sid

    def _tell_progress(self, sid: str, phone: str, callback: str) -> None:
        statuses = list(_STATUSES)
        if self.reorder:
            random.shuffle(statuses)
        path = callback.removeprefix(self.account.public_url)
        ends = time.monotonic() + _TELLS_FOR
        for status in statuses:
            fields = {
                "AccountSid": self.account.sid,
                "From": self.account.number,
                "MessageSid": sid,
                "MessageStatus": status,
                "SmsSid": sid,
                "SmsStatus": status,
                "To": phone,
            }
            while not self._is_told(path, fields):
                if self._ended.wait(_PAUSE) or time.monotonic() > ends:
                    return

    def _is_told(self, path: str, fields: Mapping[str, str]) -> bool:
        try:
            return self._post(path, fields).status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        except httpx.HTTPError:  # the gateway has ended, perhaps to be started again
            return False

    def _rest(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length", "0"))
        form = dict(parse_qsl(request.rfile.read(length).decode(), keep_blank_values=True))
        status, answer = self._created(request.headers.get("Authorization", ""), request.path, form)
        body = json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _created(self, authorization: str, path: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        if not self._is_ours(authorization):
            return HTTPStatus.UNAUTHORIZED, {"code": 20003, "message": "Authenticate"}
        if path != f"/2010-04-01/Accounts/{self.account.sid}/Messages.json":
            return HTTPStatus.NOT_FOUND, {"code": 20404, "message": "The requested resource was not found"}
        if self.failures:
            code = self.failures.popleft()
            status = HTTPStatus.TOO_MANY_REQUESTS if code == 20429 else HTTPStatus.BAD_REQUEST  # noqa: PLR2004
            return (HTTPStatus.SERVICE_UNAVAILABLE if code == 20503 else status), {"code": code, "message": ""}  # noqa: PLR2004
        if form["To"] in self.blocked:
            return HTTPStatus.BAD_REQUEST, {"code": OPTED_OUT, "message": "Attempt to send to unsubscribed recipient"}
        time.sleep(self.delay)
        sid = self._arrive(form["To"], form["Body"], form.get("StatusCallback", ""), by_webhook=False)
        return HTTPStatus.CREATED, {"sid": sid, "status": "queued"}

    def _is_ours(self, authorization: str) -> bool:
        try:
            given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return given == f"{self.account.sid}:{self.account.token}"

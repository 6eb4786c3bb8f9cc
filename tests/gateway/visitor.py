"""A visitor: speaks the chat API over HTTP."""

from __future__ import annotations

import contextlib
import itertools
import json
import ssl
import threading
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from gateway.local_server import WITHIN, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Message = dict[str, Any]
Result = TypeVar("Result")
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to load the certificates takes longer than most of the tests


def client(url: str, **options: Any) -> httpx.Client:
    """An HTTP client for a server of ours."""
    return httpx.Client(base_url=url, trust_env=False, timeout=WITHIN, verify=_NO_TLS, **options)


def at_once(work: Sequence[Callable[[], Result]]) -> list[Result]:
    """What each piece of work returns; all begin together."""
    start = threading.Barrier(len(work))

    def run(one: Callable[[], Result]) -> Result:
        start.wait(WITHIN)
        return one()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


@dataclass(frozen=True)
class Event:
    """One event of the stream."""

    name: str
    id: str
    data: Message


class Visitor:
    """Someone with a conversation; ``at`` gives the same one through another gateway."""

    def __init__(self, url: str, conversation: dict[str, Any] | None = None) -> None:
        self.http = client(url)
        self.started = conversation or self.http.post("/api/conversations").raise_for_status().json()
        self.id: str = self.started["conversation_id"]
        self.token: str = self.started["token"]
        self.path = f"/api/conversations/{self.id}"
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def at(self, url: str) -> Visitor:
        return Visitor(url, self.started)

    def say(self, text: str, client_message_id: str | None = None) -> list[Message]:
        """Say something; return the replies."""
        answer = self.post(text, client_message_id)
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"]

    def post(self, text: str, client_message_id: str | None = None) -> httpx.Response:
        body = {"text": text, "client_message_id": client_message_id or str(uuid.uuid4())}
        return self.http.post(f"{self.path}/messages", json=body)

    def post_in_background(self, text: str) -> Future[httpx.Response]:
        """Say something without waiting for the answer."""
        pool = ThreadPoolExecutor(1)
        saying = pool.submit(self.post, text)
        pool.shutdown(wait=False)
        return saying

    def post_raw(self, content: Any, **headers: str) -> httpx.Response:
        """Send bytes, or pieces of unknown length, as a message."""
        headers = {"Content-Type": "application/json", **headers}
        return self.http.post(f"{self.path}/messages", content=content, headers=headers)

    def history(self, after: int = 0) -> list[Message]:
        answer = self.http.get(f"{self.path}/messages", params={"after": after})
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"]

    def rate(self, message_id: str, helpful: bool, **more: str) -> httpx.Response:
        return self.http.post(f"{self.path}/messages/{message_id}/feedback", json={"helpful": helpful, **more})

    def erase(self) -> httpx.Response:
        return self.http.delete(self.path)

    def until_said(self, text: str) -> Message:
        """Return the message with that text as soon as the history has it."""
        found: list[Message] = []
        until(lambda: found.extend(each for each in self.history() if each["text"] == text) or found)
        return found[0]

    @contextlib.contextmanager
    def follow(self, after: int = 0, **headers: str) -> Iterator[Iterator[Event]]:
        """Give the events of the stream as they come."""
        with self.http.stream("GET", f"{self.path}/events", params={"after": after}, headers=headers) as response:
            assert response.status_code == 200
            assert response.headers["Content-Type"].startswith("text/event-stream")
            yield _events(_lines(response.iter_bytes()))


def _events(lines: Iterator[str]) -> Iterator[Event]:
    # https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    while block := list(itertools.takewhile(bool, lines)):
        fields = [line.partition(":")[::2] for line in block if not line.startswith(":")]
        values = {name: value.removeprefix(" ") for name, value in fields}
        data = "\n".join(value.removeprefix(" ") for name, value in fields if name == "data")
        if fields:
            yield Event(values.get("event", "message"), values["id"], json.loads(data))


def _lines(pieces: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\r\n")
        yield from (line.decode() for line in whole)

"""The assistant as the gateway sees it, without Rasa: it takes turns, forgets conversations, and can be in trouble."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from gateway.local_server import WITHIN, LocalServer, until
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

SECRET = "the secret of gateway and assistant"
MODEL = "20261122-070000-fake.tar.gz"
_ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_TEXTS = {"conversation_id", "message_id", "text", "channel"}
_FIELDS = {*_TEXTS, "may_alarm"}

Said = dict[str, Any]


@functools.cache
def domain() -> dict[str, Any]:
    """What domain.yml says."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return loaded


def said(name: str, *buttons: dict[str, str], channel: str | None = None) -> Said:
    """A reply as the assistant returns it, with the text of domain.yml."""
    (text,) = [each["text"] for each in domain()["responses"][name] if each.get("channel") == channel]
    return {"text": text, "buttons": list(buttons), "response": name}


def button(title: str, topic: str) -> dict[str, str]:
    """A button as the actions make it."""
    return {"title": title, "payload": title, "topic": topic}


ANSWER = "utter_faq/rfa_duration"
UNDERSTOOD = {
    "label": "faq/rfa_duration",
    "intent": "faq",
    "topics": [{"topic": "rfa_duration", "confidence": 0.93}, {"topic": "rfa", "confidence": 0.05}],
    "entities": [{"name": "treatment", "value": "RFA", "start": 14, "end": 17}],
    "action": "utter_faq/rfa_duration",
}


@dataclass(frozen=True)
class Asked:
    """One turn that was asked of the assistant."""

    conversation_id: str
    message_id: str
    text: str
    channel: str
    may_alarm: bool


class FakeAssistant:
    """A server whose calls tests read and whose behaviour they set. What was sent amiss is in ``complaints``."""

    def __init__(self) -> None:
        routes = [
            Route("/webhooks/gateway/messages", self._turn, methods=["POST"]),
            Route("/webhooks/gateway/health", self._health),
            Route("/webhooks/gateway/conversations/{conversation_id}", self._forget, methods=["DELETE"]),
            Route("/health", self._actions_health),
        ]
        self.server = LocalServer(Starlette(routes=routes))
        self.behave()

    def behave(self) -> None:
        """Be well again, and forget what was asked."""
        self.turns: list[Asked] = []
        self.calls: list[tuple[str, str]] = []  # what was begun or ended, of which conversation, in order
        self.complaints: list[str] = []
        self.replies: list[Said] = [said(ANSWER)]
        self.seconds = 0.0  # that a turn takes
        self.failures: list[Response] = []  # the next answers to a turn, instead of replies
        self.well = True
        self.health_seconds = 0.0  # that it takes to say so
        self.actions_well = True
        self.when_asked: Callable[[Asked], None] = lambda _asked: None
        self._under_way: set[str] = set()
        self._held = False

    @property
    def url(self) -> str:
        return self.server.url

    def texts(self, conversation_id: str) -> list[str]:
        """The texts that were asked in a conversation, in order."""
        return [asked.text for asked in self.turns if asked.conversation_id == conversation_id]

    def history(self, conversation_id: str) -> list[str]:
        """What was begun and ended for a conversation, in order."""
        return [what for what, whose in self.calls if whose == conversation_id]

    def until_asked(self, conversation_id: str, times: int = 1) -> None:
        """Return when so many turns of a conversation have been begun."""
        until(lambda: len(self.texts(conversation_id)) >= times)

    def fail(self, times: int, body: str = "<html>Internal Server Error</html>", status: int = 500) -> None:
        """Answer the next turns with an error."""
        self.failures += [PlainTextResponse(body, status)] * times

    @contextlib.contextmanager
    def holding_turns(self) -> Iterator[None]:
        """Let no turn end before the block does."""
        self._held = True
        try:
            yield
        finally:
            self._held = False

    async def _turn(self, request: Request) -> Response:
        if not self._knows_the_secret(request):
            return Response(status_code=404)
        body = await request.json()
        self._check(body)
        asked = Asked(**{name: body.get(name) for name in _FIELDS})
        with self._one_turn_at_a_time(asked):
            await run_in_threadpool(self.when_asked, asked)
            await asyncio.sleep(self.seconds)
            async with asyncio.timeout(WITHIN):
                while self._held:  # noqa: ASYNC110 - set from another thread
                    await asyncio.sleep(0.005)
        if self.failures:
            return self.failures.pop(0)
        return JSONResponse({"replies": self.replies, "understood": UNDERSTOOD, "model": MODEL})

    async def _health(self, request: Request) -> Response:
        if not self._knows_the_secret(request):
            return Response(status_code=404)
        await asyncio.sleep(self.health_seconds)
        return JSONResponse({"model": MODEL}, 200 if self.well else 503)

    async def _actions_health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"}, 200 if self.actions_well else 503)

    async def _forget(self, request: Request) -> Response:
        if not self._knows_the_secret(request):
            return Response(status_code=404)
        self.calls.append(("forgotten", request.path_params["conversation_id"]))
        return Response(status_code=204)

    @contextlib.contextmanager
    def _one_turn_at_a_time(self, asked: Asked) -> Iterator[None]:
        whose = asked.conversation_id
        if whose in self._under_way:
            self.complaints.append(f"two turns of one conversation overlap: {asked}")
        self._under_way.add(whose)
        self.turns.append(asked)
        self.calls.append(("turn begun", whose))
        try:
            yield
        finally:
            self._under_way.discard(whose)
            self.calls.append(("turn ended", whose))

    def _knows_the_secret(self, request: Request) -> bool:
        if request.headers.get("X-Assistant-Secret") == SECRET:
            return True
        self.complaints.append(f"{request.method} {request.url.path} without the secret")
        return False

    def _check(self, body: Any) -> None:
        is_right = (
            isinstance(body, dict)
            and set(body) == _FIELDS
            and all(isinstance(body[name], str) for name in _TEXTS)
            and isinstance(body["may_alarm"], bool)
            and _ULID.fullmatch(body["conversation_id"])
            and _ULID.fullmatch(body["message_id"])
            and body["channel"] in {"web", "sms"}
        )
        if not is_right:
            self.complaints.append(f"not what the channel takes: {body}")

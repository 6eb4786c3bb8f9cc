"""The chat API as docs/chat-api.md has it, with the widget and pages that carry it, for a browser to talk to."""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.gateway.pages import emergency_texts
from bot.settings import ROOT, Settings
from bot.widget.clinic import Clinic
from bot.widget.files import widget_files
from bot.widget.pages import render_embed, render_home, render_privacy

STATIC = ROOT / "bot" / "widget" / "static"
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
QUOTE = "RFA can offer 6–18 months of relief with a single procedure"
ANSWER: dict[str, Any] = {
    "text": "RFA can offer 6 to 18 months of relief with a single procedure.",
    "kind": "answer",
    "topic": "rfa_duration",
    "sources": [{"passage": "rfa.2", "quote": QUOTE}],
}
CLINIC = Clinic.of(Settings.parse_obj({"clinic_phone": "(503) 555-0129"}))
WIDGET = widget_files(CLINIC, emergency_texts())
WIDGET_WITH_SMS = widget_files(replace(CLINIC, sms=True), emergency_texts())
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
LINE = "<script src='{url}/widget.js' defer{attributes}></script>"


def host_page(url: str, *, attributes: str = "", head: str = "", body: str = "", lang: str = "en") -> str:
    """A page of somebody's site with the one line."""
    line = LINE.format(url=url, attributes=f" {attributes}" if attributes else "")
    return (
        f"<!doctype html><html lang={lang}><head><meta charset=utf-8><title>A site</title>"
        f"<meta name=viewport content='width=device-width, initial-scale=1'>{head}{line}</head>"
        f"<body><main><h1>A site</h1>{body}<a href='/host/two'>Another page</a></main></body></html>"
    )


@dataclass
class Conversation:
    token: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    replies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by client_message_id

    def add(self, author: str, said: dict[str, Any]) -> dict[str, Any]:
        seq = len(self.messages) + 1
        blank: dict[str, Any] = {"topic": None, "kind": None, "sources": [], "buttons": [], "asks": None}
        created = {"booking": None, "created_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        self.messages.append({**blank, **created, **said, "id": f"M{seq}-{id(self)}", "seq": seq, "author": author})
        return self.messages[-1]


class FakeChatApi:
    """What happens on the server: tests read it, change it, and find what was sent amiss in ``complaints``."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.script: dict[str, list[dict[str, Any]]] = {}
        self.trouble: list[tuple[int, dict[str, str]]] = []  # the next answers to a message, instead of replies
        self.loses_answers = False  # the next message is answered in the log, but its request fails
        self.is_down = False  # every call ends without an answer
        self.withheld = threading.Event()  # replies wait for it
        self.withheld.set()
        self.calendars: dict[str, str] = {}
        self.widget = WIDGET
        self.phone_codes: list[str] = []  # that the next requests for one get
        self.phone_code_seconds = 600
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self.origins: set[str] = set()
        self.sent: list[dict[str, Any]] = []
        self.happened: list[str] = []  # the texts, each once however often it was sent
        self.sent_at: list[float] = []
        self.feedback: list[dict[str, Any]] = []
        self.streams: list[int] = []  # the `after` of each stream that was asked for
        self.asked: list[str] = []  # the path of every request
        self.complaints: list[str] = []
        self.change = threading.Condition()
        self.generation = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"api": self}))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.pages["/host"] = self.pages["/host/two"] = (host_page(self.url), {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def conversation(self) -> Conversation:
        return next(reversed(self.conversations.values()))

    @property
    def texts(self) -> list[str]:
        return [each["text"] for each in self.sent]

    def say(self, author: str, said: dict[str, Any]) -> None:
        with self.change:
            self.conversation.add(author, said)
            self.change.notify_all()

    def drop_streams(self) -> None:
        with self.change:
            self.generation += 1
            self.change.notify_all()

    def go_down(self) -> None:
        self.is_down = True
        self.drop_streams()

    def lose_conversations(self) -> None:
        with self.change:
            self.conversations.clear()
            self.generation += 1
            self.change.notify_all()

    def close(self) -> None:
        self.withheld.set()
        self.drop_streams()
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    api: FakeChatApi

    def log_message(self, *_: object) -> None:
        """Keep the test's output quiet."""

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        path = self.path.split("?")[0]
        self.api.asked.append(self.path)
        if self.command == "OPTIONS":
            self.send(204)
        elif path.startswith("/api/"):
            if self.api.is_down:
                self.close_connection = True
                self.connection.close()
                return
            if raw and self.headers["Content-Type"] != "application/json":
                self.api.complaints.append(f"{self.path}: {self.headers['Content-Type']}")
            self.answer_call(path.split("/")[2:], json.loads(raw) if raw else None)
        else:
            self.answer_page(path)

    do_GET = do_POST = do_DELETE = do_OPTIONS = answer  # noqa: N815 - the names that http.server calls

    def answer_page(self, path: str) -> None:
        rendered = {
            "/": lambda: render_home(CLINIC),
            "/embed": lambda: render_embed(CLINIC, self.api.url),
            "/privacy": lambda: render_privacy(CLINIC),
        }
        name = path.rsplit("/", 1)[1]
        if path in rendered:
            page = rendered[path]().encode()
            self.send(200, page, "text/html; charset=utf-8", {"Content-Security-Policy": POLICY})
        elif path in self.api.pages:
            page, headers = self.api.pages[path]
            self.send(200, page.encode(), "text/html; charset=utf-8", headers)
        elif path == "/widget.js":
            self.send(200, self.api.widget.loader.content, WIDGET.loader.media_type)
        elif path.startswith(f"/widget/{WIDGET.version}") and name in WIDGET.brought:
            self.send(200, WIDGET.brought[name].content, WIDGET.brought[name].media_type)
        elif path.startswith("/static/") and (STATIC / name).is_file():
            self.send(200, (STATIC / name).read_bytes(), MEDIA_TYPES[(STATIC / name).suffix])
        else:
            if path != "/favicon.ico":
                self.api.complaints.append(f"{self.command} {self.path}")
            self.send(404)

    def answer_call(self, path: list[str], body: Any) -> None:
        if self.command == "POST" and path == ["conversations"]:
            self.start()
            return
        conversation = self.api.conversations.get(path[1])
        if conversation is None or self.headers["Authorization"] != f"Bearer {conversation.token}":
            if not str(self.headers["Authorization"]).startswith("Bearer "):
                self.api.complaints.append(f"{self.path}: no token")
            self.send_json(404, {"detail": "There is no such conversation."})
            return
        self.answer_visitor(conversation, path, body)

    def answer_visitor(self, conversation: Conversation, path: list[str], body: Any) -> None:
        match [self.command, *path[2:]]:
            case ["POST", "messages"]:
                self.receive(conversation, body)
            case ["GET", "messages"]:
                self.send_json(200, {"messages": conversation.messages[self.after :]})
            case ["GET", "events"]:
                self.stream(conversation)
            case ["POST", "messages", message_id, "feedback"]:
                self.api.feedback.append({"message": message_id, **body})
                self.send(204)
            case ["GET", "appointments", reference, "calendar"]:
                self.send_calendar(reference)
            case ["POST", "phone-code"]:
                self.send_phone_code()
            case ["DELETE"]:
                del self.api.conversations[path[1]]
                self.api.drop_streams()
                self.send(204)
            case _:
                self.api.complaints.append(f"{self.command} {self.path}")

    @property
    def after(self) -> int:
        return int(self.path.split("?after=")[1])

    def start(self) -> None:
        conversation = Conversation(token=uuid.uuid4().hex)
        conversation_id = uuid.uuid4().hex
        conversation.add("assistant", {"text": "Hello! I am the automated assistant.", "kind": "smalltalk"})
        self.api.conversations[conversation_id] = conversation
        started = {"conversation_id": conversation_id, "token": conversation.token, "messages": conversation.messages}
        self.send_json(201, started)

    def receive(self, conversation: Conversation, body: dict[str, str]) -> None:
        client_id = body["client_message_id"]
        self.api.sent.append(body)
        self.api.sent_at.append(time.monotonic())
        if set(body) != {"text", "client_message_id"} or str(uuid.UUID(client_id)) != client_id:
            self.api.complaints.append(f"message {body}")
        if self.api.trouble:
            status, headers = self.api.trouble.pop(0)
            self.send_json(status, {"detail": "Told by the server."}, headers)
            return
        with self.api.change:
            is_new = client_id not in conversation.replies
            if is_new:
                conversation.replies[client_id] = []
                self.api.happened.append(body["text"])
                conversation.add("visitor", {"text": body["text"]})
                self.api.change.notify_all()
        self.api.withheld.wait(10)
        with self.api.change:
            if is_new:
                said = self.api.script.get(body["text"], [ANSWER])
                conversation.replies[client_id] = [conversation.add("assistant", each) for each in said]
                self.api.change.notify_all()
        if self.api.loses_answers:
            self.api.loses_answers = False
            self.send_json(503, {"detail": "Lost."})
            return
        self.send_json(200, {"messages": conversation.replies[client_id]})

    def stream(self, conversation: Conversation) -> None:
        last, generation = self.after, self.api.generation
        self.api.streams.append(last)
        self.start_answer(200, "text/event-stream", {"Cache-Control": "no-store"})
        while self.api.generation == generation:
            with self.api.change:
                news = conversation.messages[last:]
                if not news:
                    self.api.change.wait(0.5)
            events = (f"event: message\r\nid: {each['seq']}\r\ndata: {json.dumps(each)}\r\n\r\n" for each in news)
            try:
                self.wfile.write("".join(events).encode() or b": still here\r\n\r\n")
            except OSError:
                return  # the page was left
            last += len(news)

    def send_phone_code(self) -> None:
        if not self.api.phone_codes:
            self.send_json(503, {"detail": "Not now."})
            return
        ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.api.phone_code_seconds))
        self.send_json(201, {"code": self.api.phone_codes.pop(0), "expires_at": ends, "number": "+15035550188"})

    def send_calendar(self, reference: str) -> None:
        if reference in self.api.calendars:
            self.send(200, self.api.calendars[reference].encode(), "text/calendar; charset=utf-8")
        else:
            self.send_json(404, {"detail": "There is no such appointment."})

    def send_json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        media_type = "application/json" if status < 400 else "application/problem+json"
        self.send(status, json.dumps(body).encode(), media_type, headers)

    def send(self, status: int, body: bytes = b"", media_type: str = "", headers: dict[str, str] | None = None) -> None:
        self.start_answer(status, media_type, headers or {})
        self.wfile.write(body)

    def start_answer(self, status: int, media_type: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        origin = self.headers.get("Origin", "")
        if origin in self.api.origins:
            headers = {
                **headers,
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Headers": "Authorization, Content-Type",
                "Access-Control-Allow-Methods": "GET, POST, DELETE",
                "Access-Control-Expose-Headers": "Date, Retry-After",
            }
        for name, value in {"Content-Type": media_type, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

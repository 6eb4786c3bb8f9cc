"""The chat API as docs/chat-api.md has it, with the page and its files, for a browser to talk to."""

from __future__ import annotations

import json
import mimetypes
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.settings import ROOT, Settings
from bot.widget.page import render_page

STATIC = ROOT / "bot" / "widget" / "static"
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
QUOTE = "RFA can offer 6–18 months of relief with a single procedure"
ANSWER: dict[str, Any] = {
    "text": "RFA can offer 6 to 18 months of relief with a single procedure.",
    "kind": "answer",
    "topic": "rfa_duration",
    "sources": [{"passage": "rfa.2", "quote": QUOTE}],
}


@dataclass
class Conversation:
    token: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    replies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by client_message_id

    def add(self, author: str, said: dict[str, Any]) -> dict[str, Any]:
        seq = len(self.messages) + 1
        blank: dict[str, Any] = {"topic": None, "kind": None, "sources": [], "buttons": [], "asks": None}
        created = {"created_at": "2026-11-22T06:50:07Z"}
        self.messages.append({**blank, **created, **said, "id": f"M{seq}-{id(self)}", "seq": seq, "author": author})
        return self.messages[-1]


class FakeChatApi:
    """What happens on the server: tests read it, change it, and find what was sent amiss in ``complaints``."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.script: dict[str, list[dict[str, Any]]] = {}
        self.trouble: list[tuple[int, dict[str, str]]] = []  # the next answers to a message, instead of replies
        self.loses_answers = False  # the next message is answered in the log, but its request fails
        self.sent: list[dict[str, Any]] = []
        self.sent_at: list[float] = []
        self.feedback: list[dict[str, Any]] = []
        self.streams: list[int] = []  # the `after` of each stream that was asked for
        self.complaints: list[str] = []
        self.change = threading.Condition()
        self.generation = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"api": self}))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def conversation(self) -> Conversation:
        return next(reversed(self.conversations.values()))

    def say(self, author: str, said: dict[str, Any]) -> None:
        with self.change:
            self.conversation.add(author, said)
            self.change.notify_all()

    def drop_streams(self) -> None:
        with self.change:
            self.generation += 1
            self.change.notify_all()

    def lose_conversations(self) -> None:
        with self.change:
            self.conversations.clear()
            self.generation += 1
            self.change.notify_all()

    def close(self) -> None:
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
        if path == "/":
            self.send(
                200,
                render_page(Settings.parse_obj({"clinic_phone": "(503) 555-0129"})).encode(),
                "text/html; charset=utf-8",
            )
        elif path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            self.send(200, file.read_bytes(), mimetypes.guess_type(file.name)[0] or "text/plain")
        else:
            if raw and self.headers["Content-Type"] != "application/json":
                self.api.complaints.append(f"{self.path}: {self.headers['Content-Type']}")
            self.answer_call(path.split("/")[2:], json.loads(raw) if raw else None)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names that http.server calls

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
            if client_id not in conversation.replies:
                conversation.add("visitor", {"text": body["text"]})
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

    def send_json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        media_type = "application/json" if status < 400 else "application/problem+json"
        self.send(status, json.dumps(body).encode(), media_type, headers)

    def send(self, status: int, body: bytes = b"", media_type: str = "", headers: dict[str, str] | None = None) -> None:
        self.start_answer(status, media_type, headers or {})
        self.wfile.write(body)

    def start_answer(self, status: int, media_type: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Security-Policy": POLICY, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

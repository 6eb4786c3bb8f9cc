"""What every response carries, and which pages there are."""

from __future__ import annotations

import pytest
from gateway.visitor import client

from bot.gateway.middleware import HEADERS

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"


@pytest.fixture
def http(gateway):
    with client(gateway.url) as opened:
        yield opened


def check_headers(answer):
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/embed", 200),
        ("GET", "/privacy", 200),
        ("GET", "/widget.js", 200),
        ("GET", "/static/page.css", 200),
        ("GET", "/widget/000000000000/nothing.js", 404),
        ("GET", "/openapi.json", 200),
        ("GET", "/healthz", 200),
        ("GET", "/metrics", 200),
        ("POST", "/api/conversations", 201),
        ("GET", "/nowhere", 404),
        ("GET", "/api/conversations/01J0/messages", 404),
        ("PUT", "/api/conversations", 405),
    ],
)
def test_every_response_carries_the_security_headers(http, method, path, status):
    answer = http.request(method, path)
    assert answer.status_code == status
    check_headers(answer)


def test_refusals_carry_the_security_headers(visitor):
    answers = [visitor.post_raw(b"{"), visitor.post_raw(b" " * 200_000), visitor.post_raw(iter([b" " * 200_000]))]
    assert [answer.status_code for answer in answers] == [422, 413, 413]
    for answer in answers:
        check_headers(answer)


def test_too_many_requests_carry_the_security_headers(assistant, serve):
    with serve(assistant, rate_limit="on", rate_limit_client="1/minute") as busy, client(busy.url) as http:
        answer = [http.post("/api/conversations") for _ in range(2)][1]
        assert answer.status_code == 429
        check_headers(answer)


def test_a_fault_of_ours_carries_the_security_headers(assistant, serve, tmp_path):
    without_tables = f"sqlite:///{tmp_path}/without-tables.sqlite3"
    with serve(assistant, database_url=without_tables) as broken, client(broken.url) as http:
        answer = http.post("/api/conversations")
    assert answer.status_code == 500
    check_headers(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_api_is_never_cached(visitor):
    answers = [
        visitor.http.post("/api/conversations"),
        visitor.post("How long does RFA last?"),
        visitor.http.get(f"{visitor.path}/messages"),
        visitor.rate("01J0", helpful=True),
        visitor.post_raw(b"{"),
        visitor.http.get("/api/nowhere"),
        visitor.erase(),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 404, 422, 404, 204]
    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 7


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/oauth2-redirect"])
def test_pages_that_load_scripts_from_elsewhere_are_absent(http, path):
    assert http.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "Post Laminectomy Pain Syndrome"),
        ("/embed", '/widget.js" defer&gt;&lt;/script&gt;'),
        ("/privacy", "What the chat keeps"),
    ],
)
def test_the_pages_are_html(http, path, said):
    answer = http.get(path)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert said in answer.text


def test_the_description_of_the_api_names_every_call_of_the_contract(http):
    described = http.get("/openapi.json").json()["paths"]
    calls = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    assert calls >= {
        "POST /api/conversations",
        "POST /api/conversations/{conversation_id}/messages",
        "GET /api/conversations/{conversation_id}/messages",
        "GET /api/conversations/{conversation_id}/events",
        "POST /api/conversations/{conversation_id}/messages/{message_id}/feedback",
        "DELETE /api/conversations/{conversation_id}",
    }

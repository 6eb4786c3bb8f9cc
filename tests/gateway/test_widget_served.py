"""The widget's files over HTTP, and which origins' pages may use the widget."""

from __future__ import annotations

import re

import pytest
from gateway.visitor import Visitor, client
from pydantic import ValidationError

from bot.gateway.middleware import HEADERS
from bot.settings import Settings

SITE = "https://www.clinic.example"
STRANGER = "https://stranger.example"


@pytest.fixture
def http(gateway):
    with client(gateway.url) as opened:
        yield opened


@pytest.fixture
def open_to_the_site(assistant, serve):
    """A gateway whose widget the site may carry."""
    with serve(assistant, widget_origins=f"{SITE}, http://localhost:3000") as gateway:
        yield gateway


def module_address(http) -> str:
    (version,) = re.findall(r'"version": "([0-9a-f]{12})"', http.get("/widget.js").text)
    return f"/widget/{version}/main.js"


def cors_headers(answer):
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def test_the_loader_is_asked_for_anew_and_its_modules_are_kept(http):
    assert http.get("/widget.js").headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=86400"
    module = http.get(module_address(http))
    assert module.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert module.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_another_version_is_served_what_there_is_but_not_to_keep(http):
    """Of two gateways one may be newer; a visitor between them must not be without the chat."""
    module = http.get("/widget/0123456789ab/main.js")
    assert module.content == http.get(module_address(http)).content
    assert module.headers["Cache-Control"] == "no-cache"


def test_another_attempt_has_an_address_of_its_own(http):
    again = module_address(http).replace("/main.js", "-2/main.js")
    assert http.get(again).headers["Cache-Control"].endswith("immutable")


@pytest.mark.parametrize(
    "path", ["/widget/x/main.js", "/widget/0123456789ab/loader.js", "/widget/0123456789ab/..%2Ffiles.py"]
)
def test_nothing_else_is_served(http, path):
    assert http.get(path).status_code in {404, 422}


def test_files_are_compressed_for_who_takes_it_and_known_by_their_etag(http):
    path = module_address(http)
    plain = http.get(path, headers={"Accept-Encoding": "identity"})
    small = http.get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) < len(plain.content) / 2
    assert small.content == plain.content
    assert "Accept-Encoding" in small.headers["Vary"]
    known = http.get(path, headers={"If-None-Match": small.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_without_the_setting_no_other_origin_may_use_it(http):
    for path in ("/widget.js", module_address(http)):
        answer = http.get(path, headers={"Origin": SITE})
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert cors_headers(answer) == {}
    assert cors_headers(http.post("/api/conversations", headers={"Origin": SITE})) == {}


def test_a_named_origin_may_start_and_follow_a_conversation(open_to_the_site):
    visitor = Visitor(open_to_the_site.url)
    headers = {"Origin": SITE}
    answers = [
        visitor.http.get("/widget.js", headers=headers),
        visitor.http.post("/api/conversations", headers=headers),
        visitor.http.get(f"{visitor.path}/messages", headers=headers),
        visitor.http.get("/api/conversations/01J0/messages", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [200, 201, 200, 404]
    for answer in answers:
        assert cors_headers(answer) == {
            "access-control-allow-origin": SITE,
            "access-control-expose-headers": "Date, Retry-After",
        }
        assert "Origin" in answer.headers["Vary"]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_preflight_is_answered_for_named_origins_alone(open_to_the_site):
    asked = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"}
    with client(open_to_the_site.url) as http:
        allowed, refused = (
            http.options("/api/conversations/x", headers={"Origin": origin, **asked}) for origin in (SITE, STRANGER)
        )
    assert allowed.status_code == 204
    assert allowed.headers["Access-Control-Allow-Methods"] == "GET, POST, DELETE"
    assert allowed.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    assert {name: allowed.headers[name] for name in HEADERS if not name.startswith("Cross-Origin-R")}
    assert refused.status_code == 405
    assert cors_headers(refused) == {}


@pytest.mark.parametrize("origin", [STRANGER, "null", f"{SITE}.evil.example", "http://www.clinic.example", ""])
def test_other_origins_may_not(open_to_the_site, origin):
    with client(open_to_the_site.url) as http:
        assert cors_headers(http.post("/api/conversations", headers={"Origin": origin})) == {}


@pytest.mark.parametrize("path", ["/", "/metrics", "/readyz", "/openapi.json", "/embed"])
def test_the_rest_of_the_gateway_is_closed_to_pages_of_named_origins_too(open_to_the_site, path):
    with client(open_to_the_site.url) as http:
        answer = http.get(path, headers={"Origin": SITE})
    assert cors_headers(answer) == {}
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_fault_of_ours_can_be_read_by_the_named_origin(assistant, serve, tmp_path):
    without_tables = f"sqlite:///{tmp_path}/without-tables.sqlite3"
    with serve(assistant, database_url=without_tables, widget_origins=SITE) as broken, client(broken.url) as http:
        answer = http.post("/api/conversations", headers={"Origin": SITE})
    assert answer.status_code == 500
    assert answer.headers["Access-Control-Allow-Origin"] == SITE


@pytest.mark.parametrize("value", ["*", "www.clinic.example", "https://clinic.example/", "https://a.example,b"])
def test_what_is_no_origin_stops_the_start(value):
    with pytest.raises(ValidationError, match="is no origin; write it as"):
        Settings(_env_file=None, widget_origins=value)


def test_origins_are_compared_as_browsers_write_them():
    settings = Settings(_env_file=None, widget_origins=" HTTPS://Clinic.Example ,http://localhost:3000")
    assert settings.widget_pages == ("https://clinic.example", "http://localhost:3000")

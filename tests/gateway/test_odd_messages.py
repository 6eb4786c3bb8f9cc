"""Messages that are empty, strange, too long or no messages at all; every error is a problem with a clear sentence."""

from __future__ import annotations

import json
import socket
from http import HTTPStatus

import httpx
import pytest
from gateway.visitor import client


def check_problem(answer, status):
    """The answer is a problem document (RFC 9457) without anything of our insides."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"] == HTTPStatus(status).phrase
    assert problem["detail"]
    assert not any(inside in answer.text for inside in ("Traceback", 'File "', "site-packages", "sqlalchemy", "bot."))
    return problem["detail"]


class TestWithoutWords:
    @pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000\u00a0", "\x00", "\x00 \x00"])
    def test_a_blank_message_is_answered_without_the_assistant(self, visitor, assistant, text):
        (reply,) = visitor.say(text)
        assert reply["kind"] == "fallback"
        assert "did not receive any words" in reply["text"]
        assert assistant.texts(visitor.id) == []

    @pytest.mark.parametrize("text", ["?", "\N{SLIGHTLY SMILING FACE}", "...", "\u200b", "/"])
    def test_a_single_sign_is_for_the_assistant_to_judge(self, visitor, assistant, text):
        assert visitor.say(text)[0]["kind"] == "answer"
        assert assistant.texts(visitor.id) == [text]


class TestStrange:
    def test_nul_is_left_out(self, visitor, assistant):
        visitor.say("How long\x00 does RFA last?")
        assert assistant.texts(visitor.id) == ["How long does RFA last?"]

    @pytest.mark.parametrize("half", [r"\ud800", r"\udfff", r"\udc00\ud800"])
    def test_half_a_surrogate_pair_becomes_a_question_mark(self, visitor, assistant, half):
        answer = visitor.post_raw(f'{{"text": "RFA {half}", "client_message_id": "1"}}')
        assert answer.status_code == 200
        assert assistant.texts(visitor.id)[0].strip("?") == "RFA "
        assert visitor.history()[1]["text"] == assistant.texts(visitor.id)[0]

    def test_half_a_surrogate_pair_in_a_comment_is_no_error(self, visitor):
        message_id = visitor.started["messages"][0]["id"]
        path = f"{visitor.path}/messages/{message_id}/feedback"
        answer = visitor.http.post(path, content=rb'{"helpful": true, "comment": "\ud800\u0000"}')
        assert answer.status_code == 204

    @pytest.mark.parametrize(
        "text",
        [
            "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL} \u202ehello\u202c \u0301\u0301",
            "'; DROP TABLE messages; --",
            "<script>alert(1)</script>",
            "{how_to_reach_us} %s $HOME {{7*7}}",
            "\ufffe\uffff\U0010ffff",
        ],
    )
    def test_any_other_text_is_kept_as_it_is(self, visitor, assistant, text):
        visitor.say(text)
        assert assistant.texts(visitor.id) == [text]
        assert visitor.history()[1]["text"] == text


class TestLong:
    def test_10000_characters_are_taken(self, visitor, assistant):
        visitor.say("a" * 10_000)
        visitor.say("\N{GRINNING FACE}" * 10_000)
        assert [len(text) for text in assistant.texts(visitor.id)] == [10_000, 10_000]

    def test_10001_characters_are_refused(self, visitor, assistant):
        detail = check_problem(visitor.post("a" * 10_001), 422)
        assert "10000" in detail
        assert assistant.turns == []
        assert len(visitor.history()) == 1

    def test_a_body_over_the_limit_is_refused_by_its_announced_length(self, gateway, visitor):
        most = gateway.settings.max_body_bytes
        check_problem(visitor.post_raw(b" " * (most + 1)), 413)

    def test_a_body_over_the_limit_is_refused_though_its_length_is_not_announced(self, gateway, visitor):
        pieces = [b" " * 1024] * (gateway.settings.max_body_bytes // 1024 + 1)
        detail = check_problem(visitor.post_raw(iter(pieces)), 413)
        assert str(gateway.settings.max_body_bytes) in detail

    def test_a_body_at_the_limit_is_taken(self, gateway, visitor):
        body = json.dumps({"text": "How long does RFA last?", "client_message_id": "1"}).encode()
        whole = body.ljust(gateway.settings.max_body_bytes)
        assert visitor.post_raw(whole).status_code == 200
        assert visitor.post_raw(iter([whole[:100], whole[100:]])).status_code == 200

    def test_an_announced_body_is_refused_before_it_comes(self, gateway, visitor):
        too_long = f"POST {visitor.path}/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {10**12}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", httpx.URL(gateway.url).port), timeout=5) as link:
            link.sendall(too_long.encode() + b"{}")
            assert link.recv(100).startswith(b"HTTP/1.1 413 ")

    def test_a_large_body_is_refused_anywhere(self, gateway):
        with client(gateway.url) as http:
            check_problem(http.post("/api/conversations", content=b" " * 200_000), 413)
            check_problem(http.post("/nowhere", content=b" " * 200_000), 413)


class TestNoMessage:
    @pytest.mark.parametrize("body", [b"{", b"not json", b'{"text": }', b"{'text': 'a'}", b'{"text": "a"'])
    def test_what_is_no_json_is_refused(self, visitor, body):
        assert "JSON" in check_problem(visitor.post_raw(body), 422)

    @pytest.mark.parametrize("body", [b"\xff\xfe", b'{"text": "\xff"}', b"[" * 100_000, b"1" * 5000])
    def test_what_cannot_be_parsed_at_all_is_refused(self, visitor, body):
        answer = visitor.post_raw(body)
        check_problem(answer, answer.status_code)
        assert answer.status_code in {400, 422}

    @pytest.mark.parametrize(
        ("body", "named"),
        [
            ({"client_message_id": "1"}, "text"),
            ({"text": "Hello"}, "client_message_id"),
            ({"text": None, "client_message_id": "1"}, "text"),
            ({"text": ["Hello"], "client_message_id": "1"}, "text"),
            ({"text": {"a": 1}, "client_message_id": "1"}, "text"),
            ([], "body"),
            ("Hello", "body"),
            (None, "body"),
        ],
    )
    def test_the_detail_names_what_is_wrong(self, visitor, body, named):
        assert named in check_problem(visitor.post_raw(json.dumps(body)), 422)

    def test_an_empty_body_is_refused(self, visitor):
        check_problem(visitor.post_raw(b""), 422)

    def test_another_media_type_is_refused(self, visitor):
        body = b'{"text": "Hello", "client_message_id": "1"}'
        check_problem(visitor.post_raw(body, **{"Content-Type": "text/plain"}), 422)

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/nowhere", 404),
            ("GET", "/static/nowhere.js", 404),
            ("GET", "/static/../app.py", 404),
            ("GET", "/static/%2e%2e/%2e%2e/settings.py", 404),
            ("PUT", "/api/conversations", 405),
            ("GET", "/api/conversations", 405),
            ("POST", "/healthz", 405),
            ("POST", "/static/chat.js", 405),
        ],
    )
    def test_an_address_or_method_that_there_is_not_is_a_problem_too(self, gateway, method, path, status):
        with client(gateway.url) as http:
            check_problem(http.request(method, path), status)

    def test_a_database_that_is_away_is_a_problem_to_try_again(self, assistant, serve, tmp_path):
        nowhere = f"sqlite:///{tmp_path}/nowhere/log.sqlite3"
        with serve(assistant, database_url=nowhere) as broken, client(broken.url) as http:
            answer = http.post("/api/conversations")
            assert "nowhere" not in check_problem(answer, 503)
            assert int(answer.headers["Retry-After"]) >= 1

    def test_a_fault_of_ours_is_a_problem_without_our_insides(self, assistant, serve, tmp_path):
        without_tables = f"sqlite:///{tmp_path}/without-tables.sqlite3"
        with serve(assistant, database_url=without_tables) as broken, client(broken.url) as http:
            check_problem(http.post("/api/conversations"), 500)

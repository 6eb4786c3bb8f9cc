"""A wrong token and a conversation that does not exist cannot be told apart."""

from __future__ import annotations

import pytest

CALLS = {
    "say": ("POST", "/messages", {"text": "Hello", "client_message_id": "1"}),
    "history": ("GET", "/messages", None),
    "events": ("GET", "/events", None),
    "rate": ("POST", "/messages/01J0/feedback", {"helpful": True}),
    "erase": ("DELETE", "", None),
}
NO_SUCH = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no such conversation, or the token is not its own.",
}
ODD_IDS = ["0", "x" * 65, "%00", "%0A", "%27%20OR%201=1", "*", "%F0%9F%98%80", "%D9%A3", "%FF", "a%20b", "-", "@"]


@pytest.fixture(params=CALLS)
def call(request, visitor):
    """Each call of the API, with headers and perhaps another id."""
    method, path, body = CALLS[request.param]
    del visitor.http.headers["Authorization"]

    def ask(headers, conversation_id=visitor.id):
        url = f"/api/conversations/{conversation_id}{path}"
        return visitor.http.request(method, url, headers=headers, json=body)

    return ask


def check_not_found(answer):
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == NO_SUCH


def test_a_wrong_token_opens_nothing(call):
    check_not_found(call({"Authorization": "Bearer wrong"}))


def test_the_token_of_another_conversation_opens_nothing(call, gateway):
    check_not_found(call({"Authorization": f"Bearer {gateway.new_visitor().token}"}))


def test_no_token_opens_nothing(call):
    check_not_found(call({}))


def test_a_token_that_is_not_called_bearer_opens_nothing(call, visitor):
    for scheme in ("Basic ", "Token ", "", "Bearer", "Bearer:", "Bearer\t", "Bearer Bearer "):
        check_not_found(call({"Authorization": f"{scheme}{visitor.token}"}))


def test_a_token_with_something_before_or_behind_it_opens_nothing(call, visitor):
    for token in (
        visitor.token[:-1],
        visitor.token + "A",
        f"{visitor.token},{visitor.token}",
        visitor.token.swapcase(),
    ):
        check_not_found(call({"Authorization": f"Bearer {token}"}))


def test_letters_of_no_alphabet_open_nothing(call):
    check_not_found(call({"Authorization": b"Bearer \xff\xfe\xed\xa0\x80"}))


def test_an_unknown_id_is_not_found(call, visitor):
    check_not_found(call({"Authorization": f"Bearer {visitor.token}"}, visitor.id.replace("0", "1")))
    check_not_found(call({"Authorization": f"Bearer {visitor.token}"}, visitor.id.lower()))


def test_an_id_of_odd_characters_is_not_found(call, visitor):
    for odd in ODD_IDS:
        check_not_found(call({"Authorization": f"Bearer {visitor.token}"}, odd))


def test_the_scheme_may_be_written_in_any_case(visitor):
    for scheme in ("bearer", "BEARER", "Bearer"):
        visitor.http.headers["Authorization"] = f"{scheme} {visitor.token}"
        assert len(visitor.history()) == 1


def test_the_token_is_taken_from_the_header_alone(visitor):
    del visitor.http.headers["Authorization"]
    visitor.http.cookies.set("token", visitor.token)
    check_not_found(visitor.http.get(f"{visitor.path}/messages", params={"token": visitor.token}))

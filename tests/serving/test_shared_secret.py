"""The assistant's and the action server's doors, tried over a real socket."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sanic import Sanic
from sanic.response import text
from sanic_cors import CORS

from bot.serving.addresses import Address, bind
from bot.serving.sanic_server import SECRET_HEADER, require_secret

Sanic.test_mode = True


def call(method, path, headers=None):
    """Ask a small application with the secret "right", which leaves /health open."""

    async def ask():
        app = Sanic(f"door-{id(object())}", configure_logging=False)
        CORS(app, automatic_options=True)
        app.add_route(lambda _request: text("inside"), "/webhook")
        app.add_route(lambda _request: text("well"), "/health")
        require_secret(app, "right", open_paths={"/health"})
        listening = bind(Address("PORT", "127.0.0.1", 0))
        server = await app.create_server(sock=listening, return_asyncio_server=True)
        await server.startup()
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                url = f"http://127.0.0.1:{listening.getsockname()[1]}{path}"
                return await client.request(method, url, headers=headers)
        finally:
            server.close()
            await server.wait_closed()

    return asyncio.run(ask())


def test_who_knows_the_secret_gets_in():
    assert call("GET", "/webhook", {SECRET_HEADER: "right"}).text == "inside"


@pytest.mark.parametrize("headers", [None, {SECRET_HEADER: ""}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: b"r\xefght"}])
@pytest.mark.parametrize(("method", "path"), [("GET", "/webhook"), ("POST", "/webhook"), ("OPTIONS", "/webhook")])
def test_everyone_else_learns_nothing(method, path, headers):
    answer = call(method, path, headers)
    unknown = call(method, "/nothing-here", headers)
    assert (answer.status_code, answer.content) == (404, b"")
    assert (answer.status_code, answer.content) == (unknown.status_code, unknown.content)


def test_an_open_path_needs_no_secret():
    assert call("GET", "/health").text == "well"

"""Lets the pages of named origins use the widget: its files and the chat API, and nothing else of the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from bot.gateway.middleware import HEADERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OPEN: Final = ("/api/conversations", "/widget")
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "7200",
}


class Cors:
    """Answers preflights and names the origin in answers, for the origins that may carry the widget.

    Credentials are never allowed: the token of a conversation is sent in a header by the widget itself, and there are
    no cookies. A page of another origin gets its answer without these headers, and its browser keeps it from the page.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not self._origins or not scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("Origin", "")
        allowed = origin in self._origins
        if allowed and scope["method"] == "OPTIONS" and "Access-Control-Request-Method" in headers:
            answer = Response(status_code=204, headers={**HEADERS, **_PREFLIGHT})
        else:
            answer = None

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent.add_vary_header("Origin")
                # A classic script is fetched without CORS; this is what lets another origin's page run it.
                sent["Cross-Origin-Resource-Policy"] = "cross-origin"
                if allowed:
                    sent["Access-Control-Allow-Origin"] = origin
                    sent["Access-Control-Expose-Headers"] = "Date, Retry-After"
            await send(message)

        await (answer or self._app)(scope, receive, named)

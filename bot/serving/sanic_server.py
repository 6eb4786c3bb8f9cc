"""Runs a Sanic application of Rasa's on one address, for callers who know the shared secret."""

from __future__ import annotations

import hmac
import logging
import sys
import warnings
from typing import TYPE_CHECKING, Any, Final

from sanic.response import HTTPResponse, empty

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    import socket
    from collections.abc import Collection

    from sanic import Sanic
    from sanic.request import Request

SECRET_HEADER: Final = "X-Assistant-Secret"  # noqa: S105 - the name of a header
_UNCHECKED: Final = "surrogateescape"


def require_secret(app: Sanic, secret: str, open_paths: Collection[str] = ()) -> None:
    """Answer 404 to every request without the secret in ``X-Assistant-Secret``, except for ``open_paths``."""
    expected = secret.encode()

    async def refuse(request: Request) -> HTTPResponse | None:
        given = str(request.headers.get(SECRET_HEADER, "")).encode(errors=_UNCHECKED)
        if request.path in open_paths or hmac.compare_digest(given, expected):
            return None
        return empty(404)

    # First, since Sanic-CORS answers OPTIONS in a middleware of its own.
    app.request_middleware.appendleft(refuse)


def run_on(app: Sanic, listening: socket.socket) -> None:
    """Serve on a bound socket, in this process, until SIGINT or SIGTERM.

    Raises what a listener of the application raises; ends the process with 1 if the server cannot start.
    """
    started = False

    async def note_start(_app: Sanic, _loop: Any) -> None:
        nonlocal started
        started = True

    app.register_listener(note_start, "after_server_start")
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 3
    logging.getLogger("sanic.error").addFilter(_without_configuration_errors)
    # Left behind where a listener raises: Sanic makes the server's coroutine before it calls the listeners.
    warnings.filterwarnings("ignore", "coroutine '.*create_server' was never awaited", RuntimeWarning)
    app.run(sock=listening, workers=1, access_log=False, debug=False, motd=False)
    if not started:  # Sanic has logged why, and returned
        sys.exit(1)


def _without_configuration_errors(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], ConfigurationError))

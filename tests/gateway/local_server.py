"""An ASGI application on uvicorn in a thread, on a free port of this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import TYPE_CHECKING, Self

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

WITHIN = 10.0


def until(condition: Callable[[], object], seconds: float = WITHIN) -> None:
    """Return when the condition is true; fail if it does not become so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not true within {seconds} s"
        time.sleep(0.01)


class LocalServer:
    """Its port is taken from the first moment; until it is started, whoever connects is refused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._socket = _bound(0)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: _QuickServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        return self._server is not None

    def start(self) -> None:
        if self._socket.fileno() < 0:
            self._socket = _bound(self.port)
        # As bot.serving.gateway runs it, as far as a visitor can tell.
        config = uvicorn.Config(
            self._app,
            loop="asyncio",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips="127.0.0.1",
            timeout_graceful_shutdown=3,
        )
        self._server = server = _QuickServer(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(server.serve([self._socket])), daemon=True)
        self._thread.start()
        until(lambda: server.started or not self._thread.is_alive())
        assert server.started, "the server did not start; see the log"

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(WITHIN)
            assert not self._thread.is_alive(), "the server did not stop"
        self._server = self._thread = None
        self._socket.close()


class _QuickServer(uvicorn.Server):
    async def main_loop(self) -> None:
        while not self.should_exit:  # noqa: ASYNC110 - set from another thread
            await asyncio.sleep(0.01)  # uvicorn itself looks ten times a second


def _bound(port: int) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", port))
    return one

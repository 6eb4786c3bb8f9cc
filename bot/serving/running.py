"""A whole server on free ports with a data folder of its own, for the evaluation and the tests."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from bot.errors import AssistantError
from bot.serving import lifeline
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

READY_WITHIN: Final = 300.0
_STOP_WITHIN: Final = 15.0
_POLL: Final = 0.25
_LAST_LINES: Final = 25
_SERVE: Final = (sys.executable, "-m", "bot", "serve")


class ServerNotReadyError(AssistantError):
    """The server ended or was not ready in time. The message ends with the last lines of its output."""


@contextlib.contextmanager
def running_server(
    environment: Mapping[str, str] | None = None, ready_within: float = READY_WITHIN, program: Sequence[str] = _SERVE
) -> Iterator[str]:
    """Start ``python -m bot serve`` and give its address once it is ready; stop it at the end of the block.

    ``environment`` is set over one with free ports, a temporary data folder and no other state of this machine.
    Raises ServerNotReadyError if the server ends or is not ready within ``ready_within`` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="assistant-") as folder:
        variables = {**os.environ, **isolated(folder), **(environment or {}), lifeline.VARIABLE: "1"}
        log = Path(folder, "output.txt")
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own command
                list(program),
                cwd=ROOT,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            url = f"http://127.0.0.1:{variables['PORT']}"
            _wait_until_ready(url, process, log, ready_within)
            yield url
        finally:
            _stop(process)


def isolated(folder: str) -> dict[str, str]:
    """Return settings for a server with free ports, data in ``folder`` and no other state of this machine."""
    gateway, assistant, actions = _free_ports(3)
    return {
        "HOST": "127.0.0.1",
        "PORT": str(gateway),
        "ASSISTANT_URL": f"http://127.0.0.1:{assistant}",
        "ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "DATA_FOLDER": str(Path(folder, "data")),
        # Set, though empty, so that those of .env, perhaps a clinic's real database, are not used.
        "DATABASE_URL": "",
        "ASSISTANT_SECRET": "",
        "RATE_LIMIT_STORE": "memory://",
        # Nobody is told of what is only tried.
        "STAFF_EMAIL": "",
        "STAFF_WEBHOOK_URL": "",
        "TWILIO_ACCOUNT_SID": "",
    }


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path, ready_within: float) -> None:
    deadline = time.monotonic() + ready_within
    with httpx.Client(trust_env=False, timeout=5) as client:
        while process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if client.get(f"{url}/readyz").status_code == httpx.codes.OK:
                    return
            if time.monotonic() > deadline:
                raise ServerNotReadyError(f"The server was not ready within {ready_within:.0f} s:\n{_tail(log)}")
            time.sleep(_POLL)
    raise ServerNotReadyError(
        f"The server ended with exit code {process.returncode} before it was ready:\n{_tail(log)}"
    )


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LAST_LINES:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()  # its children end with it (bot.serving.lifeline)
        process.wait()
    finally:
        if process.stdin:
            process.stdin.close()

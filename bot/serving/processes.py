"""One child process: in a session of its own, its output relayed line by line, ended with all that it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.serving import lifeline
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.serving.output import Output

EX_CONFIG: Final = 78
_CHUNK: Final = 65_536
_LONGEST_LINE: Final = 16_384
_REST_OF_OUTPUT: Final = 2.0


@dataclass(frozen=True)
class Command:
    """A process to run: the name that its output is prefixed with, and the program with its arguments."""

    name: str
    program: Sequence[str]


class Backoff:
    """How long to wait before a process that has ended is started again."""

    FIRST: Final = 1.0
    LONGEST: Final = 30.0
    STEADY: Final = 60.0

    def __init__(self) -> None:
        self._next = self.FIRST

    def delay(self, lived: float) -> float:
        """Return the seconds to wait after a life of ``lived`` seconds: doubling, anew after a steady life."""
        if lived >= self.STEADY:
            self._next = self.FIRST
        delay, self._next = self._next, min(self._next * 2, self.LONGEST)
        return delay


class Child:
    """A running child."""

    def __init__(self, process: asyncio.subprocess.Process, line: int, relay: asyncio.Task[None]) -> None:
        self._process = process
        self._line = line
        self._relay = relay

    @classmethod
    async def start(cls, command: Command, output: Output) -> Child:
        """Start a command and relay what it says. Raises OSError if the program cannot be started."""
        # Pipes of our own rather than asyncio's: asyncio's wait() lasts until every holder of the pipe has ended.
        theirs_in, line = os.pipe()
        ours_out, theirs_out = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *command.program,
                stdin=theirs_in,
                stdout=theirs_out,
                stderr=theirs_out,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", lifeline.VARIABLE: "1"},
                start_new_session=True,
            )
        except BaseException:
            os.close(line)
            os.close(ours_out)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        return cls(process, line, asyncio.create_task(_relay(command.name, ours_out, output)))

    async def wait(self) -> int:
        """Wait for the end; return the exit code, negative for a signal. What the child has started is killed."""
        code = await self._process.wait()
        self.kill()
        await asyncio.wait({self._relay}, timeout=_REST_OF_OUTPUT)
        self._relay.cancel()
        os.close(self._line)
        return code

    def terminate(self) -> None:
        """Ask the child and what it has started to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the child and what it has started at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a group of zombies
            os.killpg(self._process.pid, number)


def how_it_ended(code: int) -> str:
    """Return an exit code in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


async def _relay(name: str, descriptor: int, output: Output) -> None:
    reader = asyncio.StreamReader()
    with os.fdopen(descriptor, "rb", 0) as pipe:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        try:
            rest = b""
            while chunk := await reader.read(_CHUNK):
                # A progress bar ends its lines with \r. Blank lines help nobody among the lines of three processes.
                *lines, rest = re.split(rb"[\r\n]+", rest + chunk)
                if len(rest) > _LONGEST_LINE:
                    lines, rest = [*lines, rest], b""
                for line in filter(None, lines):
                    output.line(name, line.decode(errors="replace"))
            if rest:
                output.line(name, rest.decode(errors="replace"))
        finally:
            transport.close()

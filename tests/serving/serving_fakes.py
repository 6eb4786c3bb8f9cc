"""Children and a supervisor to try things on. As a program: a supervisor of children that tell their process ids."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.serving.output import Output
from bot.serving.processes import Command
from bot.serving.readiness import Report
from bot.serving.serve import run
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

TELL = "import os, sys, time; print('pid', os.getpid(), flush=True); "
STAY = TELL + "time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAY
TIED = "from bot.serving import lifeline; lifeline.watch(grace=0.2); "


def command(name: str, code: str) -> Command:
    """A child that runs a piece of Python."""
    return Command(name, (sys.executable, "-c", code))


def quick(name: str, code: str) -> Command:
    """The same without site-packages, which start slower than the child runs."""
    return Command(name, (sys.executable, "-S", "-E", "-c", code))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def pids(said: str) -> list[int]:
    """The process ids that children have told."""
    return [int(line.split()[-1]) for line in said.splitlines() if " pid " in line]


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether the condition came true within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait inside an event loop until the condition comes true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the condition is about another process
            await asyncio.sleep(0.01)


async def _never_ready() -> Report:
    return Report(ready=False)


def main() -> int:
    children = [command("one", TIED + STAY), command("two", TIED + STUBBORN)]
    with contextlib.chdir(ROOT):
        return asyncio.run(run(children, "http://nowhere", _never_ready, Output(sys.stdout, ["one", "two"])))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    sys.exit(main())

"""Keeps processes running, and stops them together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from bot.serving.processes import EX_CONFIG, Backoff, Child, Command, how_it_ended

if TYPE_CHECKING:
    from bot.serving.output import Output

GRACE: Final = 6.0

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Supervisor:
    """Runs commands side by side and starts one that has ended again."""

    def __init__(
        self,
        commands: Sequence[Command],
        output: Output,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        grace: float = GRACE,
    ) -> None:
        """Take the commands; ``grace`` is the seconds between SIGTERM and SIGKILL when they are stopped."""
        self._commands = commands
        self._output = output
        self._clock = clock
        self._sleep = sleep
        self._grace = grace
        self._children: set[Child] = set()
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._exit_code = 0
        self.restarts: asyncio.Queue[str] = asyncio.Queue()
        """The names of the processes that were started again, for whoever reports readiness."""

    async def run(self) -> int:
        """Run until ``stop`` is called or a process ends with 78, which a restart cannot mend.

        Returns 0, or 78. No process is left on return.
        """
        keepers = {asyncio.create_task(self._keep(command)) for command in self._commands}
        try:
            await _first(self._stopping.wait(), *keepers)
        finally:
            self._stopping.set()
            await self._end(keepers)
        for keeper in keepers:
            keeper.result()
        return self._exit_code

    def stop(self) -> None:
        """Stop all processes; called again, without waiting for them."""
        if self._stopping.is_set():
            self._hurry.set()
        self._stopping.set()

    async def _keep(self, command: Command) -> None:
        backoff = Backoff()
        while True:
            started = self._clock()
            child = await Child.start(command, self._output)
            self._children.add(child)
            if self._stopping.is_set():  # asked to stop while the child was being started
                child.terminate()
            code = await child.wait()
            self._children.remove(child)
            if self._stopping.is_set():
                return
            if code == EX_CONFIG:
                self._exit_code = EX_CONFIG
                self._output.line(
                    command.name,
                    "cannot work with this configuration (it says why above), so everything is stopped.",
                )
                self._stopping.set()
                return
            delay = backoff.delay(self._clock() - started)
            self._output.line(command.name, f"{how_it_ended(code)}; it is started again in {delay:g} s")
            await _first(self._sleep(delay), self._stopping.wait())
            if self._stopping.is_set():
                return
            self.restarts.put_nowait(command.name)

    async def _end(self, keepers: set[asyncio.Task[None]]) -> None:
        for child in self._children:
            child.terminate()
        await _first(asyncio.wait(keepers, timeout=self._grace), self._hurry.wait())
        for child in self._children:
            child.kill()
        await asyncio.wait(keepers)


async def _first(*awaitables: Awaitable[Any]) -> None:
    """Wait until one of them is done. Those that were made tasks here are cancelled, tasks of others are left alone."""
    ours = [asyncio.ensure_future(awaitable) for awaitable in awaitables]
    try:
        await asyncio.wait(ours, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task, awaitable in zip(ours, awaitables, strict=True):
            if task is not awaitable:
                task.cancel()

"""``python -m bot serve``: the gateway, the assistant and the action server, started and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING, Final

from bot.serving.addresses import gateway_address
from bot.serving.output import Output
from bot.serving.preparing import prepare_all
from bot.serving.processes import Command
from bot.serving.readiness import Probe, gateway_probe, until_ready
from bot.serving.supervisor import Supervisor

if TYPE_CHECKING:
    from bot.settings import Settings

NAMES: Final = ("gateway", "assistant", "actions")
_OURS: Final = "serve"


def serve(settings: Settings) -> int:
    """Prepare, run the three processes until a signal comes; return the exit code: 0, or 78 if one cannot work.

    Raises ConfigurationError with one sentence if the installation is not fit to start.
    """
    prepare_all(settings)
    commands = [Command(name, (sys.executable, "-m", "bot", name)) for name in NAMES]
    url = gateway_address(settings).url
    return asyncio.run(run(commands, url, gateway_probe(url), Output(sys.stdout, [*NAMES, _OURS])))


async def run(commands: list[Command], url: str, probe: Probe, output: Output) -> int:
    """Run commands until SIGINT, SIGTERM or SIGHUP; announce the address once the probe says ready.

    Returns the exit code of the supervisor.
    """
    supervisor = Supervisor(commands, output)
    announcing = asyncio.create_task(_announce(url, probe, output, supervisor))

    def stop() -> None:
        output.line(_OURS, "stopping ...")
        announcing.cancel()
        supervisor.stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    output.on_closed = supervisor.stop
    output.line(_OURS, "starting; the assistant takes half a minute to load, the first time longer, since it trains")
    try:
        code = await supervisor.run()
    finally:
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcing
    output.line(_OURS, "stopped")
    return code


async def _announce(url: str, probe: Probe, output: Output, supervisor: Supervisor) -> None:
    seconds = await until_ready("assistant", probe, output)
    output.block(f"The assistant is ready after {seconds:.0f} s:  {url}/", "Ctrl-C stops it")
    while True:
        name = await supervisor.restarts.get()
        await until_ready(name, probe, output)
        output.line(_OURS, f"ready again:  {url}/")

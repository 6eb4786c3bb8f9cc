"""Waits until the whole assistant answers, and says that it is still waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from bot.serving.output import Output
    from bot.serving.supervisor import Clock, Sleep

POLL: Final = 0.5
HEARTBEAT: Final = 5.0
_DETAILS_AFTER: Final = 60.0


@dataclass(frozen=True)
class Report:
    """What /readyz said: whether all is ready, and the state of each part."""

    ready: bool
    checks: dict[str, str] = field(default_factory=dict)


Probe = Callable[[], Awaitable[Report]]


def gateway_probe(url: str) -> Probe:
    """Return a probe of the gateway's /readyz; a gateway that does not answer is not ready."""
    # A proxy from the environment would be asked for an address of this machine.
    client = httpx.AsyncClient(trust_env=False, timeout=4)

    async def probe() -> Report:
        try:
            answer = await client.get(f"{url}/readyz")
            checks = answer.json().get("checks", {})
            return Report(answer.status_code == httpx.codes.OK, {name: str(state) for name, state in checks.items()})
        except (httpx.HTTPError, ValueError, AttributeError):
            return Report(ready=False)

    return probe


async def until_ready(
    name: str, probe: Probe, output: Output, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep
) -> float:
    """Return the seconds until the probe said ready; meanwhile say every 5 s that ``name`` is still loading."""
    started = said = clock()
    while True:
        report = await probe()
        now = clock()
        if report.ready:
            return now - started
        if now - said >= HEARTBEAT:
            said = now
            states = ", ".join(f"{part}: {state}" for part, state in report.checks.items())
            details = f" ({states})" if states and now - started >= _DETAILS_AFTER else ""
            output.line(name, f"still loading, {now - started:.0f} s ...{details}")
        await sleep(POLL)

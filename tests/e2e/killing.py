"""Kills processes of a whole server at random moments; the supervisor starts them again before the next is killed."""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
from typing import TYPE_CHECKING, Self

import httpx
import psutil
from e2e.parts import children_of_server
from gateway.visitor import client

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AFTER_NEWS = 0.4  # seconds in which a turn goes through all processes


class Killer:
    """Kills one process after the other for as long as the block lasts. ``kills``: the names of those that were."""

    def __init__(self, url: str, seed: int, names: Sequence[str], pause: tuple[float, float], most: int) -> None:
        """``names``: whom to kill, over and over, so many times at most.

        ``pause``: seconds from a server that is ready to the next kill.
        """
        supervisor = children_of_server(url)["gateway"].parent()
        assert supervisor
        self._supervisor = supervisor
        self._url = url
        self._chance = random.Random(seed)  # noqa: S311 - so that a failure can be tried again
        self._names = names
        self._pause = pause
        self._most = most
        self._news = threading.Event()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.kills: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ends.set()
        self._news.set()
        self._thread.join()

    def tell(self) -> None:
        """Tell that something is just being said that must not be lost; half of the kills wait for that."""
        self._news.set()

    def _run(self) -> None:
        for name in itertools.islice(self._order(), self._most):
            self._ends.wait(self._chance.uniform(*self._pause))
            if self._chance.random() < 0.5:
                self._news.clear()
                self._news.wait(self._pause[1])
            self._ends.wait(self._chance.uniform(0, _AFTER_NEWS))
            if self._ends.is_set():
                return
            self._kill(name)
            while not self._ends.wait(0.5) and not self._is_ready():
                pass

    def _order(self) -> Iterator[str]:
        for _ in itertools.count():
            yield from self._chance.sample(self._names, len(self._names))

    def _kill(self, name: str) -> None:
        for child in self._supervisor.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if child.cmdline()[-1:] == [name]:
                    child.kill()
                    child.wait(10)
                    self.kills.append(name)

    def _is_ready(self) -> bool:
        try:
            with client(self._url) as http:
                return bool(http.get("/readyz").json()["ready"])
        except (httpx.TransportError, ValueError):
            return False

"""Processes that use a database at the same moment. Run as a program, this file is one of them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from bot.conversations.log import ConversationLog
from bot.settings import Settings
from bot.storage.engine import Database, make_engine
from bot.storage.migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent


class Process:
    """Another process: it is told what to do, says when it is ready, and begins when it may."""

    def __init__(self) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, __file__],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.popen.kill()
        self.popen.communicate()

    def tell(self, *words: str) -> None:
        print(json.dumps(words), file=self.popen.stdin, flush=True)

    def said(self) -> str:
        return self.popen.stdout.readline().strip()


class Processes:
    """Several processes, started once because starting takes long."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._stack = ExitStack()
        self._started: list[Process] = []

    def __enter__(self) -> Self:
        self._started = [self._stack.enter_context(Process()) for _ in range(self.count)]
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def at_once(self, *tasks: tuple[str, ...]) -> list[str]:
        """Return what each process says after its task; all begin together."""
        for process, task in zip(self._started, tasks, strict=True):
            process.tell(*task)
        assert [process.said() for process in self._started] == ["ready"] * self.count
        for process in self._started:
            process.tell("go")
        return [process.said() for process in self._started]


def _say(words: object) -> None:
    print(words, flush=True)  # noqa: T201 - the other process reads it


def _ready() -> None:
    _say("ready")
    sys.stdin.readline()


def _use(log: ConversationLog, task: str, conversation: str, *name: str) -> None:
    log.history(conversation)  # connected before the start
    _ready()
    if task == "claim":
        _say(log.claim(conversation, *name, seconds=60))
    elif task == "receive":
        received = log.receive(conversation, "hello", *name)
        _say(f"{received.message.id} {received.is_new}")
    elif task == "write":
        for number in itertools.count(1):
            _say(log.receive(conversation, f"message {number}", str(number)).message.id)


def _work() -> None:
    for line in sys.stdin:
        task, address, *details = json.loads(line)
        try:
            if task == "upgrade":
                _ready()
                upgrade(Settings(database_url=address))
                _say("upgraded")
            else:
                database = Database(make_engine(address))
                _use(ConversationLog(database), task, *details)
                database.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it
            _say(repr(error))


if __name__ == "__main__":
    _work()

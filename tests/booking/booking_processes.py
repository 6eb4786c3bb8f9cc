"""Processes that use the book at the same moment, and can be killed. Run as a program, this file is one of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
THREADS = 2


class Child:
    """Another process: lines of JSON go in, lines of JSON come out."""

    def __init__(self, task: str, url: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, __file__, task, url],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(FOLDER)])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.popen.kill()
        self.popen.communicate()

    def tell(self, **words: Any) -> None:
        print(json.dumps(words), file=self.popen.stdin, flush=True)

    def said(self) -> Any:
        return json.loads(self.popen.stdout.readline())


def _say(words: object) -> None:
    print(json.dumps(words), flush=True)  # noqa: T201 - the other process reads it


def _slot(starts_at: str) -> Any:
    from bot.booking.slots import Slot

    moment = datetime.fromisoformat(starts_at)
    return Slot("room-1", moment, moment + timedelta(minutes=15))


def _race(book: Any) -> None:
    """Let many clients try for one time, each line of input one round; say how each of them fared."""
    from booking_examples import REQUEST

    def run(client: str) -> str:
        try:
            if heat["hold"]:
                book.hold(client, slot)
            conversation = client if heat["hold"] else None
            made = book.book(f"{heat['starts_at']} {client}", conversation, REQUEST, slot)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it
            return type(error).__name__
        return made.reference

    with ThreadPoolExecutor(THREADS) as pool:
        for line in sys.stdin:
            heat = json.loads(line)
            slot = _slot(heat["starts_at"])
            _say(list(pool.map(run, heat["clients"])))


def _book_on(book: Any) -> None:
    """Make one appointment after the other, telling of each only once it is made."""
    from booking_examples import REQUEST

    for number, starts_at in enumerate(json.loads(sys.stdin.readline())["times"]):
        made = book.book(f"key {number}", None, REQUEST, _slot(starts_at))
        _say([number, made.id, made.reference])


def _work(task: str, url: str) -> None:
    from booking_examples import CIPHER, around_the_clock

    from bot.booking.book import Book
    from bot.storage.engine import Database, make_engine

    book = Book(Database(make_engine(url)), around_the_clock(), cipher=CIPHER, ways=("webhook",))
    {"race": _race, "book on": _book_on}[task](book)


if __name__ == "__main__":
    _work(*sys.argv[1:])

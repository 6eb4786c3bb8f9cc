"""Messages kept in files while the database cannot be reached, and taken in when it is back.

One file a message, written whole or not at all.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, overload

from ulid import ULID

from bot.errors import AssistantError

_log = logging.getLogger(__name__)
_PATTERN: Final = "*.json"
_MOST_FILES: Final = 10_000


class SpoolFull(AssistantError):  # noqa: N818 - reads as what it says
    """There are too many messages in the spool to keep another."""


@dataclass(frozen=True)
class Spooled:
    """A message that waits for the database.

    The token's hash goes with it: who may write into a conversation can only be checked once the database answers.
    """

    conversation_id: str
    token_hash: str
    text: str
    client_message_id: str


Item = TypeVar("Item")


class Spool(Generic[Item]):
    """The folder of waiting messages of one kind, a dataclass. Several processes may share it."""

    @overload
    def __init__(self: Spool[Spooled], folder: Path) -> None: ...

    @overload
    def __init__(self, folder: Path, kind: type[Item]) -> None: ...

    def __init__(self, folder: Path, kind: Any = Spooled) -> None:
        self._folder = folder
        self._kind = kind

    def keep(self, message: Item) -> None:
        """Write a message down; it is on the disk when this returns. Raises SpoolFull, or OSError from the disk."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sum(1 for _ in self._folder.glob(_PATTERN)) >= _MOST_FILES:
            raise SpoolFull(f"The spool {self._folder} holds {_MOST_FILES} messages; bring the database back.")
        name = str(ULID())
        unfinished = self._folder / f"{name}.unfinished"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(vars(message), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._folder / f"{name}.json")

    def waiting(self) -> Iterator[tuple[Path, Item]]:
        """Give the messages with their files, the oldest first; a file that cannot be read is set aside."""
        for file in sorted(self._folder.glob(_PATTERN)):
            try:
                yield file, self._kind(**json.loads(file.read_text(encoding="utf-8")))
            except FileNotFoundError:
                continue  # another process has taken it in
            except (ValueError, TypeError):
                _log.exception("%s cannot be read; it is set aside as *.unreadable", file)
                file.rename(file.with_suffix(".unreadable"))

    @staticmethod
    def done(file: Path) -> None:
        """Remove the file of a message that has been taken in."""
        file.unlink(missing_ok=True)

"""What the supervisor prints: each line with the name of the process that said it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_COLOURS: Final = ("\033[36m", "\033[32m", "\033[35m", "\033[33m")
_BOLD: Final = "\033[1m"
_PLAIN: Final = "\033[0m"
# Rasa colours its output though it writes to a pipe; a cursor moved by a child would spoil the lines of the others.
_CONTROL: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")


class Output:
    """Writes lines with an aligned prefix, in colour on a terminal alone."""

    def __init__(self, stream: TextIO, names: Iterable[str], on_closed: Callable[[], None] = lambda: None) -> None:
        """Write to ``stream``; call ``on_closed`` once if nobody reads it any more (``serve | head``)."""
        self._stream = stream
        self._names = list(names)
        self._width = max(map(len, self._names), default=0)
        self._colour = stream.isatty() and "NO_COLOR" not in os.environ
        self._closed = False
        self.on_closed = on_closed

    def line(self, name: str, text: str) -> None:
        """Write one line that ``name`` has said."""
        text = _CONTROL.sub("", text).rstrip()
        prefix = f"{name:{self._width}s} |"
        if self._colour:
            colour = _COLOURS[self._names.index(name) % len(_COLOURS)] if name in self._names else ""
            prefix = f"{colour}{prefix}{_PLAIN}"
        self._write(f"{prefix} {text}\n")

    def block(self, *lines: str) -> None:
        """Write lines that stand out from the rest."""
        rule = "=" * max(map(len, lines), default=0) + "===="
        bold, plain = (_BOLD, _PLAIN) if self._colour else ("", "")
        body = "".join(f"  {bold}{line}{plain}\n" for line in lines)
        self._write(f"\n{rule}\n{body}{rule}\n\n")

    def _write(self, text: str) -> None:
        if self._closed:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            self._closed = True
            # Python flushes the stream once more at its end, and would complain.
            with Path(os.devnull).open("wb") as nothing:
                os.dup2(nothing.fileno(), self._stream.fileno())
            self.on_closed()

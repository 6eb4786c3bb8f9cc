"""Keeps costly results of training by what they were made from, so that a changed answer does not train anew."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


def made_once(
    folder: Path,
    name: str,
    inputs: Any,
    *,
    make: Callable[[], Result],
    save: Callable[[Result, Path], None],
    load: Callable[[Path], Result],
) -> Result:
    """Return the result for ``inputs`` (JSON): from ``folder`` if it was made before, else made and kept there.

    One result a name is kept, that of the latest inputs. A file that cannot be read is made anew.
    """
    key = hashlib.sha256(json.dumps(inputs, ensure_ascii=False).encode()).hexdigest()[:24]
    file = folder / f"{name}-{key}"
    if file.is_file():
        try:
            return load(file)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is only a cache
            _log.warning("%s cannot be read and is made anew", file)
    result = make()
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"unfinished-{name}"
    save(result, unfinished)
    for old in folder.glob(f"{name}-*"):
        old.unlink()
    unfinished.replace(file)
    return result

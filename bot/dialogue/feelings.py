"""Notices pain, frustration, fear and grief in a message, for a word of sympathy before the answer."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("feelings.yml")


def feeling_in(text: str) -> str | None:
    """Return ``pain``, ``frustration``, ``fear`` or ``grief`` if the (clean) text shows it; the first in that order."""
    lower = text.lower()
    return next((name for name, pattern in _patterns().items() if pattern.search(lower)), None)


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    kinds: dict[str, list[str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: re.compile(r"\b(?:" + "|".join(map(re.escape, phrases)) + r")\b") for name, phrases in kinds.items()}

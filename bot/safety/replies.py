"""The approved safety texts of ``replies.yml``."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class SafetyText:
    """One approved text, its shorter form for SMS if there is one, and what it rests on."""

    text: str
    sms: str | None
    reference: str


@functools.cache
def safety_texts() -> Mapping[str, SafetyText]:
    """Return the approved texts by name."""
    loaded = yaml.safe_load(Path(__file__).with_name("replies.yml").read_text(encoding="utf-8"))
    return {
        name: SafetyText(text=entry["text"], sms=entry.get("sms"), reference=entry["reference"])
        for name, entry in loaded.items()
    }


def approved_texts() -> list[str]:
    """Return all approved texts, long and short."""
    return [text for entry in safety_texts().values() for text in (entry.text, entry.sms) if text]

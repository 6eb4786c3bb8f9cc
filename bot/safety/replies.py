"""The approved safety texts of ``replies.yml``."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class SafetyText:
    """One approved text, its forms for SMS and in Spanish where there are any, and what it rests on."""

    text: str
    sms: str | None
    es: str | None
    sms_es: str | None
    reference: str

    def said(self, *, language: str = "en", channel: str = "web") -> str:
        """Return the text for a language, ``en`` or ``es``, and a channel, ``web`` or ``sms``."""
        full, short = (self.es or self.text, self.sms_es or self.es) if language == "es" else (self.text, self.sms)
        return short or full if channel == "sms" else full


@functools.cache
def safety_texts() -> Mapping[str, SafetyText]:
    """Return the approved texts by name."""
    loaded = yaml.safe_load(Path(__file__).with_name("replies.yml").read_text(encoding="utf-8"))
    return {
        name: SafetyText(
            text=entry["text"],
            sms=entry.get("sms"),
            es=entry.get("es"),
            sms_es=entry.get("sms_es"),
            reference=entry["reference"],
        )
        for name, entry in loaded.items()
    }


def approved_texts() -> list[str]:
    """Return all approved texts, long and short, in both languages."""
    return [
        text for entry in safety_texts().values() for text in (entry.text, entry.sms, entry.es, entry.sms_es) if text
    ]

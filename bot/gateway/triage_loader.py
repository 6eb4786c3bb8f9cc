"""Loads triage beside the start of the gateway: spaCy and the rules take seconds, in which it listens already."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.safety.triage import Triage
    from bot.settings import Settings


class TriageLoader:
    """Gives triage to all threads, loaded once; who comes before it is there waits for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def __call__(self) -> Triage:
        """Return triage."""
        with self._lock:
            from bot.safety.triage import shared_triage  # noqa: PLC0415 - loads spaCy and scikit-learn

            return shared_triage(self._settings.triage_folder, self._settings.encoder_path)

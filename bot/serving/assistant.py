"""``python -m bot assistant``: trains Rasa if need be, and serves it to the gateway alone."""

from __future__ import annotations

import os
from pathlib import Path

from bot.serving.addresses import assistant_address, bind
from bot.serving.logs import quiet_rasa
from bot.serving.preparing import prepare_one
from bot.serving.training import ensure_model
from bot.settings import ROOT, Settings


def run(settings: Settings) -> None:
    """Train if the model is stale, then serve until SIGINT or SIGTERM.

    Raises ConfigurationError if the installation is not fit, the training fails or the model cannot be loaded,
    PortTakenError if another program has the port.
    """
    secret = prepare_one(settings)
    listening = bind(assistant_address(settings))
    model = ensure_model(settings)
    _set_environment(settings, secret)
    os.chdir(ROOT)
    quiet_rasa()
    from bot.serving import rasa_server  # noqa: PLC0415 - Rasa's import takes 15 s and needs the environment set

    rasa_server.serve(model, listening, secret, Path("credentials.yml"), Path("endpoints.yml"))


def _set_environment(settings: Settings, secret: str) -> None:
    """Set what endpoints.yml names."""
    os.environ["ACTIONS_URL"] = settings.actions_url.rstrip("/")
    os.environ["ASSISTANT_SECRET"] = secret
    os.environ["TRACKER_DB"] = str(settings.data_folder.resolve() / "tracker.sqlite3")

"""The trained model, loaded once for all tests that ask it."""

import asyncio
import os

import pytest

from bot.serving.training import ensure_model
from bot.settings import load_settings


@pytest.fixture(scope="session")
def agent():
    """Rasa's agent with the project's model, trained now if it is stale; no action server."""
    model = ensure_model(load_settings())
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    from rasa.core.agent import Agent

    return Agent.load(str(model))


@pytest.fixture(scope="session")
def understand(agent):
    """A function from a text to what the assistant makes of it."""
    return lambda text: asyncio.run(agent.parse_message(text))

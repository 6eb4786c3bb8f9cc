"""Rasa as a server without its HTTP API: one channel, one address, callers who know the secret."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rasa.core.run import (
    close_resources,
    configure_app,
    create_http_input_channels,
    load_agent_on_start,
)
from rasa.core.utils import AvailableEndpoints
from rasa.shared.exceptions import RasaException

from bot.errors import ConfigurationError
from bot.gateway.whole_turns import WholeTurnActions
from bot.serving.sanic_server import require_secret, run_on

if TYPE_CHECKING:
    import asyncio
    import socket
    from pathlib import Path

    from sanic import Sanic


def serve(model: Path, listening: socket.socket, secret: str, credentials: Path, endpoints: Path) -> None:
    """Serve a model until SIGINT or SIGTERM.

    Raises ConfigurationError if credentials.yml, endpoints.yml or the model cannot be used.
    """
    try:
        channels = create_http_input_channels(None, str(credentials))
        available = AvailableEndpoints.read_endpoints(str(endpoints))
    except RasaException as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"{credentials} or {endpoints} cannot be used: {reason}") from error
    if available.action is not None:
        available.action = WholeTurnActions(available.action.url, headers=available.action.headers)
    app: Sanic = configure_app(channels, enable_api=False, endpoints=available)
    require_secret(app, secret)

    async def load(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await load_agent_on_start(str(model), available, None, app, loop)
        if not app.ctx.agent.is_ready():  # Rasa has logged why, and would serve without a model
            raise ConfigurationError(
                f"The model {model} cannot be loaded (see the error above); train anew: 'python -m bot train --force'."
            )
        logging.getLogger(__name__).info("the assistant has loaded %s", model.name)

    app.register_listener(load, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    run_on(app, listening)

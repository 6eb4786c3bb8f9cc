"""``python -m bot actions``: the Rasa SDK action server, for the assistant alone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rasa_sdk.endpoint import create_app

from bot.errors import ConfigurationError
from bot.serving.addresses import actions_address, bind
from bot.serving.preparing import prepare_one
from bot.serving.sanic_server import require_secret, run_on

if TYPE_CHECKING:
    from bot.settings import Settings

PACKAGE = "actions"


def run(settings: Settings) -> None:
    """Serve the actions of the package ``actions`` until SIGINT or SIGTERM.

    Raises ConfigurationError if the installation is not fit or the package cannot be imported, PortTakenError if
    another program has the port. rasa_sdk's own ``run`` would listen on all interfaces and answer anyone.
    """
    secret = prepare_one(settings)
    listening = bind(actions_address(settings))
    try:
        app = create_app(PACKAGE, cors_origins=None)
    except SystemExit as ended:  # rasa_sdk's way to report an ImportError, which it has logged
        raise ConfigurationError(f"The package '{PACKAGE}' cannot be imported; see the error above.") from ended
    require_secret(app, secret, open_paths={"/health"})
    logging.getLogger(__name__).info("the action server listens on %s", settings.actions_url)
    run_on(app, listening)

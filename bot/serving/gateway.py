"""``python -m bot gateway``: the public face, on uvicorn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import uvicorn

from bot.serving.preparing import prepare_one
from bot.serving.triage_training import ensure_triage

if TYPE_CHECKING:
    from bot.settings import Settings

APPLICATION = "bot.gateway.app:create_app"


def run(settings: Settings) -> None:
    """Serve the gateway until SIGINT or SIGTERM. Raises ConfigurationError if the installation is not fit."""
    prepare_one(settings)
    ensure_triage(settings)
    # spaCy's library would load TensorFlow wherever it finds it: seconds and memory that this process has no use for.
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    import bot.gateway.rooms  # noqa: F401, PLC0415 - now that it loads no TensorFlow; all tables are known with it
    from bot.storage.rotation import check_keys  # noqa: PLC0415 - likewise

    check_keys(settings)
    uvicorn.run(
        APPLICATION,
        factory=True,
        host=settings.host,
        port=settings.port,
        ws="none",  # Rasa pins a websockets that this uvicorn cannot import
        log_level=settings.log_level,
        log_config=None,
        # A conversation's id and a patient's address stand in every line.
        access_log=settings.log_level == "debug",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=3,
    )

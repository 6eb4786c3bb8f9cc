"""Readable output: one form of line for all three processes, without the noise of the libraries."""

from __future__ import annotations

import logging
import os
import warnings
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_FORM: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_DATE: Final = "%Y-%m-%d %H:%M:%S"
_CHATTY: Final = ("alembic", "apscheduler", "asyncio", "httpcore", "httpx", "matplotlib", "sanic", "tensorflow")
# About the insides of libraries whose versions Rasa pins: nobody who reads the output can do anything about them.
_NOISE: Final = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning, ResourceWarning)


def configure_logs(level: str) -> None:
    """Log to standard error from ``level`` on ("debug", "info", "warning", "error"); libraries from WARNING on."""
    logging.basicConfig(level=level.upper(), format=_FORM, datefmt=_DATE)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    warnings.showwarning = _show_warning


def quiet_rasa() -> None:
    """Set Rasa and TensorFlow up for readable output without telemetry; to be called before they are imported.

    Rasa logs nothing below INFO, whatever LOG_LEVEL says: its debug output holds what patients write.
    """
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    logging.getLogger("rasa").setLevel(max(logging.INFO, logging.getLogger().level))
    _quiet_structlog()


def _quiet_structlog() -> None:
    import structlog  # noqa: PLC0415 - the gateway and the actions do not need it

    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            _message_alone,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _message_alone(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    # The other keys hold what patients write.
    return "\n".join(str(event[key]) for key in ("event_info", "exception") if event.get(key)) or str(event["event"])


def _show_warning(message: Warning | str, category: type[Warning], *_place: object, **_more: object) -> None:
    if not issubclass(category, _NOISE):
        logging.getLogger("warnings").warning("%s: %s", category.__name__, " ".join(str(message).split()))

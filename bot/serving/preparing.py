"""What must hold before a process is started. What does not hold is told in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.serving.addresses import actions_address, assistant_address, check_free, gateway_address
from bot.serving.triage_training import ensure_triage

if TYPE_CHECKING:
    from bot.settings import Settings


def prepare_all(settings: Settings) -> None:
    """Prepare the data folder, the database and triage, and see that the ports are free.

    Raises ConfigurationError naming the setting that can mend it.
    """
    settings.prepare_data_folder()
    # Before the database: a second start must not change it under the first.
    check_free([gateway_address(settings), assistant_address(settings), actions_address(settings)])
    from bot.storage.migrate import upgrade  # noqa: PLC0415 - a taken port is told without waiting for SQLAlchemy
    from bot.storage.rotation import check_keys  # noqa: PLC0415 - likewise

    upgrade(settings)
    check_keys(settings)
    ensure_triage(settings)


def prepare_one(settings: Settings) -> str:
    """Prepare for one process by itself; return the secret that the processes share.

    Raises ConfigurationError if there is no secret: one made here would differ from that of the other processes.
    """
    secret = settings.shared_secret
    settings.prepare_data_folder()
    return secret

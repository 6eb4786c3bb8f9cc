"""Brings the tables of a database up to date."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import ConfigurationError
from bot.storage.engine import WRITING, make_engine, unusable
from bot.storage.retry import is_passing, try_again

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

    from bot.settings import Settings

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_LOCK = 0x5041524B56494557  # any number that nobody else locks in this database ("PARKVIEW")
_SQLITE_WAIT = 600_000  # milliseconds; a second process waits for the first one's migration, however long


def upgrade(settings: Settings) -> None:
    """Bring the tables to the newest revision; do nothing where they are. Several processes may do so at once.

    It is one transaction: after an error the database is as it was. Raises ConfigurationError, naming DATABASE_URL,
    where the database cannot be opened, holds tables of someone else, or was migrated by a newer version.
    """
    engine = make_engine(settings.database)
    try:
        try_again(lambda: _upgrade(engine, settings), time.sleep)
    except CommandError as error:
        raise ConfigurationError(
            f"DATABASE_URL: the database was migrated by another version of this program ({error}); start that one."
        ) from error
    except DBAPIError as error:
        if is_passing(error):
            raise
        raise unusable(engine.url, error, "tables of {place} cannot be brought up to date") from error
    finally:
        engine.dispose()


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """Give a connection in the one transaction that may change tables; other processes wait for its end."""
    sqlite = engine.dialect.name == "sqlite"
    with engine.execution_options(**WRITING).connect() as connection:
        connection.detach()  # closed at the end, so that nobody is lent a connection without foreign keys
        if sqlite:
            # Changing a SQLite table means copying and dropping it, and with foreign keys on, dropping a table
            # deletes the rows that refer to it. The pragma counts only outside a transaction.
            driver = connection.connection.dbapi_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute(f"PRAGMA busy_timeout={_SQLITE_WAIT}")
        with connection.begin():
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
            if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
                raise ConfigurationError("DATABASE_URL: the migration would leave rows that refer to nothing.")


def alembic_config(connection: Connection, settings: Settings | None = None) -> Config:
    """Return Alembic's configuration for this project's migrations on an open connection.

    ``settings``: those whose keys encrypt what older versions kept in plain text; None: those of the environment.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["settings"] = settings
    return config


def _upgrade(engine: Engine, settings: Settings) -> None:
    with migrating(engine) as connection:
        command.upgrade(alembic_config(connection, settings), "head")

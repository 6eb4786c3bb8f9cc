"""The way to the database: an engine for SQLite or PostgreSQL, and transactions on it."""

from __future__ import annotations

import functools
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from bot.errors import ConfigurationError
from bot.storage.retry import is_passing

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_SECONDS = 10
CONNECTIONS = 10  # kept open; as many again may be opened for a while
WRITING = {"writing": True}
_INDEXES = "CREATE VIRTUAL TABLE % USING fts5%"
_DRIVERS = {"sqlite": "SQLite", "sqlite+pysqlite": "SQLite", "postgresql": "PostgreSQL"}
_DRIVERS["postgresql+psycopg2"] = "PostgreSQL"


def make_engine(url: str) -> Engine:
    """Return an engine in 2.0 style for a SQLite file or a PostgreSQL database; it connects at the first use.

    Raises ConfigurationError for an address that is neither.
    """
    address = _parse(url)
    # NaN is no JSON: PostgreSQL refuses it, SQLite would keep it and fail the reader.
    options: dict[str, Any] = {
        "future": True,
        "hide_parameters": True,  # a logged error must not print what visitors wrote
        "pool_size": CONNECTIONS,
        "max_overflow": CONNECTIONS,
        "json_serializer": functools.partial(json.dumps, allow_nan=False),
    }
    if address.get_backend_name() == "postgresql":
        if "connect_timeout" not in address.query:
            options["connect_args"] = {"connect_timeout": WAIT_SECONDS}
        return create_engine(address, isolation_level="READ COMMITTED", pool_pre_ping=True, **options)
    # A kept connection saves the checkpoint that SQLite makes when the last one closes; the pool lends it to one
    # thread at a time, so its own check of the thread is not needed.
    options["connect_args"] = {"timeout": WAIT_SECONDS, "check_same_thread": False}
    engine = create_engine(address, poolclass=QueuePool, **options)
    event.listen(engine, "connect", functools.partial(_prepare_sqlite, address))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


class Database:
    """Gives sessions, each one transaction.

    Both ways raise ConfigurationError, naming DATABASE_URL, where the database cannot be reached or opened.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**WRITING)
        self._turns = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session for reading. Nothing that is written in it is kept."""
        with Session(self._engine, future=True) as session:
            _connect(session, self._engine.url)
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session for writing: committed at the end, rolled back if an error leaves the block.

        On SQLite there is one such session at a time; the others wait for it up to ten seconds.
        """
        with self._turn(), Session(self._writing, future=True) as session:
            _connect(session, self._engine.url)
            yield session
            session.commit()

    def clean(self) -> bool:
        """Let nothing that was deleted stay readable in SQLite's files; tell whether that was done.

        A full-text index keeps the words of deleted rows until its parts are merged, and the write-ahead log the pages
        as they were. Others who read or write at the moment may keep the log from being emptied; then try again later.
        PostgreSQL's own autovacuum sees to its files.
        """
        if self._turns is None:
            return True
        with self.write() as session:
            found = session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE sql LIKE ?", (_INDEXES,))
            for name in found.scalars().all():
                session.connection().exec_driver_sql(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608
        with self._turn():
            connection = self._engine.raw_connection()
            try:
                busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
        return not busy

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # SQLite lets writers look again after a pause, and the late ones starve: with 16 threads writing, the slowest
        # hundredth waited 1.1 s, and 0.15 s with turns. Who gets none in time still has SQLite's own answer to come.
        had = self._turns is not None and self._turns.acquire(timeout=WAIT_SECONDS)
        try:
            yield
        finally:
            if self._turns is not None and had:
                self._turns.release()


def unusable(address: URL, error: DBAPIError, what: str) -> ConfigurationError:
    """Return the error that tells the operator what cannot be done with which database, without the password."""
    reason = (str(error.orig).strip().splitlines() or ["no reason given"])[0]
    return ConfigurationError(f"DATABASE_URL: the {what.format(place=_place(address))} ({reason}).")


def _connect(session: Session, address: URL) -> None:
    try:
        session.connection()
    except DBAPIError as error:
        if is_passing(error):
            raise
        raise unusable(address, error, "database {place} cannot be opened") from error


def _parse(url: str) -> URL:
    # The library's own errors repeat parts of the address, and with them the password: hence "from None".
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            "DATABASE_URL is no address; write it as sqlite:////folder/file.sqlite3 or "
            "postgresql://user:password@host:5432/name."
        ) from None
    if address.drivername not in _DRIVERS:
        raise ConfigurationError(
            f"DATABASE_URL begins with {address.drivername}://; it must be sqlite:/// or postgresql://."
        )
    return address


def _place(address: URL) -> str:
    if address.get_backend_name() == "sqlite":
        return str(address.database or "in memory")
    where = address.host or address.query.get("host") or "the local socket"
    return f"{address.database!r} on {where}" + (f", port {address.port}" if address.port else "")


def _prepare_sqlite(address: URL, connection: Any, _record: object) -> None:
    # None: the driver begins no transaction of its own, so that _begin_sqlite can choose how.
    connection.isolation_level = None
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise ConfigurationError(
            f"DATABASE_URL: SQLite can keep no write-ahead log for the database {_place(address)}; "
            "name a file on a disk of this machine."
        )
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what a visitor erases must not stay readable in free pages


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns into a writer fails at once where another one wrote meanwhile; so a writer says so first.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

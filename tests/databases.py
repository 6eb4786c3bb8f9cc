"""Fixtures: a database with the log's tables in it, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from database_backends import Backend, PostgresqlServer, SqliteFiles, missing_for_postgresql, postgresql
from database_processes import Processes

from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server; without the programs for one the test is skipped, or fails where CI is set."""
    missing = missing_for_postgresql()
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI is set, so PostgreSQL must be tried as well, but {missing}")
    if missing:
        pytest.skip(f"PostgreSQL is not tried: {missing}")
    with postgresql() as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite database with all tables, for what only SQLite does."""
    return SqliteFiles(tmp_path).lend()


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer) -> str:
    """The address of a PostgreSQL database with all tables, for what only PostgreSQL does."""
    return postgresql_server.lend()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Backend:
    """Whatever makes databases: the tests run once for each kind."""
    if request.param == "sqlite":
        return SqliteFiles(tmp_path_factory.mktemp("sqlite"))
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    return server


@pytest.fixture
def empty_database_url(backend: Backend) -> Iterator[str]:
    """The address of an empty database."""
    url = backend.create()
    yield url
    backend.drop(url)


@pytest.fixture
def database_url(backend: Backend) -> str:
    """The address of a database with all tables and no rows."""
    return backend.lend()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with all tables and no rows."""
    opened = Database(make_engine(database_url))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    """Processes that use a database at the same moment."""
    with Processes(3) as started:
        yield started

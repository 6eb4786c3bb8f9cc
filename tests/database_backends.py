"""Where the tests' databases come from: files of SQLite, and a PostgreSQL server of our own."""

from __future__ import annotations

import functools
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psycopg2

from bot.settings import Settings
from bot.storage.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 30
# As a replica, the server leaves alone the triggers that keep the audit log, and the order of what refers to what.
# To delete the few rows of a test takes a tenth of the time that it takes to truncate all tables.
_EMPTY = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
END $$
"""


class Backend(Protocol):
    """Makes databases."""

    def create(self) -> str:
        """Return the address of a new, empty database."""

    def drop(self, url: str) -> None:
        """Remove a database."""

    def lend(self) -> str:
        """Return the address of a database with all tables and no rows, for one test."""


class SqliteFiles:
    """SQLite: a file for each database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)

    def create(self) -> str:
        return f"sqlite:///{self.folder}/log-{next(self.numbers)}.sqlite3"

    def lend(self) -> str:
        url = self.create()
        shutil.copy(self._template.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
        return url

    @functools.cached_property
    def _template(self) -> str:
        return migrated(self)

    def drop(self, url: str) -> None:
        for part in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + part).unlink(missing_ok=True)


class PostgresqlServer:
    """A PostgreSQL server of our own on a free port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.numbers = itertools.count(1)

    def create(self) -> str:
        name = f"log_{next(self.numbers)}"
        self._run(self._url("postgres"), f"CREATE DATABASE {name}")
        return self._url(name)

    def drop(self, url: str) -> None:
        self._run(self._url("postgres"), f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def lend(self) -> str:
        # Always the same one: to make a database takes longer than most of the tests.
        self._run(self._shared, _EMPTY)
        return self._shared

    @functools.cached_property
    def _shared(self) -> str:
        return migrated(self)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def _run(self, url: str, statement: str) -> None:
        with closing(psycopg2.connect(url)) as link:
            link.autocommit = True
            link.cursor().execute(statement)


def migrated(backend: Backend) -> str:
    """Return the address of a new database with all tables."""
    url = backend.create()
    upgrade(Settings(database_url=url))
    return url


def _programs() -> Path | None:
    """The folder of PostgreSQL's server programs: the one on the path, else the newest of Debian's."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def missing_for_postgresql() -> str | None:
    """Say what this machine lacks to run a server, or return None."""
    if _programs() is None:
        return "initdb and postgres are neither on the path nor under /usr/lib/postgresql (Debian: postgresql)"
    if os.geteuid() != 0:
        return None
    if shutil.which("setpriv") is None:
        return "root may not run PostgreSQL, and setpriv, to run it as another user, is missing (Debian: util-linux)"
    if "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        return "root may not run PostgreSQL, and there is no user postgres to run it as"
    return None


@contextmanager
def _folder() -> Iterator[Path]:
    # Not below pytest's own folder: that one is closed to other users, and too long for the name of a socket.
    folder = Path(tempfile.mkdtemp(prefix="log-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql() -> Iterator[PostgresqlServer]:
    """Run a server for as long as the block takes."""
    with postgresql_process() as process:
        yield PostgresqlServer(process.port)


@contextmanager
def postgresql_process() -> Iterator[PostgresqlProcess]:
    """Run a server that the block may stop and start again."""
    with _folder() as folder:
        process = PostgresqlProcess(folder)
        try:
            process.start()
            yield process
        finally:
            process.stop()


class PostgresqlProcess:
    """A server's process. Started again, it has the same data on the same port."""

    def __init__(self, folder: Path) -> None:
        programs = _programs()
        assert programs
        self._folder = folder
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        # Should pytest be killed, the kernel stops the server too.
        with_us = [*user, "--pdeathsig=QUIT"] if user else []
        data = folder / "data"
        initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([*user, *initdb, "--no-sync"], check=True, capture_output=True, cwd=folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "off",
            "deadlock_timeout": "50ms",
            "port": self.port,
        }
        given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._command = [*with_us, programs / "postgres", "-D", data, *given]

    @property
    def pid(self) -> int:
        """The process that started all others of the server."""
        return self._server.pid

    def start(self) -> None:
        """Return when it takes connections."""
        log = self._folder / "log"
        with log.open("ab") as output:
            self._server = subprocess.Popen(self._command, cwd=self._folder, stderr=output, stdout=output)
        _wait(self._server, self.port, log)

    def stop(self) -> None:
        """End it at once, as a crash would; what was committed is there at the next start."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(START_SECONDS)


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        with suppress(psycopg2.OperationalError):
            psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")

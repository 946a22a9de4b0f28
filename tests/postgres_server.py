"""A throw-away PostgreSQL from this machine's programs, for one test session. It asserts nothing.

Nothing in it outlives the session, so it waits for no disk.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.storage.upgrade import upgrade

_START_SECONDS = 30
_TEMPLATE = "template_topup"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    # So that a deadlock costs a test no second.
    "deadlock_timeout": "50ms",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens on a socket in its folder."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        """The address of a database in it."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as the owner of everything; the rows, where it gives some."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def empty(self) -> str:
        """The name of a new database without a table."""
        name = f"empty_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def fresh(self) -> str:
        """The name of a new database with the newest tables and no row."""
        name = f"fresh_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return name

    def make_template(self) -> None:
        """Migrate once; to copy is quicker."""
        self.run(f"CREATE DATABASE {_TEMPLATE}")
        upgrade(self.url(_TEMPLATE))


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A running server. Skips where there is none to run, and fails there in CI."""
    programs = _programs()
    if programs is None:
        why = "PostgreSQL is not installed here (its initdb and postgres)"
        if "CI" in os.environ:
            pytest.fail(why)
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="topup-postgres-"))
    user = _user()
    if user is not None:
        shutil.chown(folder, user)
    try:
        with _running(programs, folder, user) as server:
            server.make_template()
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(programs: Path, folder: Path, user: str | None) -> Iterator[Server]:
    data = folder / "data"
    making = [str(programs / "initdb"), "--pgdata", str(data), "--auth=trust", "--no-sync"]
    making += ["--username=postgres", "--locale=C", "--encoding=UTF8"]
    made = subprocess.run(making, user=user, cwd=folder, capture_output=True, text=True)
    if made.returncode != 0:
        raise RuntimeError(made.stderr)
    settings = [part for each in _SETTINGS.items() for part in ("-c", "=".join(each))]
    serving = [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *settings]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(serving, user=user, cwd=folder, stdout=log, stderr=log)
    try:
        server = Server(folder)
        _await(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nothing is to be kept
        process.wait(_START_SECONDS)


def _await(server: Server, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + _START_SECONDS
    while True:
        try:
            server.run("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError((server.folder / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL there is; distributions keep it out of PATH."""
    kept = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    found = shutil.which("initdb")
    if kept:
        return kept[-1].parent
    return Path(found).resolve().parent if found else None


def _user() -> str | None:
    """Whom to run it as: PostgreSQL refuses to be root. None for who we are."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"

"""A standby beside a PostgreSQL, and a pooler in front of one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.databases.postgres_server import Server, folder_for, postgres_server

_PATIENCE_SECONDS = 60
_POOLER = """
[databases]
* = host={server.folder} port={port} user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 100
server_login_retry = 0.1
query_wait_timeout = 10
logfile = {folder}/log
"""


def free_port() -> int:
    """A port that nobody used a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Pair:
    """A primary that commits nothing which its standby has not, and the standby."""

    primary: Server
    standby: Server

    def url(self, database: str) -> str:
        """The address of a database on whichever of them takes writes."""
        hosts = "&".join(f"host=127.0.0.1:{each.port}" for each in (self.primary, self.standby))
        return f"postgresql://postgres@/{database}?{hosts}&target_session_attrs=read-write"

    def promote(self) -> None:
        """The standby takes writes from now on."""
        data = str(self.standby.folder / "data")
        programs = self.standby.programs
        programs.do(self.standby.folder, "pg_ctl", "promote", "--wait", "-D", data)


@contextmanager
def pair() -> Iterator[Pair]:
    """Both of them running, in step."""
    with postgres_server(free_port()) as primary, folder_for(primary.programs) as folder:
        standby = Server(primary.programs, folder, free_port())
        source = ["-h", str(primary.folder), "-p", f"{primary.port}", "-U", "postgres"]
        how = ["--wal-method=stream", "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        where = str(folder / "data")
        standby.programs.do(folder, "pg_basebackup", "-D", where, *source, *how)
        try:
            standby.start()
            primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
            primary.run("SELECT pg_reload_conf()")
            _until_in_step(primary)
            yield Pair(primary, standby)
        finally:
            standby.crash()


def _until_in_step(primary: Server) -> None:
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while primary.run("SELECT sync_state FROM pg_stat_replication") != [("sync",)]:
        if time.monotonic() > give_up_at:
            raise RuntimeError((primary.folder / "log").read_text())
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Pooler:
    """A pgbouncer that gives a connection for a transaction only."""

    port: int

    def url(self, database: str) -> str:
        """The address of a database by way of the pooler."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}?sslmode=disable"


@contextmanager
def pooler(server: Server, connections: int) -> Iterator[Pooler | None]:
    """In front of that server, with so many connections to each database; None without one."""
    program = shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin") or shutil.which(
        "pgbouncer"
    )
    if program is None:
        yield None
        return
    with folder_for(server.programs) as folder:
        found = Pooler(free_port())
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            _POOLER.format(
                server=server,
                port=server.port or 5432,
                listen=found.port,
                connections=connections,
                folder=folder,
            )
        )
        process = subprocess.Popen(  # noqa: S603 (a program of this machine, without a shell)
            [program, "--quiet", str(settings)], user=server.programs.user, cwd=folder
        )
        try:
            _until_pooling(found, process, folder)
            yield found
        finally:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def _until_pooling(found: Pooler, process: subprocess.Popen[bytes], folder: Path) -> None:
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with suppress(psycopg.OperationalError):
            psycopg.connect(found.url("postgres")).close()
            return
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise RuntimeError((folder / "log").read_text())
        time.sleep(0.05)

"""Throw-away databases that really wait for the disk, and how large a run is.

They lie in the system's folder for temporary files. Where that is only memory, a commit costs
nothing and the ratios say little: set TMPDIR to a folder on a disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.storage.maintenance.upgrade import upgrade
from tests.support.databases.postgres_server import Server, find_programs, postgres_server

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
# As a server is that somebody's money is kept in; the tests' own settings wait for no disk.
_DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "deadlock_timeout": "1s",
}


@dataclass(frozen=True, slots=True)
class Database:
    """A database with the newest tables and no row."""

    engine: str
    address: str
    file: Path | None = None
    server: Server | None = None


@dataclass(slots=True)
class Stage:
    """Where benches run: `share` is how much of the whole they should do, 1.0 for all of it."""

    folder: Path
    server: Server | None
    share: float
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def engines(self) -> tuple[str, ...]:
        """Both, where PostgreSQL is installed."""
        return (SQLITE,) if self.server is None else (SQLITE, POSTGRES)

    def database(self, engine: str) -> Database:
        """A new one."""
        if engine == POSTGRES and self.server is not None:
            return Database(engine, self.server.url(self.server.fresh()), server=self.server)
        file = self.folder / f"bench-{next(self.numbers)}.db"
        shutil.copy(self._template(), file)
        return Database(engine, f"sqlite:///{file}", file=file)

    def some(self, whole: int) -> int:
        """This run's share of a number, at least 8."""
        return max(8, int(whole * self.share))

    def _template(self) -> Path:
        template = self.folder / "template.db"
        if not template.exists():
            upgrade(f"sqlite:///{template}")
        return template


@contextmanager
def stage(share: float) -> Iterator[Stage]:
    """A folder, and a PostgreSQL where it is installed; both are gone afterwards."""
    with TemporaryDirectory(prefix="topup-bench-") as folder:
        if find_programs() is None:
            yield Stage(Path(folder), None, share)
            return
        with postgres_server(settings=_DURABLE) as server:
            yield Stage(Path(folder), server, share)

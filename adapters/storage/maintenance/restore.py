"""Restores a backup over a SQLite database, and keeps the old file.

The new database is made ready beside the old one and takes its place in one step: whoever is
killed before that has the old one, and after that the new one.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from adapters.storage.engines.address import UnusableDatabase
from adapters.storage.engines.owned_files import OWNER_ONLY, make_owned, restrict_to_owner
from adapters.storage.maintenance.backup import (
    check_database,
    copy_database,
    read_only,
    sync_folder,
)
from adapters.storage.maintenance.upgrade import upgrade

# What was given out after the backup is not known, and must not be given out again.
APART = 1_000_000
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_PRIMARY_CODE = 0xFF
_GROUP = 0o060
_BESIDE = ("-wal", "-shm")
_COUNTED = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"


def prepare_restore(backup: Path, database: Path) -> Path:
    """A copy of the backup beside the database, whole, with this version's tables.

    Its rows are counted on from a number that neither of the two has come to. Raises
    UnusableDatabase.
    """
    if not backup.is_file():
        raise UnusableDatabase(f"{backup}: there is no such file.")
    check_database(backup)
    ready = database.with_name(f"{database.name}.restoring")
    discard_prepared(ready)
    try:
        os.close(os.open(ready, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        copy_database(backup, ready)
        upgrade(f"sqlite:///{ready}")
        _count_on(ready, max(_highest(ready) or 0, _highest(database) or 0))
    except BaseException:
        discard_prepared(ready)
        raise
    return ready


def kept_name(database: Path, now: datetime) -> Path:
    """What the replaced database will be called: a name that nothing has yet."""
    name = f"{database.name}.replaced-{now:%Y%m%dT%H%M%SZ}"
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(each for each in map(database.with_name, names) if not each.exists())


def put_in_place(ready: Path, database: Path, kept: Path | None) -> None:
    """Let it take the place of the old one, which is kept under that name, if there is one.

    Raises UnusableDatabase while another program has either of them open.
    """
    _in_one_file(ready)
    if kept is not None:
        _in_one_file(database)
        _owned_as(database, ready)
        _keep(database, kept)
    ready.replace(database)
    sync_folder(database)


def _owned_as(database: Path, ready: Path) -> None:
    """The bot may run as somebody else than who restores: it owns what it owned.

    Where we may not give a file away, its group keeps the rights that it had.
    """
    with suppress(OSError):
        found = database.stat()
        try:
            os.chown(ready, found.st_uid, found.st_gid)
        except OSError:
            os.chown(ready, -1, found.st_gid)
            ready.chmod(OWNER_ONLY | found.st_mode & _GROUP)


def _keep(database: Path, kept: Path) -> None:
    try:
        os.link(database, kept)
    except OSError:
        # Not every file system gives a file two names.
        make_owned(kept)
        shutil.copyfile(database, kept)
    restrict_to_owner(kept)
    for each in _BESIDE:
        # Left by a database that could not be opened; a new one must not take it for its own.
        beside = Path(f"{database}{each}")
        if beside.exists():
            restrict_to_owner(beside)
            beside.replace(f"{kept}{each}")


def discard_prepared(ready: Path) -> None:
    """Forget what was made ready."""
    for each in ("", *_BESIDE):
        Path(f"{ready}{each}").unlink(missing_ok=True)


def _in_one_file(database: Path) -> None:
    """Have the file hold all that is written; one that is damaged stays as it is.

    To leave the log behind needs the file alone: a command that has it open would write its log
    beside whatever takes its place.
    """
    if _highest(database) is None:
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & _PRIMARY_CODE not in _IN_USE:
            raise UnusableDatabase(f"{database}: {error}.") from None
        mode = "in use"
    except sqlite3.DatabaseError:
        return
    if mode != "delete":
        raise UnusableDatabase(
            f"{database}: another program has it open. Stop it, then restore again."
        )


def _highest(database: Path) -> int | None:
    """The highest number that it gave to a row; None where it cannot tell."""
    try:
        with closing(read_only(database)) as found:
            return int(found.execute("SELECT max(seq) FROM sqlite_sequence").fetchone()[0] or 0)
    except sqlite3.Error:
        return None


def _count_on(database: Path, highest: int) -> None:
    after = (highest // APART + 1) * APART - 1
    with closing(sqlite3.connect(database)) as connection, connection:
        names = [name for (name,) in connection.execute(_COUNTED)]
        connection.execute("DELETE FROM sqlite_sequence")
        connection.executemany(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
            [(name, after) for name in names],
        )

"""Copies a SQLite database while bots use it, and checks whether a copy is whole.

PostgreSQL has tools of its own for that, and is refused.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from adapters.storage.engines.address import (
    UnusableDatabase,
    is_postgres,
    parse_address,
    sqlite_file,
)
from adapters.storage.engines.owned_files import OWNER_ONLY

_FOR_POSTGRES = (
    "PostgreSQL has its own tools for this, such as pg_dump or pg_basebackup; "
    "docs/operating.md says how to use them."
)


def database_file(database_url: str) -> Path:
    """The file of a SQLite address. Raises UnusableDatabase where there is none to copy."""
    url = parse_address(database_url)
    if is_postgres(url):
        raise UnusableDatabase(_FOR_POSTGRES)
    file = sqlite_file(url)
    if file is None:
        raise UnusableDatabase("DATABASE_URL names a database in memory; it ends with the bot.")
    return Path(file)


def back_up(database_url: str, into: Path, begin: Callable[[], None]) -> None:
    """Write a copy, as of one moment, to a new file that only its owner may read.

    `begin` is called just before that moment; bots go on meanwhile. Raises UnusableDatabase; then
    there is no file.
    """
    source = database_file(database_url)
    if not source.exists():
        raise UnusableDatabase(f"{source}: there is no database yet.")
    part = into.with_name(f"{into.name}.part")
    with _claimed(into), _claimed(part):
        begin()
        copy_database(source, part)
        check_database(part)
        part.replace(into)
        sync_folder(into)


def copy_database(source: Path, target: Path) -> None:
    """Copy a database into an empty file, as of one moment. Raises UnusableDatabase."""
    try:
        with (
            closing(read_only(source)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            # A copy is one file: what a bot would keep beside it is in it.
            new.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise UnusableDatabase(f"{source} cannot be copied: {error}.") from None


def check_database(file: Path) -> None:
    """Raises UnusableDatabase unless the file is a whole database of ours, of any version."""
    try:
        with closing(read_only(file)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
            (_,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, TypeError):
        raise UnusableDatabase(f"{file.name} is no database of this bot, or is damaged.") from None
    if found != "ok" or orphan is not None:
        raise UnusableDatabase(f"{file.name} is damaged: {orphan or found}.")


@contextmanager
def _claimed(file: Path) -> Iterator[None]:
    """An empty file that was not there, and is gone again where it did not become anything."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    except FileExistsError:
        raise UnusableDatabase(f"{file} is there already, and is not written over.") from None
    except OSError as error:
        raise UnusableDatabase(f"{file}: {error.strerror}.") from None
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def sync_folder(file: Path) -> None:
    """Have the disk know the names in a file's folder, where a system can do that."""
    if os.name == "nt":
        return
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_only(file: Path) -> sqlite3.Connection:
    """Open a database that is there, and change nothing."""
    return sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)

"""Lets one bot at a time serve from a SQLite file.

A lock of the operating system on a file beside it: it ends with the process, however that ends.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from adapters.storage.engines.address import UnusableDatabase, parse_address, sqlite_file
from adapters.storage.engines.owned_files import open_owned
from adapters.storage.engines.sqlite import make_folder_of


@contextmanager
def single_bot_lock(database_url: str) -> Iterator[None]:
    """Be the only bot on this database file while entered. Raises UnusableDatabase."""
    file = sqlite_file(parse_address(database_url))
    if file is None:
        yield
        return
    make_folder_of(file)
    # Never deleted: a lock on a deleted file would keep nobody out.
    with _opened(Path(f"{file}.lock")) as held:
        if not _lock(held):
            raise UnusableDatabase(
                f"Another bot serves from {file} already. Stop it first. "
                "For several bots use PostgreSQL: set DATABASE_URL to postgresql://…"
            )
        yield


def _opened(beside: Path) -> IO[bytes]:
    try:
        return open(beside, "a+b", opener=open_owned)
    except OSError as error:
        raise UnusableDatabase(f"{beside}, beside the database: {error.strerror}.") from None


if sys.platform == "win32":
    import msvcrt

    def _lock(held: IO[bytes]) -> bool:
        try:
            held.seek(0)
            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(held: IO[bytes]) -> bool:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

"""Files that only their owner may read, whatever the umask."""

from __future__ import annotations

import os
from pathlib import Path

OWNER_ONLY = 0o600
_OTHERS = 0o077


def open_owned(path: str, flags: int) -> int:
    """An `opener` for `open`: a file that is new is its owner's alone."""
    return os.open(path, flags, OWNER_ONLY)


def make_owned(file: Path) -> None:
    """Make an empty file where there is none. Raises OSError."""
    os.close(os.open(file, os.O_CREAT | os.O_WRONLY, OWNER_ONLY))


def restrict_to_owner(file: Path) -> None:
    """Leave a file that is there to its owner alone."""
    if file.exists():
        file.chmod(OWNER_ONLY)


def is_open_to_others(file: Path) -> bool:
    """Whether somebody else on this machine may read or write it; no such file is closed."""
    try:
        return os.name != "nt" and bool(file.stat().st_mode & _OTHERS)
    except OSError:
        return False

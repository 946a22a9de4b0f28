"""Files of the demo that only their owner may read, whatever the umask."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

_OWNER_ONLY = 0o600


def open_owned(path: Path, mode: str) -> IO[Any]:
    """Open a file; one that is new is its owner's alone."""
    return open(path, mode, encoding=None if "b" in mode else "utf-8", opener=_opener)


def write_owned(path: Path, content: bytes | str) -> None:
    """Write a file anew."""
    whole = content.encode() if isinstance(content, str) else content
    with open_owned(path, "wb") as file:
        file.write(whole)


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags, _OWNER_ONLY)

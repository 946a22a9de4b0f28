"""The demo's folder: its lock, and the secrets made once; it touches no folder but a demo's."""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from playground.kit.owned import open_owned, write_owned

_KEPT = "topup-bot-demo.json"
_LOCK = "lock.db"
_TELEGRAM_BOT_ID = 9001


class DemoRefused(Exception):
    """The demo cannot start here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is made at the first start and stays; `bot_port` 0 is none chosen yet."""

    secret_key: str
    slack_signing_secret: str
    slack_bot_token: str
    telegram_bot_token: str
    stripe_api_key: str
    stripe_webhook_secret: str
    bot_port: int = 0
    seeded: bool = False


class Folder:
    """A demo's folder, held by this process until it is closed."""

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        """Take the folder, making it where there is none. Raises DemoRefused."""
        self.path = path.resolve()
        _check(self.path)
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(self.path)
        try:
            if fresh:
                _empty(self.path)
            self.kept = self._read() or _new_secrets()
            self.keep(self.kept)
        except BaseException:
            self.close()
            raise

    def keep(self, kept: Kept) -> None:
        """Remember this instead, in a file that only its owner may read."""
        scratch = self.path / (_KEPT + ".new")
        scratch.unlink(missing_ok=True)
        write_owned(scratch, json.dumps(asdict(kept), indent=2))
        scratch.replace(self.path / _KEPT)
        self.kept = kept

    def close(self) -> None:
        """Let another process have the folder."""
        self._lock.close()

    def _read(self) -> Kept | None:
        file = self.path / _KEPT
        if not file.exists():
            return None
        try:
            # What an older demo did not make is made now.
            return replace(_new_secrets(), **json.loads(file.read_text(encoding="utf-8")))
        except (ValueError, TypeError):
            raise DemoRefused(f"{file} cannot be read. Begin anew with --fresh.") from None


def _check(path: Path) -> None:
    """Only a folder that a demo made, or an empty one, is ours."""
    if not path.exists():
        return
    if not path.is_dir():
        raise DemoRefused(f"{path} is a file; the demo keeps its state in a folder there.")
    inside = {each.name for each in path.iterdir()}
    if _KEPT not in inside and inside - {_LOCK}:
        raise DemoRefused(f"{path} holds something else than a demo, so it is left alone.")


def _locked(path: Path) -> sqlite3.Connection:
    """SQLite's lock is the one that every platform has, and that ends with its process."""
    open_owned(path / _LOCK, "ab").close()
    lock = sqlite3.connect(path / _LOCK, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        raise DemoRefused(f"A demo is already running in {path}. Stop that one first.") from None
    return lock


def _empty(path: Path) -> None:
    """Remove all but the lock; what shows that the folder is a demo's goes last."""
    inside = sorted(path.iterdir(), key=lambda each: each.name == _KEPT)
    for each in inside:
        if each.name == _LOCK:
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


def _new_secrets() -> Kept:
    return Kept(
        secret_key=secrets.token_hex(32),
        slack_signing_secret=secrets.token_hex(16),
        slack_bot_token=f"xoxb-{secrets.token_hex(24)}",
        telegram_bot_token=f"{_TELEGRAM_BOT_ID}:{secrets.token_urlsafe(26)}",
        stripe_api_key=f"sk_test_{secrets.token_hex(24)}",
        stripe_webhook_secret=f"whsec_{secrets.token_hex(16)}",
    )

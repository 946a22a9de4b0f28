"""Composition root, place: where this bot serves its database, from the settings.

What is noted are digests: neither an address nor a host stands in the database.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from adapters.storage.engines.address import parse_address, sqlite_file
from service.money.marks import Deployment

_DIGEST_LENGTH = 16


def place_of(public_url: str, database_url: str) -> Deployment:
    """By what people reach the bot and by what it reaches its database, without any password."""
    said = {"PUBLIC_URL": public_url, "DATABASE_URL": _database(database_url)}
    return Deployment({name: _digest(name, what) for name, what in said.items()})


def _database(database_url: str) -> str:
    url = parse_address(database_url)
    file = sqlite_file(url)
    if file is not None:
        return str(Path(file).resolve())
    return f"{url.host}:{url.port}/{url.database}"


def _digest(name: str, what: str) -> str:
    return sha256(f"{name}={what}".encode()).hexdigest()[:_DIGEST_LENGTH]

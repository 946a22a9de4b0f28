"""Where the rows are, and the keys that sign links and seal tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from adapters.settings import NO_SECRET, SOURCE, Misconfigured

SECRET_KEY_MIN = 32
_IN_MEMORY = re.compile(r"sqlite(?:\+\w+)?:/*(?::memory:)?(?:\?.*)?")


class StorageVariables(BaseSettings):
    """The storage settings as text."""

    model_config = SOURCE

    database_url: str = "sqlite:///topup.db"
    secret_key: SecretStr = NO_SECRET


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the rows are, with a password perhaps, and SECRET_KEY as it stands there."""

    database_url: str = field(repr=False)
    secret_key: SecretStr

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in SECRET_KEY: the first signs, what any signed holds."""
        return _split(self.secret_key)


def read_storage(found: StorageVariables) -> Storage:
    """With at least one key, each long enough. Raises Misconfigured."""
    keys = _split(found.secret_key)
    if not keys or any(len(key) < SECRET_KEY_MIN or not key.isprintable() for key in keys):
        raise Misconfigured(
            f"SECRET_KEY is missing, or a key in it has under {SECRET_KEY_MIN} visible characters "
            "(a comma stands between two keys). "
            'Make one: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    return Storage(read_database_url(found), found.secret_key)


def read_database_url(found: StorageVariables) -> str:
    """Not a database in memory, which keeps nothing. Raises Misconfigured.

    The storage itself says what else is wrong with the address.
    """
    if _IN_MEMORY.fullmatch(found.database_url):
        raise Misconfigured(
            "DATABASE_URL names no file, so that nothing would be kept. sqlite:///topup.db does."
        )
    return found.database_url


def _split(secret_key: SecretStr) -> tuple[str, ...]:
    """A comma stands between two keys."""
    keys = (key.strip() for key in secret_key.get_secret_value().split(","))
    return tuple(key for key in keys if key)

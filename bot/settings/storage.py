"""Where the rows are, and the keys that sign links and seal tokens."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from adapters.settings import NO_SECRET, SOURCE, Misconfigured

SECRET_KEY_MIN = 32


class StorageEnvironment(BaseSettings):
    """The storage settings as text."""

    model_config = SOURCE

    database_url: str = "sqlite:///topup.db"
    secret_key: SecretStr = NO_SECRET


def split_keys(secret_key: SecretStr) -> tuple[str, ...]:
    """The keys in SECRET_KEY, separated by commas: the first signs, what any signed holds."""
    keys = (key.strip() for key in secret_key.get_secret_value().split(","))
    return tuple(key for key in keys if key)


def read_secret_key(found: StorageEnvironment) -> SecretStr:
    """SECRET_KEY with at least one key, each long enough. Raises Misconfigured."""
    keys = split_keys(found.secret_key)
    if not keys or any(len(key) < SECRET_KEY_MIN for key in keys):
        raise Misconfigured(
            f"SECRET_KEY is missing, or a key in it has under {SECRET_KEY_MIN} characters "
            "(a comma stands between two keys). "
            'Make one: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    return found.secret_key

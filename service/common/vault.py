"""Seals tokens and keys before they are stored, and opens them again."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken

from service.common.signed_tokens import derive_key

NAME_LENGTH = 8


class CannotUnseal(Exception):
    """What was stored was sealed with a key that we do not have any more."""


class Vault:
    """Seals with the first of these keys, and opens what any of them sealed."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = {
            key_name(key): Fernet(base64.urlsafe_b64encode(derive_key(key, "tokens")))
            for key in keys
        }

    @property
    def key_names(self) -> tuple[str, ...]:
        """What the keys are called where they are told of, the first one first."""
        return tuple(self._keys)

    def seal(self, secret: str) -> str:
        """The secret as only these keys can read it."""
        first = next(iter(self._keys.values()))
        return first.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret again. Raises CannotUnseal."""
        return self._opened(sealed)[1]

    def key_name_of(self, sealed: str) -> str | None:
        """The name of the key that opens this; None where we do not have it."""
        try:
            return self._opened(sealed)[0]
        except CannotUnseal:
            return None

    def resealed(self, sealed: str) -> str | None:
        """The same sealed with the first key; None where it is already, or cannot be opened."""
        if self.key_name_of(sealed) in (None, self.key_names[0]):
            return None
        return self.seal(self.open(sealed))

    def _opened(self, sealed: str) -> tuple[str, str]:
        for name, key in self._keys.items():
            with suppress(InvalidToken):
                return name, key.decrypt(sealed.encode()).decode()
        raise CannotUnseal("sealed with a key that SECRET_KEY does not hold any more")


def key_name(key: str) -> str:
    """Eight characters that tell a key from others, and nothing of what it is."""
    return derive_key(key, "name").hex()[:NAME_LENGTH]

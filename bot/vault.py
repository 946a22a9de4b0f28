"""Seals tokens before they are stored, and opens them again. It keeps none itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.links import derive


class Sealed(Exception):
    """What was stored was sealed with a key that we do not have any more."""


class Vault:
    """Seals with the first of these keys, and opens what any of them sealed."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(derive(key, "tokens"))) for key in keys]
        )

    def seal(self, secret: str) -> str:
        """The secret as only these keys can read it."""
        return self._keys.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret again. Raises Sealed."""
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Sealed("sealed with a key that SECRET_KEY does not hold any more") from None

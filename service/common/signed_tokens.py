"""Signs and reads the tokens of pay links, return links and buttons."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

CARD_ID_BYTES = 8
PRESS_MAC_BYTES = 8
PAY_MAC_BYTES = 16
CODE_LENGTH = 4
REVISION_MODULUS = 2**16
TOKEN_MAX = 200
# Crockford's base32: no letter that is taken for another one when read aloud.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Press:
    """A button: which card, which revision of it (modulo 65,536), which choice."""

    card: str
    revision: int
    index: int


@dataclass(frozen=True, slots=True)
class PayLink:
    """A link to the pay page of one revision of a top-up."""

    top_up: str
    revision: int


def sign_press(press: Press, secret: bytes) -> str:
    """A token of 26 characters: opaque, and useless for any other card, revision or choice."""
    payload = (
        bytes.fromhex(press.card)
        + (press.revision % REVISION_MODULUS).to_bytes(2, "big")
        + press.index.to_bytes(1, "big")
    )
    return _encode(payload + _mac(b"press", payload, secret)[:PRESS_MAC_BYTES])


def read_press(token: str, *secrets: bytes) -> Press | None:
    """The button behind a token; None when it was signed with none of our keys."""
    payload = _signed(b"press", token, PRESS_MAC_BYTES, secrets)
    if payload is None:
        return None
    card, rest = payload[:CARD_ID_BYTES], payload[CARD_ID_BYTES:]
    return Press(card.hex(), int.from_bytes(rest[:2], "big"), rest[2])


def sign_pay_link(link: PayLink, secret: bytes) -> str:
    """The token in `/pay/{token}`."""
    return _sign_link(b"pay", link, secret)


def read_pay_link(token: str, *secrets: bytes) -> PayLink | None:
    """The top-up behind a pay token; None when it was signed with none of our keys."""
    return _read_link(b"pay", token, secrets)


def sign_return(link: PayLink, secret: bytes) -> str:
    """The token in `/paid/{token}`, which gateways get to know: it opens no pay page."""
    return _sign_link(b"paid", link, secret)


def read_return(token: str, *secrets: bytes) -> PayLink | None:
    """The top-up behind a return address; None when it was signed with none of our keys."""
    return _read_link(b"paid", token, secrets)


def page_code(link: PayLink, secret: bytes) -> str:
    """Four characters that stand on the card and on the pay page: the same page, not a fake."""
    digest = _mac(b"code", f"{link.top_up}.{link.revision}".encode(), secret)
    return "".join(CROCKFORD[byte % len(CROCKFORD)] for byte in digest[:CODE_LENGTH])


def derive_key(secret: str, purpose: str) -> bytes:
    """A key for one purpose, so that no two uses of SECRET_KEY share a key."""
    return hmac.new(secret.encode(), purpose.encode(), sha256).digest()


def _sign_link(purpose: bytes, link: PayLink, secret: bytes) -> str:
    payload = f"{link.top_up}.{link.revision}".encode()
    return _encode(payload + _mac(purpose, payload, secret)[:PAY_MAC_BYTES])


def _read_link(purpose: bytes, token: str, secrets: Iterable[bytes]) -> PayLink | None:
    payload = _signed(purpose, token, PAY_MAC_BYTES, secrets)
    if payload is None:
        return None
    top_up, _, revision = payload.decode().rpartition(".")
    return PayLink(top_up, int(revision))


def _signed(purpose: bytes, token: str, size: int, secrets: Iterable[bytes]) -> bytes | None:
    """What one of these keys signed, with a code of that size; None when none of them did.

    Each is tried, so that time tells nothing.
    """
    raw = _decode(token)
    payload, mac = raw[:-size], raw[-size:]
    matches = [
        hmac.compare_digest(mac, _mac(purpose, payload, secret)[:size]) for secret in secrets
    ]
    return payload if any(matches) else None


def _mac(purpose: bytes, payload: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, purpose + b"\0" + payload, sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(token: str) -> bytes:
    """The bytes behind a token; none for what is not spelled as we do."""
    if len(token) > TOKEN_MAX:
        return b""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return b""
    # What stands between the characters is ignored, and so are spare bits of the last one: one
    # token has one spelling only.
    return raw if _encode(raw) == token else b""

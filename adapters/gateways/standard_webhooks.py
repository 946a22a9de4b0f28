"""Signs and verifies callbacks in the Standard Webhooks format.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from billing.ports import BadSignature, CallbackFlaw

TOLERANCE_SECONDS = 300

_SECRET_PREFIX = "whsec_"  # noqa: S105 (the public prefix of every key in this format)
_SECRET_BYTES = range(24, 65)
_TIMESTAMP_DIGITS_MAX = 12


def signing_key(secret: str) -> bytes:
    """The signing key in a `whsec_` secret. Raises ValueError, which never holds the secret."""
    try:
        found = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except ValueError:
        found = b""
    if len(found) not in _SECRET_BYTES or not secret.startswith(_SECRET_PREFIX):
        raise ValueError("a webhook secret is whsec_ and 24 to 64 bytes in base64")
    return found


def sign(key: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt to deliver; `message_id` stays over attempts, `at` not."""
    timestamp = str(int(at.astimezone(UTC).timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": _signature(key, message_id, timestamp, body),
    }


def verify(keys: tuple[bytes, ...], headers: Mapping[str, str], body: bytes, at: datetime) -> None:
    """Pass when any key signed these bytes within 300 s of `at`, either way, else BadSignature.

    Header names are in lower case. Several keys serve while a secret is being changed.
    """
    try:
        message_id = headers["webhook-id"]
        timestamp = headers["webhook-timestamp"]
        given = headers["webhook-signature"].split(" ")
    except KeyError:
        raise BadSignature("a signature header is missing", CallbackFlaw.UNSIGNED) from None
    if not _is_recent(timestamp, at):
        raise BadSignature("the timestamp is malformed, too old or too new", CallbackFlaw.STALE)
    wanted = [_signature(each, message_id, timestamp, body) for each in keys]
    # Every pair is compared, so that the time taken says nothing about which one fits.
    if not any([_same(ours, theirs) for ours in wanted for theirs in given]):
        raise BadSignature("no signature fits")


def _is_recent(timestamp: str, at: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if len(timestamp) > _TIMESTAMP_DIGITS_MAX:
        return False
    return abs(at.timestamp() - int(timestamp)) <= TOLERANCE_SECONDS


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode(errors="replace") + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))

"""Tells a gateway's own refusal from an outage of it, or of a proxy on the way to it. Pure.

For gateways whose errors are `{"error": {"type": …, "code": …}}`.
"""

from __future__ import annotations

DENIED = frozenset({401, 403})
"""The key is refused, or may not do this: its operator mends that, and what is owed waits."""

_ASK_AGAIN = DENIED | {408, 409, 421, 423, 424, 425, 429}
# It says by these that it is busy or out of order, whatever the status.
_BUSY = frozenset(
    {
        *("rate_limit", "lock_timeout", "idempotency_key_in_use"),
        *("api_error", "api_connection_error", "rate_limit_error"),
    }
)


def is_refusal(status: int, answer: object) -> bool:
    """Whether the gateway itself says for good that it will not do what was asked.

    `answer` is the JSON of an error. A proxy's page under the same status is no such word.
    """
    if not 400 <= status < 500 or status in _ASK_AGAIN:
        return False
    match answer:
        case {"error": {"type": str(kind)} as error}:
            return kind not in _BUSY and error.get("code") not in _BUSY
        case _:
            return False

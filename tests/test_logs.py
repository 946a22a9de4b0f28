"""Log lines keep no secrets, wherever they come from."""

from __future__ import annotations

import logging

import pytest

from bot.logs import Redacting, redact

SECRETS = [
    "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "xoxb-123456789012-abcdefABCDEF",
    "xapp-1-A111-222-abcdef",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "sk_live_abcdefghijklmnop",
    "https://hooks.slack.com/commands/T1/2/abc",
    "4242 4242 4242 4242",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_taken_out(secret: str) -> None:
    """Alone, in a sentence and inside an address."""
    for text in (secret, f"POST https://api.example.com/bot{secret}/getMe failed", f"x={secret}!"):
        assert secret not in redact(text)


def test_a_traceback_is_redacted_too() -> None:
    """The exception's own text is part of the line."""
    try:
        raise RuntimeError(f"could not reach {SECRETS[0]}")
    except RuntimeError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "failed", (), (type(error), error, None)
        )

    assert SECRETS[0] not in Redacting("%(message)s").format(record)
    assert "failed" in Redacting("%(message)s").format(record)


def test_ids_survive() -> None:
    """What support needs stays readable."""
    line = "top_up_settled top_up=TU-7K3M9Q2X payment=pi_3Nx card=5f3c19a7e2b4d680"

    assert line == redact(line)

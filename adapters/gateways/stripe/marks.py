"""Tells whose a Stripe object is, before anything else of it is read.

Other products share a Stripe account, and their sessions come in forms that ours never have.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

# Marks what a topup-bot opened, and says for which top-up; and which of several bots it was.
TOP_UP, INSTALLATION = "top_up", "installation"

_log = logging.getLogger(__name__)


def is_ours(shown: Mapping[str, Any]) -> bool:
    """Whether a session or payment intent, as Stripe shows it, was opened by a topup-bot."""
    match shown:
        case {"metadata": {"top_up": str(top_up)}}:
            named = shown.get("client_reference_id", top_up)
            return named in (None, top_up) and shown.get("mode", "payment") == "payment"
        case _:
            return False


def marks_of(reference: str, installation: str) -> dict[str, str]:
    """The metadata of what is opened here."""
    return {TOP_UP: reference} | ({INSTALLATION: installation} if installation else {})


def installation_of(metadata: Mapping[str, str] | None) -> str | None:
    """The mark of who opened it; None for an older version, which left none."""
    return (metadata or {}).get(INSTALLATION) or None


def leave_aside(what: str) -> None:
    """Say that something genuine is not for us."""
    _log.info("stripe: a %s that is not for us is left aside", what)

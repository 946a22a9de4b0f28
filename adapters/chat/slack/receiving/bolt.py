"""Bolt, with its own network calls off, and everything that we handle led to one listener."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.middleware.request_verification.async_request_verification import (
    AsyncRequestVerification,
)
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.slack.hosts import api_sessions

_log = logging.getLogger(__name__)

EVENT_KINDS = ("message", "app_home_opened", "app_uninstalled", "tokens_revoked")

_ANY = re.compile(".*", re.DOTALL)

# Bolt logs whole requests at DEBUG, and warns of settings that are meant.
_bolt_log = logging.getLogger(f"{__name__}.internal")
_bolt_log.setLevel(logging.ERROR)


def bolt_app(
    secret: str,
    api_base_url: str,
    now: Callable[[], datetime],
    listener: Callable[..., Awaitable[BoltResponse]],
) -> AsyncApp:
    """An app that verifies by our clock. `listener` names the arguments that it wants of Bolt."""
    app = AsyncApp(
        name="topup-bot",
        logger=_bolt_log,
        client=AsyncWebClient(
            base_url=api_base_url,
            session=api_sessions(api_base_url).as_session(),
            retry_handlers=[],
            logger=_bolt_log,
        ),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        signing_secret=secret,
        request_verification_enabled=False,
        before_authorize=_Verification(secret, now),
        # Bolt would ask auth.test otherwise, and answer 500 while Slack is down.
        authorize=_authorize,
    )
    app.command(_ANY)(listener)
    app.action(_ANY)(listener)
    app.view(_ANY)(listener)
    app.shortcut(_ANY)(listener)
    for kind in EVENT_KINDS:
        app.event(kind)(listener)
    app.error(_unhandled)
    return app


class _Verification(AsyncRequestVerification):
    """Bolt's own verification, which takes no clock by itself."""

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        super().__init__(secret, base_logger=_bolt_log)
        self._by_our_clock = SignatureVerifier(secret, clock=_OurClock(now))

    @property
    def verifier(self) -> SignatureVerifier:
        return self._by_our_clock


class _OurClock(Clock):
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def now(self) -> float:
        return self._now().timestamp()


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


async def _unhandled(error: Exception) -> BoltResponse:
    """Kinds that we take no interest in are acknowledged; what Bolt cannot read is refused."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200, body="")
    _log.warning("A signed request could not be read: %s", type(error).__name__)
    return BoltResponse(status=400, body="")

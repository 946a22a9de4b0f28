"""Installs the app in a workspace: Bolt's OAuth flow over our own stores.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from slack_bolt.adapter.starlette.async_handler import (
    to_async_bolt_request,
    to_starlette_response,
)
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation as BoltInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.chat.slack.hosts import SLACK_API, api_sessions, proxy_for
from adapters.chat.slack.manifest import REDIRECT_PATH
from conversations.protocol.installations import Installation, Installations
from service.common.concurrency import Bulkhead, BulkheadFull, CallerLeft

INSTALL_PATH = "/slack/install"

_STATE_SECONDS = 600
_MAX_STATE = 200
# Anybody may come back from Slack, and each has Slack asked over a connection of its own.
_ENDED_AT_ONCE, _WAITING_MAX = 4, 8
# Of states that came back; what is older than these was spent by tens of thousands since.
_SPENT_MAX = 20_000
_BUSY = "Many install the app right now. Please begin again in a minute."
# Bolt and the SDK log codes and whole answers when something goes wrong.
_flow_log = logging.getLogger(f"{__name__}.internal")
_flow_log.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """The app that workspaces install. `public_url` is where their browsers reach us."""

    client_id: str
    client_secret: str = field(repr=False)
    public_url: str
    scopes: tuple[str, ...]
    api_base_url: str = SLACK_API


def install_routes(
    app: OAuthApp, installed: Installations, now: Callable[[], datetime]
) -> list[Route]:
    """Where an administrator begins to install, and where Slack sends them back to."""
    flow = _flow(app, installed, now)

    async def begin(request: Request) -> Response:
        return to_starlette_response(await flow.handle_installation(_bolt_request(request)))

    few = Bulkhead(_ENDED_AT_ONCE, _WAITING_MAX)

    async def end(request: Request) -> Response:
        try:
            async with few.turn(partial(_hangs_up, request)):
                return to_starlette_response(await _ended(flow, _bolt_request(request)))
        except BulkheadFull:
            return PlainTextResponse(_BUSY, 503, {"Retry-After": "5"})
        except CallerLeft:
            return Response(status_code=503)

    return [Route(INSTALL_PATH, begin), Route(REDIRECT_PATH, end)]


class SignedStates(AsyncOAuthStateStore):
    """OAuth states that need no row: a time and a nonce, signed. Bolt ties each to its browser.

    Each is taken once in this process, while it is among the newest that came back.
    """

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        self._key, self._now = secret.encode(), now
        self._spent: dict[str, None] = {}

    @property
    def logger(self) -> logging.Logger:
        return _flow_log

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """A new state, good for ten minutes."""
        payload = f"{int(self._now().timestamp())}.{secrets.token_hex(16)}"
        return f"{payload}.{self._mac(payload)}"

    async def async_consume(self, state: str) -> bool:
        """Whether we issued it, at most ten minutes ago, and it comes back for the first time."""
        payload, _, mac = (state or "")[:_MAX_STATE].rpartition(".")
        if not mac.isascii() or not hmac.compare_digest(mac, self._mac(payload)):
            return False
        issued_at = int(payload.partition(".")[0])
        if not 0 <= self._now().timestamp() - issued_at < _STATE_SECONDS:
            return False
        return self._spend(payload)

    def _spend(self, payload: str) -> bool:
        if payload in self._spent:
            return False
        self._spent[payload] = None
        if len(self._spent) > _SPENT_MAX:
            del self._spent[next(iter(self._spent))]
        return True

    def _mac(self, payload: str) -> str:
        return hmac.new(self._key, b"oauth state\0" + payload.encode(), "sha256").hexdigest()


class _Kept(AsyncInstallationStore):
    """What Bolt's flow asks of a store: to keep a new installation."""

    def __init__(self, installed: Installations) -> None:
        self._installed = installed

    @property
    def logger(self) -> logging.Logger:
        return _flow_log

    async def async_save(self, installation: BoltInstallation) -> None:
        """Raises BoltError for an answer of Slack without a bot, or without a workspace."""
        made = Installation(
            enterprise_id=installation.enterprise_id or "",
            team_id="" if installation.is_enterprise_install else installation.team_id or "",
            is_enterprise_install=bool(installation.is_enterprise_install),
            bot_token=installation.bot_token or "",
        )
        if not made.bot_token or not (made.team_id or made.enterprise_id):
            raise BoltError("an installation without a bot or a workspace")
        await self._installed.save(made)


def _flow(app: OAuthApp, installed: Installations, now: Callable[[], datetime]) -> AsyncOAuthFlow:
    client = AsyncWebClient(
        base_url=app.api_base_url,
        session=api_sessions(app.api_base_url).as_session(),
        retry_handlers=[],
        logger=_flow_log,
        proxy=proxy_for(app.api_base_url),
    )
    settings = AsyncOAuthSettings(
        client_id=app.client_id,
        client_secret=app.client_secret,
        scopes=list(app.scopes),
        redirect_uri=f"{app.public_url}{REDIRECT_PATH}",
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        install_page_rendering_enabled=False,
        authorization_url=_authorization_url(app.api_base_url),
        installation_store=_Kept(installed),
        state_store=SignedStates(app.client_secret, now),
        state_expiration_seconds=_STATE_SECONDS,
        logger=_flow_log,
    )
    return AsyncOAuthFlow(settings=settings, client=client, logger=_flow_log)


def _authorization_url(api_base_url: str) -> str:
    """Beside the Web API, at Slack as before an emulator."""
    return f"{api_base_url.rstrip('/').removesuffix('/api')}/oauth/v2/authorize"


async def _ended(flow: AsyncOAuthFlow, request: AsyncBoltRequest) -> BoltResponse:
    try:
        return await flow.handle_callback(request)
    except Exception as error:
        # A strange query, or a Slack that does not answer: neither is a fault of ours.
        logging.getLogger(__name__).warning("Not installed: %s", type(error).__name__)
        return BoltResponse(status=400, body="The app was not installed. Please begin again.")


async def _hangs_up(request: Request) -> None:
    """Returns once nobody waits for the answer any more."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _bolt_request(request: Request) -> AsyncBoltRequest:
    return to_async_bolt_request(request, b"")

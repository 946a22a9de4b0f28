"""The one way out: HTTP clients that call only the hosts an adapter declares.

A host is an origin, as `https://api.stripe.com`, or all below a domain, as `https://*.slack.com`.
Whoever answers with another address is not followed there: nothing here follows a redirect.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any, cast

import aiohttp
import httpx
from aiohttp.client_middlewares import ClientHandlerType

from billing.origins import origin_of

_BELOW = "*."
_SECURE = {"ws": "http", "wss": "https"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# To each gateway: people who press at once wait for each other, and take no descriptors from the
# database and the chats.
CONNECTIONS_MAX = 20
_log = logging.getLogger(__name__)


class HostAllowlist:
    """What one adapter may call. `name` is how the log calls it."""

    def __init__(self, name: str, *hosts: str) -> None:
        """Raises ValueError for a host that is no plain http or https origin."""
        self.name = name
        self._exact = frozenset(origin_of(each) for each in hosts if _BELOW not in each)
        self._below = tuple(_split(each) for each in hosts if _BELOW in each)
        self._told = False

    def allows(self, address: str) -> bool:
        """Whether the address is on a host of the list; a socket's counts as its http address."""
        scheme, colon, rest = address.partition(":")
        try:
            asked = origin_of(f"{_SECURE.get(scheme.lower(), scheme)}{colon}{rest}")
        except ValueError:
            return False
        return asked in self._exact or any(
            asked.startswith(scheme) and asked.endswith(f".{domain}")
            for scheme, domain in self._below
        )

    def refusal_reason(self, address: str) -> str | None:
        """Why the address is not called; None when it may be. Logged once, without the address."""
        if self.allows(address):
            return None
        if not self._told:
            self._told = True
            _log.error("%s: a request to a host that is not on its list was refused", self.name)
        return f"{self.name}: not a host of its list"


def _split(below: str) -> tuple[str, str]:
    scheme, _, domain = below.partition(_BELOW)
    origin_of(f"{scheme}{domain}")
    return scheme, domain


# --- httpx -----------------------------------------------------------------------------------


def http_client(
    door: HostAllowlist,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    trust_env: bool = True,
) -> httpx.AsyncClient:
    """An httpx client behind the door; what is refused raises httpx.ConnectError."""
    return httpx.AsyncClient(
        transport=transport,
        verify=tls_context(),
        trust_env=trust_env,
        follow_redirects=False,
        event_hooks=allowlist_hooks(door),
        limits=httpx.Limits(max_connections=CONNECTIONS_MAX),
    )


@cache
def tls_context() -> ssl.SSLContext:
    """Whose certificates are believed: the same for every client, and slow to read."""
    return httpx.create_ssl_context()


def allowlist_hooks(door: HostAllowlist) -> dict[str, list[Callable[..., Any]]]:
    """The same for a client that somebody else makes; proxies of the environment go on working."""

    async def check(request: httpx.Request) -> None:
        refusal = door.refusal_reason(str(request.url))
        if refusal is not None:
            raise httpx.ConnectError(refusal, request=request)

    return {"request": [check]}


# --- aiohttp ---------------------------------------------------------------------------------


def new_session(door: HostAllowlist, seconds: float | None = None) -> aiohttp.ClientSession:
    """An aiohttp session behind the door; what is refused raises aiohttp.ClientConnectionError.

    `seconds` are for a whole request; without them it takes as long as it takes.
    """

    async def check(
        request: aiohttp.ClientRequest, go_on: ClientHandlerType
    ) -> aiohttp.ClientResponse:
        refusal = door.refusal_reason(str(request.url))
        if refusal is not None:
            raise aiohttp.ClientConnectionError(refusal)
        response = await go_on(request)
        if response.status in _REDIRECTS:
            response.close()
            raise aiohttp.ClientConnectionError(f"{door.name}: redirects are not followed")
        return response

    timeout = aiohttp.ClientTimeout(total=seconds)
    return aiohttp.ClientSession(timeout=timeout, middlewares=(check,))


class OutgoingSessions:
    """As much of an aiohttp session as Slack's SDK asks for, behind the door.

    Connections are kept while `kept` is entered; outside, each call has its own.
    """

    closed = False

    def __init__(self, door: HostAllowlist, seconds: float) -> None:
        self._door, self._seconds = door, seconds
        self._kept: aiohttp.ClientSession | None = None

    def as_session(self) -> aiohttp.ClientSession:
        """For the SDK, which asks for the whole type."""
        return cast("aiohttp.ClientSession", self)

    @asynccontextmanager
    async def keep_connections(self) -> AsyncIterator[None]:
        """Keep connections open while entered."""
        async with new_session(self._door, self._seconds) as session:
            with self._keeping(session):
                yield

    @asynccontextmanager
    async def request(
        self, method: str, url: str, **given: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request, as aiohttp's own method."""
        if self._kept is not None:
            async with self._kept.request(method, url, **given) as response:
                yield response
            return
        async with (
            new_session(self._door, self._seconds) as session,
            session.request(method, url, **given) as response,
        ):
            yield response

    @contextmanager
    def _keeping(self, session: aiohttp.ClientSession) -> Iterator[None]:
        self._kept = session
        try:
            yield
        finally:
            self._kept = None

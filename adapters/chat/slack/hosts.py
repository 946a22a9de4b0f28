"""The hosts that the Slack adapter may call, and the proxy between.

https://docs.slack.dev/apis/events-api/using-socket-mode gives sockets below slack.com;
https://docs.slack.dev/interactivity/handling-user-interaction gives response URLs at its hooks.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from adapters.outgoing import HostAllowlist, OutgoingSessions, new_session
from billing.origins import origin_of

SLACK_API = "https://slack.com/api/"

_HOOKS = "https://hooks.slack.com"
_SOCKETS = "https://*.slack.com"
_TIMEOUT_SECONDS = 10
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def api_sessions(base_url: str) -> OutgoingSessions:
    """For the Web API at that address, and nothing else."""
    return OutgoingSessions(HostAllowlist("slack", base_url), _TIMEOUT_SECONDS)


def hook_sessions(base_url: str) -> OutgoingSessions:
    """For response URLs: Slack's own hooks, or the emulator's that the Web API is at."""
    return OutgoingSessions(hook_hosts(base_url), _TIMEOUT_SECONDS)


def hook_hosts(base_url: str) -> HostAllowlist:
    """Where a response URL may lead."""
    return HostAllowlist("slack response_url", _HOOKS if _is_slacks(base_url) else base_url)


def socket_session(base_url: str) -> aiohttp.ClientSession:
    """For Socket Mode: a socket at Slack, or at the emulator that the Web API is at."""
    return new_session(
        HostAllowlist("slack socket", _SOCKETS if _is_slacks(base_url) else base_url)
    )


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for this address; none for this very machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def _is_slacks(base_url: str) -> bool:
    return origin_of(base_url) == origin_of(SLACK_API)

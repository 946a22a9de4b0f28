"""The workspaces one app serves: the configured one, or those that installed it.

A tenant is a workspace `T1`, or `E1.T1` where its whole organisation installed the app at once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from adapters.chat.slack.answers import DeliveryAnswers
from adapters.chat.slack.hosts import api_sessions
from adapters.chat.slack.people import PeopleCache
from adapters.chat.slack.web import SlackWeb
from adapters.outgoing import OutgoingSessions
from conversations.protocol.installations import Installations
from conversations.protocol.ports import ChatError, Verdict

_MAX_REMEMBERED = 1_000


class Workspace:
    """The Web API, the people and the answers of one installation."""

    def __init__(
        self, token: str, base_url: str, now: Callable[[], datetime], sessions: OutgoingSessions
    ) -> None:
        self.web = SlackWeb(token, base_url, now, sessions)
        self.people = PeopleCache(self.web, now)
        self.answers = DeliveryAnswers(self.web)


class Workspaces:
    """Finds a tenant's workspace. `token` is that of the only one; "" with `installed`."""

    def __init__(
        self,
        token: str,
        base_url: str,
        now: Callable[[], datetime],
        installed: Installations | None,
    ) -> None:
        self._token, self._base_url, self._now = token, base_url, now
        self._installed = installed
        self._by_token: dict[str, Workspace] = {}
        self._sessions = api_sessions(base_url)

    @asynccontextmanager
    async def keep_connections(self) -> AsyncIterator[None]:
        """Keep connections open while entered; outside, each call opens its own."""
        async with self._sessions.keep_connections():
            yield

    @property
    def single(self) -> Workspace | None:
        """The one that the token is for; None where workspaces install the app themselves."""
        return self._of_token(self._token) if self._installed is None else None

    async def of(self, tenant: str) -> Workspace:
        """The tenant's workspace. Raises ChatError, shut out, where the app is not installed."""
        if self._installed is None:
            return self._of_token(self._token)
        found = await self._installed.find(tenant)
        if found is None:
            sentence = "slack: the app is not installed in this workspace"
            raise ChatError(sentence, Verdict.SHUT_OUT)
        return self._of_token(found.bot_token)

    def _of_token(self, token: str) -> Workspace:
        workspace = self._by_token.get(token)
        if workspace is None:
            if len(self._by_token) >= _MAX_REMEMBERED:
                self._by_token.clear()
            workspace = Workspace(token, self._base_url, self._now, self._sessions)
            self._by_token[token] = workspace
        return workspace

"""The calls to Slack's Web API, each made once: callers decide whether to ask again.

Every method raises ChatError. The SDK's own retries are off: its default posts a message twice
when Slack's answer is lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.chat.slack.errors import SlackRefused, raising_chat_errors
from adapters.chat.slack.hosts import api_sessions, hook_sessions, proxy_for
from adapters.chat.slack.payloads import METADATA_TYPE
from adapters.outgoing import OutgoingSessions
from conversations.protocol.places import HomeTab, write_place
from conversations.protocol.ports import ChatError, MessageRef

# The person waits for these, and Slack for our acknowledgement: 3 s in all.
_PROMPT_SECONDS = 1.5
_MEMBERS_FRESH = timedelta(seconds=60)
_SHARED_FRESH = timedelta(minutes=10)
_MEMBERS_PAGE = 200
# https://docs.slack.dev/reference/methods/chat.delete: the message stays, or there is none.
_NOT_DELETED = frozenset(
    {"cant_delete_message", "compliance_exports_prevent_deletion", "message_not_found"}
)
_MAX_PAGES = 100
_MAX_REMEMBERED = 10_000

# The SDK logs whole requests and answers at DEBUG, however loud the root logger is set.
_sdk_log = logging.getLogger(f"{__name__}.sdk")
_sdk_log.setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class MessageContent:
    """What a message says: escaped text for screen readers, blocks for everybody else."""

    text: str
    blocks: list[dict[str, Any]]
    subject: str | None = None
    card: str = ""

    @property
    def metadata(self) -> dict[str, Any] | None:
        """What a message is about: for its own menu, and for an operator in Slack's export."""
        if self.subject is None:
            return None
        about = {"subject": self.subject, **({"card": self.card} if self.card else {})}
        return {"event_type": METADATA_TYPE, "event_payload": about}


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Whose token it is, as Slack says: the bot's name, its workspace's name and id."""

    name: str
    team: str
    tenant: str


@dataclass(frozen=True, slots=True)
class OpenedModal:
    """A modal that a person has before them; `hash` changes with it."""

    id: str
    hash: str


class SlackWeb:
    """The Web API for one workspace. `now` dates what it remembers of channels.

    `sessions` are what all workspaces share; without them each call has a connection of its own.
    """

    def __init__(
        self,
        token: str,
        base_url: str,
        now: Callable[[], datetime],
        sessions: OutgoingSessions | None = None,
    ) -> None:
        self._now = now
        self._hooks = hook_sessions(base_url)
        self._client = AsyncWebClient(
            token=token,
            base_url=base_url,
            session=(sessions or api_sessions(base_url)).as_session(),
            retry_handlers=[],
            logger=_sdk_log,
        )
        # The SDK takes any proxy of the environment, even for what stands in NO_PROXY.
        self._client.proxy = proxy_for(base_url)
        self._members: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._direct: dict[str, str] = {}
        self._shared: dict[str, tuple[datetime, bool]] = {}

    async def whoami(self) -> BotIdentity:
        """Whose token ours is."""
        async with raising_chat_errors("auth.test"):
            answer = await self._client.auth_test()
        return BotIdentity(*(str(answer.get(name) or "?") for name in ("user", "team", "team_id")))

    async def post(self, channel: str, content: MessageContent, *, thread: str = "") -> MessageRef:
        """Post in a channel, in a thread there, or in the direct message of a person's id."""
        async with raising_chat_errors("chat.postMessage"):
            answer = await self._client.chat_postMessage(
                channel=channel,
                text=content.text,
                blocks=content.blocks,
                metadata=content.metadata,
                thread_ts=thread or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        return _message_ref(answer, "chat.postMessage")

    async def post_privately(self, channel: str, user: str, content: MessageContent) -> None:
        """Say something in a channel that one person alone sees."""
        async with raising_chat_errors("chat.postEphemeral"), asyncio.timeout(_PROMPT_SECONDS):
            await self._client.chat_postEphemeral(
                channel=channel, user=user, text=content.text, blocks=content.blocks
            )

    async def update(self, message: MessageRef, content: MessageContent) -> MessageRef:
        """Edit a message of ours; it never unfurls, as it was posted so."""
        async with raising_chat_errors("chat.update"):
            answer = await self._client.chat_update(
                channel=message.chat,
                ts=message.id,
                text=content.text,
                blocks=content.blocks,
                metadata=content.metadata,
            )
        return _message_ref(answer, "chat.update")

    async def delete(self, message: MessageRef) -> bool:
        """Take a message of ours away; False where Slack does not, or it is gone already."""
        try:
            async with raising_chat_errors("chat.delete"):
                await self._client.chat_delete(channel=message.chat, ts=message.id)
        except SlackRefused as refused:
            if refused.code not in _NOT_DELETED:
                raise
            return False
        return True

    async def publish(self, home: HomeTab, content: MessageContent) -> MessageRef:
        """Show a person's home tab anew."""
        view = {"type": "home", "blocks": content.blocks}
        async with raising_chat_errors("views.publish"):
            answer = await self._client.views_publish(user_id=home.person, view=view)
        return MessageRef(write_place(home), _text(answer.get("view"), "id", "views.publish"))

    async def open_form(self, trigger_id: str, view: dict[str, Any]) -> OpenedModal:
        """Open a modal; the trigger id works once, for three seconds."""
        async with raising_chat_errors("views.open"), asyncio.timeout(_PROMPT_SECONDS):
            answer = await self._client.views_open(trigger_id=trigger_id, view=view)
            shown = answer.get("view") or {}
            return OpenedModal(str(shown.get("id", "")), str(shown.get("hash", "")))

    async def fill_form(self, opened: OpenedModal, view: dict[str, Any]) -> None:
        """Put another view in the place of one that is open and has not changed since."""
        async with raising_chat_errors("views.update"):
            await self._client.views_update(view_id=opened.id, hash=opened.hash, view=view)

    async def direct_channel(self, user: str) -> str:
        """The id of the bot's direct message with a person."""
        if user not in self._direct:
            async with raising_chat_errors("conversations.open"), asyncio.timeout(_PROMPT_SECONDS):
                answer = await self._client.conversations_open(users=user)
            channel = answer.get("channel")
            if len(self._direct) >= _MAX_REMEMBERED:
                self._direct.clear()
            self._direct[user] = _text(channel, "id", "conversations.open")
        return self._direct[user]

    async def person(self, user: str) -> Mapping[str, Any]:
        """Slack's record of a person, with their locale."""
        async with raising_chat_errors("users.info"):
            answer = await self._client.users_info(user=user, include_locale=True)
            record = answer.get("user")
        if not isinstance(record, Mapping):
            raise ChatError("slack users.info: an answer without user")
        # Whose they are is what it is asked for: without it they would count as a stranger.
        _text(record, "team_id", "users.info")
        return record

    def recalled_members(self, channel: str) -> frozenset[str] | None:
        """Who was in a channel at most a minute ago; None when nobody asked since."""
        asked_at, members = self._members.get(channel, (None, frozenset()))
        fresh = asked_at is not None and abs(self._now() - asked_at) < _MEMBERS_FRESH
        return members if fresh else None

    async def members(self, channel: str) -> frozenset[str]:
        """Who is in a channel, at most a minute ago."""
        known = self.recalled_members(channel)
        if known is not None:
            return known
        asked_at = self._now()
        members = frozenset([member async for member in self._read_members(channel)])
        if len(self._members) >= _MAX_REMEMBERED:
            self._members.clear()
        self._members[channel] = (asked_at, members)
        return members

    async def is_shared_outside(self, channel: str) -> bool:
        """Whether other companies read a channel, or soon will; at most ten minutes ago."""
        known = self._shared.get(channel)
        if known is not None and abs(self._now() - known[0]) < _SHARED_FRESH:
            return known[1]
        asked_at = self._now()
        async with raising_chat_errors("conversations.info"):
            answer = await self._client.conversations_info(channel=channel)
            record = answer.get("channel")
        if not isinstance(record, Mapping):
            raise ChatError("slack conversations.info: an answer without channel")
        shared = any(record.get(name) for name in ("is_ext_shared", "is_pending_ext_shared"))
        if len(self._shared) >= _MAX_REMEMBERED:
            self._shared.clear()
        self._shared[channel] = (asked_at, shared)
        return shared

    async def respond(self, response_url: str, body: dict[str, Any]) -> None:
        """Answer where a person pressed. Only Slack's own addresses are called."""
        async with (
            raising_chat_errors("response_url"),
            asyncio.timeout(_PROMPT_SECONDS),
            self._hooks.request(
                "POST", response_url, json=body, proxy=proxy_for(response_url)
            ) as answer,
        ):
            status = answer.status
        if status != 200:
            raise ChatError(f"slack response_url: http_{status}")

    async def _read_members(self, channel: str) -> AsyncIterator[str]:
        cursor = ""
        for _ in range(_MAX_PAGES):
            async with raising_chat_errors("conversations.members"):
                # Page by page; a channel with more people than that is no place for an account.
                answer = await self._client.conversations_members(
                    channel=channel, limit=_MEMBERS_PAGE, cursor=cursor or None
                )
                members, metadata = answer.get("members"), answer.get("response_metadata")
            for member in _ids(members):
                yield member
            cursor = _next_cursor(metadata)
            if not cursor:
                return


def _message_ref(answer: AsyncSlackResponse, method: str) -> MessageRef:
    return MessageRef(_text(answer, "channel", method), _text(answer, "ts", method))


def _ids(members: object) -> list[str]:
    """The people on a page. Who is on none that can be read may be in all the same."""
    if isinstance(members, list) and all(isinstance(each, str) and each for each in members):
        return members
    raise ChatError("slack conversations.members: an answer without members")


def _next_cursor(metadata: object) -> str:
    """Where the next page begins; "" after the last."""
    cursor = metadata.get("next_cursor") if isinstance(metadata, Mapping) else metadata
    if cursor is None or (isinstance(metadata, Mapping) and isinstance(cursor, str)):
        return cursor or ""
    raise ChatError("slack conversations.members: an answer with an odd cursor")


def _text(record: Any, name: str, method: str) -> str:
    value = record.get(name) if isinstance(record, Mapping | AsyncSlackResponse) else None
    if not isinstance(value, str) or not value:
        raise ChatError(f"slack {method}: an answer without {name}")
    return value

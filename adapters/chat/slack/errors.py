"""Slack's error codes as ChatError: which mean wait, which gone, which lost. It retries nothing.

Codes: https://docs.slack.dev/reference/methods/chat.postMessage and …/chat.update.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from conversations.ports import ChatError

_LOST = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_GONE = frozenset(
    {
        "access_denied",
        "cannot_reply_to_message",
        "cannot_dm_bot",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "is_archived",
        "messages_tab_disabled",
        "no_permission",
        "not_enabled",
        "restricted_action",
        "thread_not_found",
        "user_disabled",
        "user_not_found",
    }
)
# The bot is shut out, and may be let in again: what is to be shown waits instead of being lost.
_SHUT_OUT = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
PAUSE = timedelta(minutes=5)
_OUTAGE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


class SlackRefused(ChatError):
    """Slack answered, and said no; `code` is its word for why, or `http_…` for no word."""

    code = ""


@asynccontextmanager
async def told_as_chat_error(method: str) -> AsyncIterator[None]:
    """Raise ChatError for whatever goes wrong inside: only Slack's code, never its answer.

    A time-out, a lost connection and a 5xx leave open whether Slack did what was asked.
    """
    try:
        yield
    except SlackApiError as error:
        raise _refused(method, error) from None
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise ChatError(
            f"slack {method}: no answer ({type(error).__name__})", outage=True
        ) from None


def _refused(method: str, error: SlackApiError) -> SlackRefused:
    code = _code(error)
    refused = SlackRefused(
        f"slack {method}: {code}",
        retry_after=_wait(error, code),
        gone=code in _GONE,
        lost=code in _LOST,
        outage=code in _OUTAGE or _status(error) >= _SERVER_ERROR,
    )
    refused.code = code
    return refused


def _code(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else f"http_{_status(error)}"


def _wait(error: SlackApiError, code: str) -> timedelta | None:
    if code in _SHUT_OUT:
        return PAUSE
    if _status(error) != _TOO_MANY_REQUESTS and code not in ("ratelimited", "rate_limited"):
        return None
    said = str(getattr(error.response, "headers", {}).get("Retry-After", ""))
    return timedelta(seconds=int(said)) if said.isascii() and said.isdigit() else None


def _status(error: SlackApiError) -> int:
    # Where the body was no JSON the SDK gives aiohttp's own response, which has `status`.
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)

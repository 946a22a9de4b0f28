"""Slack's error codes as ChatError: what each means for the message.

Codes: https://docs.slack.dev/reference/methods/chat.postMessage, …/chat.update, …/views.publish
and …/conversations.info.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from conversations.protocol.ports import ChatError, Verdict

_CODES: Mapping[Verdict, str] = {
    Verdict.OUTAGE: """
        external_channel_migrating fatal_error internal_error rate_limited ratelimited
        request_timeout service_unavailable streaming_state_conflict team_added_to_org
    """,
    Verdict.LOST: "cant_update_message edit_window_closed message_not_found",
    # A private channel that the bot is not in looks like none: it may still be invited.
    Verdict.SHUT_OUT: """
        access_denied accesslimited account_inactive channel_not_found ekm_access_denied
        enterprise_is_restricted invalid_auth message_limit_exceeded messages_tab_disabled
        missing_scope no_permission not_allowed_token_type not_authed not_enabled not_in_channel
        org_login_required restricted_action restricted_action_read_only_channel
        restricted_action_thread_only_channel team_access_not_granted token_expired token_revoked
        two_factor_setup_required
    """,
    Verdict.GONE: """
        cannot_dm_bot cannot_reply_to_message invalid_thread_ts is_archived is_inactive
        restricted_action_non_threadable_channel restricted_action_thread_locked team_not_found
        thread_not_found user_disabled user_not_found
    """,
    Verdict.HOPELESS: """
        as_user_not_supported block_mismatch deprecated_endpoint invalid_arg_name
        invalid_arguments invalid_array_arg invalid_attachments invalid_blocks
        invalid_blocks_format invalid_charset invalid_form_data invalid_json
        invalid_metadata_format invalid_metadata_schema invalid_post_type json_not_object
        markdown_text_conflict metadata_must_be_sent_from_app metadata_too_large
        method_deprecated missing_post_type msg_blocks_too_long msg_too_long no_text
        slack_connect_file_link_sharing_blocked too_many_attachments too_many_contact_cards
        unknown_method view_too_large
    """,
}
_VERDICTS = {code: verdict for verdict, codes in _CODES.items() for code in codes.split()}
_RATE_LIMITED = frozenset({"rate_limited", "ratelimited"})
# Everywhere in a workspace where one method is refused so: only posting is counted by channel.
# https://docs.slack.dev/apis/web-api/rate-limits
_BY_CHANNEL = "chat.postMessage"
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


class SlackRefused(ChatError):
    """Slack answered, and said no; `code` is its word for why, or `http_…` for no word."""

    code = ""


@asynccontextmanager
async def raising_chat_errors(method: str) -> AsyncIterator[None]:
    """Raise ChatError for whatever goes wrong inside: only Slack's code, never its answer.

    A time-out, a lost connection and a 5xx leave open whether Slack did what was asked.
    """
    try:
        yield
    except SlackApiError as error:
        raise _refused(method, error) from None
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        what = f"slack {method}: no answer ({type(error).__name__})"
        raise ChatError(what, Verdict.OUTAGE) from None
    except ChatError:
        raise
    except Exception as error:  # the SDK stumbles over an answer of another form
        what = f"slack {method}: an odd answer ({type(error).__name__})"
        raise ChatError(what, Verdict.OUTAGE) from None


def _refused(method: str, error: SlackApiError) -> SlackRefused:
    code, status = _code(error), _status(error)
    limited = status == _TOO_MANY_REQUESTS or code in _RATE_LIMITED
    away = limited or status >= _SERVER_ERROR
    refused = SlackRefused(
        f"slack {method}: {code}",
        Verdict.OUTAGE if away else _VERDICTS.get(code, Verdict.UNCLEAR),
        retry_after=_told_to_wait(error) if limited else None,
        limit="" if method == _BY_CHANNEL else method,
    )
    refused.code = code
    return refused


def _code(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else f"http_{_status(error)}"


def _told_to_wait(error: SlackApiError) -> timedelta | None:
    said = str(getattr(error.response, "headers", {}).get("Retry-After", ""))
    return timedelta(seconds=int(said)) if said.isascii() and said.isdigit() else None


def _status(error: SlackApiError) -> int:
    # Where the body was no JSON the SDK gives aiohttp's own response, which has `status`.
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)

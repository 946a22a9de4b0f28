"""Slack's error codes in our words: every code that the methods we call can answer with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from conversations.protocol.places import read_chat
from conversations.protocol.ports import ChatError, Message, MessageRef, Verdict
from conversations.protocol.views import View
from tests.support.chats.slack_adapter_env import SlackWorld, slack_world
from tests.support.chats.slack_server import DIRECT, Planned

CARD = Message(View("Title", "All."))
SHOWN = MessageRef(DIRECT, "1.2")

# From the pages of chat.postMessage, chat.update, views.publish and conversations.info.
CODES = {
    Verdict.OUTAGE: """
        external_channel_migrating fatal_error internal_error rate_limited ratelimited
        request_timeout service_unavailable streaming_state_conflict team_added_to_org
    """,
    Verdict.LOST: "cant_update_message edit_window_closed message_not_found",
    Verdict.SHUT_OUT: """
        access_denied accesslimited account_inactive channel_not_found ekm_access_denied
        enterprise_is_restricted invalid_auth message_limit_exceeded messages_tab_disabled
        missing_scope no_permission not_allowed_token_type not_authed not_enabled not_in_channel
        org_login_required restricted_action restricted_action_read_only_channel
        restricted_action_thread_only_channel team_access_not_granted token_expired token_revoked
        two_factor_setup_required
    """,
    Verdict.GONE: """
        cannot_dm_bot cannot_reply_to_message is_archived is_inactive invalid_thread_ts
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
    # Nothing that we know of comes of these, and of what Slack may think of next year.
    Verdict.UNCLEAR: """
        cant_broadcast_message duplicate_channel_not_found duplicate_external_id
        duplicate_message_not_found hash_conflict no_dual_broadcast_content_update update_failed
        word_of_next_year
    """,
}
TABLE = [(code, verdict) for verdict, codes in CODES.items() for code in codes.split()]


@pytest.fixture
async def world() -> AsyncIterator[SlackWorld]:
    async with slack_world() as opened:
        yield opened


async def refused(
    world: SlackWorld, planned: Planned, replacing: MessageRef | None = SHOWN, chat: str = "U1"
) -> ChatError:
    """What comes of showing a card when the next call ends so; nothing is called twice."""
    world.slack.plan("*", planned)
    before = len(world.slack.calls)
    with pytest.raises(ChatError) as caught:
        await world.adapter.show(read_chat("slack", "T1", chat), CARD, replacing=replacing)
    assert len(world.slack.calls) == before + 1
    return caught.value


async def test_38_each_code_has_its_verdict(world: SlackWorld) -> None:
    """Wait, wait to be let in, post anew, give the chat or the message up: one of these each."""
    found = {code: (await refused(world, Planned(code))).verdict for code, _ in TABLE}

    assert found == dict(TABLE)


@pytest.mark.parametrize(
    ("planned", "wait"),
    [
        (Planned("ratelimited", 429, {"Retry-After": "30"}), 30),
        (Planned("ratelimited", 200, {"Retry-After": "3"}), 3),
        (Planned("rate_limited", 200, {"Retry-After": "600"}), 600),
        (Planned("ratelimited", 429), None),
        (Planned("ratelimited", 429, {"Retry-After": "soon"}), None),
        (Planned("service_unavailable", 503, {"Retry-After": "9"}), None),
        (Planned("invalid_blocks", 500), None),
        (Planned(status=502), None),
        (Planned(lose_reply=True), None),
    ],
)
async def test_35_a_wait_is_passed_on_to_the_second(
    world: SlackWorld, planned: Planned, wait: int | None
) -> None:
    """Only where Slack says that we are too quick; all else that is no answer is waited out."""
    error = await refused(world, planned)

    assert error.verdict is Verdict.OUTAGE
    assert error.retry_after == (None if wait is None else timedelta(seconds=wait))


@pytest.mark.parametrize(
    ("chat", "replacing", "limit"),
    [
        ("U1", None, ""),
        ("U1", SHOWN, "chat.update"),
        ("home:U1", None, "views.publish"),
        ("C1", None, "conversations.info"),
    ],
)
async def test_35_a_wait_says_whom_it_is_for(
    world: SlackWorld, chat: str, replacing: MessageRef | None, limit: str
) -> None:
    """Slack counts posts by channel, and every other method for the whole workspace."""
    planned = Planned("ratelimited", 429, {"Retry-After": "30"})

    assert (await refused(world, planned, replacing, chat)).limit == limit

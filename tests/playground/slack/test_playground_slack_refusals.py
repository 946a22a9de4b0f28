"""What the emulated Slack refuses, and how it fails on demand."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.blocks.blocks import checked_blocks, checked_view
from playground.slack.world.records import SlackError
from playground.slack.world.world import random_id
from tests.support.chats.slack_emulator import (
    ANA,
    BEN,
    DM,
    MODAL,
    TOKEN,
    Town,
    refusal,
    slack_town,
)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with slack_town() as running:
        yield running


# -- refusals


def section(text: str, **more: object) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: object) -> dict[str, Any]:
    made = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, **more}
    return {"type": "actions", "elements": [made]}


@pytest.mark.parametrize(
    ("blocks", "complaint"),
    [
        ([section("x" * 3001)], "must be less than 3001 characters"),
        ([section("")], "must be more than 0 characters"),
        ([section("x", colour="red")], "unexpected field: colour"),
        ([{"type": "section"}], "missing required field: text or fields"),
        ([{"type": "carousel"}], "unsupported type: carousel"),
        ([section("x", block_id="b"), section("y", block_id="b")], "`b` already exists"),
        ([button(text={"type": "mrkdwn", "text": "Go"})], "unsupported type: mrkdwn"),
        ([button(text={"type": "plain_text", "text": "x" * 76})], "less than 76"),
        ([button(value="x" * 2001)], "less than 2001"),
        ([button(url="javascript:alert(1)")], "must be a valid URL"),
        ([button(style="loud")], "must be one of primary, danger"),
        ([{"type": "actions", "elements": []}], "no fewer than 1 items"),
        ([{"type": "actions", "elements": button()["elements"] * 26}], "no more than 25 items"),
        ([{"type": "divider"}] * 51, "no more than 50 items"),
        (
            [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
            "less than 151",
        ),
    ],
)
def test_bad_blocks_are_refused_with_the_reason(blocks: list[Any], complaint: str) -> None:
    """invalid_blocks names what is wrong and where."""
    with pytest.raises(SlackError, match="invalid_blocks") as caught:
        checked_blocks(blocks, random_id)
    assert complaint in caught.value.messages[0]
    assert "json-pointer:/blocks" in caught.value.messages[0]


async def test_a_refused_message_is_not_posted(town: Town) -> None:
    """The SDK sees the reasons, and the window sees nothing."""
    reply = await refusal(
        town.client.chat_postMessage(channel=ANA, text="x", blocks=[{"type": "carousel"}])
    )
    assert reply["error"] == "invalid_blocks"
    assert "unsupported type" in reply["response_metadata"]["messages"][0]
    assert town.texts() == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": {"type": "plain_text", "text": "x" * 25}}, "/view/title/text"),
        ({"submit": None}, "must be an object"),
        ({"colour": "red"}, "unexpected field: colour"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items"),
        ({"type": "home", "blocks": []}, "unexpected field"),
    ],
)
def test_bad_views_are_refused(changes: dict[str, Any], complaint: str) -> None:
    """invalid_arguments with the reasons."""
    with pytest.raises(SlackError, match="invalid_arguments") as caught:
        checked_view({**MODAL, **changes}, random_id, "modal")
    assert complaint in "\n".join(caught.value.messages)


async def test_inputs_need_a_submit_button(town: Town) -> None:
    """Such a modal is refused with the reason, and its trigger is not used up."""
    view = {name: value for name, value in MODAL.items() if name != "submit"}
    trigger = town.world.issue_trigger(ANA)
    reply = await refusal(town.client.views_open(trigger_id=trigger, view=view))
    assert "`submit` is required" in reply["response_metadata"]["messages"][0]
    await town.client.views_open(trigger_id=trigger, view=MODAL)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("chat.postMessage", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "C0GENERAL", "text": "x"}, "not_in_channel"),
    ("chat.postMessage", {"channel": "C0BILLING"}, "no_text"),
    ("chat.postMessage", {"channel": "C0BILLING", "text": "x" * 40_001}, "msg_too_long"),
    ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    (
        "chat.postMessage",
        {"channel": "C0BILLING", "text": "x", "metadata": {"event_type": "t"}},
        "invalid_metadata_format",
    ),
    ("chat.postMessage", {"channel": ANA, "blocks": "{"}, "invalid_blocks_format"),
    ("chat.update", {"channel": DM, "ts": "1.000000", "text": "x"}, "message_not_found"),
    ("chat.postEphemeral", {"channel": DM, "user": BEN, "text": "x"}, "user_not_in_channel"),
    ("chat.destroy", {}, "unknown_method"),
    ("users.info", {"user": "U0NONE"}, "user_not_found"),
    ("views.update", {"view_id": "V0NONE", "view": MODAL}, "not_found"),
]


async def test_refusals_in_slacks_words(town: Town) -> None:
    """HTTP 200 with ok false and the error's name."""
    for method, args, error in REFUSED:
        reply = await refusal(town.client.api_call(method, json=args))
        assert (method, reply.status_code, reply["error"]) == (method, 200, error)


async def test_only_the_author_edits_and_deletes(town: Town) -> None:
    """A person's message is not the bot's to change."""
    said = await town.window.say(ANA, "C0BILLING", "mine")
    update = town.client.chat_update(channel="C0BILLING", ts=said["ts"], text="x")
    delete = town.client.chat_delete(channel="C0BILLING", ts=said["ts"])
    assert (await refusal(update))["error"] == "cant_update_message"
    assert (await refusal(delete))["error"] == "cant_delete_message"


async def test_tokens_are_checked(town: Town) -> None:
    """No token is not_authed, a wrong one invalid_auth."""
    assert (await town.post("/slack/api/auth.test"))["error"] == "not_authed"
    stranger = AsyncWebClient("xoxb-other", base_url=f"{town.base_url}/slack/api/")
    assert (await refusal(stranger.auth_test()))["error"] == "invalid_auth"


async def test_the_look_up_methods(town: Town) -> None:
    """Who, where and what, as the SDK asks for it."""
    me = await town.client.auth_test()
    assert (me["user_id"], me["team_id"]) == ("U0TOPUP", "T0ACME")
    cleo = (await town.client.users_info(user="U0CLEO", include_locale=True))["user"]
    assert ("is_stranger" in cleo, cleo["team_id"], cleo["locale"]) == (False, "T0OTHER", "en-US")
    assert cleo["tz_offset"] in (-18000, -14400)
    assert (await town.client.conversations_open(users=BEN))["channel"]["id"] == "D0BEN"
    listed = (await town.client.conversations_list())["channels"]
    assert {c["name"]: c["is_member"] for c in listed} == {
        "general": False,
        "cloud-billing": True,
        "partners": True,
    }
    members = (await town.client.conversations_members(channel="C0BILLING"))["members"]
    assert members == [ANA, BEN, "U0DANA", "U0TOPUP"]
    assert (await town.client.team_info())["team"]["domain"] == "acme"


# -- faults


async def test_a_call_can_be_limited_and_can_fail(town: Town) -> None:
    """429 with Retry-After, then 500, then all is well and nothing was done twice."""
    town.world.fail_next("chat.postMessage", "rate_limited", retry_after_seconds=7)
    town.world.fail_next("*", "server_error")
    limited = await refusal(town.client.chat_postMessage(channel=ANA, text="x"))
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    broken = await refusal(town.client.chat_postMessage(channel=ANA, text="x"))
    assert broken.status_code == 500
    await town.client.chat_postMessage(channel=ANA, text="x")
    assert town.texts() == ["x"]


async def test_a_reply_can_be_lost_after_the_work_is_done(town: Town) -> None:
    """The connection drops without a byte: the SDK's default client posts twice, ours once."""
    town.world.fail_next("chat.postMessage", "reply_lost")
    with pytest.raises(aiohttp.ClientError):
        await town.client.chat_postMessage(channel=ANA, text="once")
    assert town.texts() == ["once"]
    town.world.fail_next("chat.postMessage", "reply_lost")
    eager = AsyncWebClient(TOKEN, base_url=f"{town.base_url}/slack/api/")
    await eager.chat_postMessage(channel=ANA, text="twice")
    assert town.texts() == ["once", "twice", "twice"]

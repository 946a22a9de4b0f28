"""App Home, shortcuts and threads of the emulated Slack, driven by the real slack-bolt."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from playground.slack.world.records import SlackError
from tests.support.chats.slack_emulator import (
    ANA,
    BEN,
    BUTTON,
    DM,
    MODAL,
    Town,
    refusal,
    slack_town,
)

BILLING = "C0BILLING"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with slack_town() as running:
        yield running


# -- App Home


async def test_buttons_of_the_home_tab_name_the_view(town: Town) -> None:
    """The container is the view; its id and hash are those that were published."""
    await town.window.open_home(ANA)
    await town.window.settle()
    home = town.window.state(ANA)["home"]
    assert await town.window.press_in_view(ANA, home["id"], "pay", "card") == {"ok": True}
    heard = town.bot.heard[-1]
    assert heard["container"] == {"type": "view", "view_id": home["id"]}
    assert (heard["view"]["type"], heard["view"]["hash"]) == ("home", home["hash"])
    assert "response_url" not in heard


async def test_each_tab_tells_the_bot_that_it_was_opened(town: Town) -> None:
    """app_home_opened says which tab, and brings the view once there is one."""
    await town.window.open_home(ANA, "messages")
    await town.window.open_home(ANA)
    await town.window.settle()
    await town.window.open_home(ANA)
    await town.window.settle()
    told = [(event["tab"], "view" in event) for event in town.bot.heard]
    assert sorted(told[:2]) == [("home", False), ("messages", False)]
    assert told[2] == ("home", True)
    with pytest.raises(SlackError, match="tab_not_found"):
        await town.window.open_home(ANA, "about")


async def test_a_home_tab_is_published_for_each_person(town: Town) -> None:
    """Publishing again gives a new hash to the same view; an old hash is refused."""
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    first = (await town.client.views_publish(user_id=ANA, view=view))["view"]
    second = (await town.client.views_publish(user_id=ANA, view=view, hash=first["hash"]))["view"]
    assert second["id"] == first["id"]
    assert second["hash"] != first["hash"]
    stale = town.client.views_publish(user_id=ANA, view=view, hash=first["hash"])
    assert (await refusal(stale))["error"] == "hash_conflict"
    assert town.window.state(BEN)["home"] is None
    wrong = town.client.views_publish(user_id=ANA, view=MODAL)
    assert (await refusal(wrong))["error"] == "invalid_arguments"


# -- shortcuts


async def test_a_global_shortcut_opens_a_form(town: Town) -> None:
    """It knows of no channel and has no response URL; its trigger opens a modal."""
    assert await town.window.run_shortcut(ANA, "topup_begin") == {"ok": True}
    [heard] = town.bot.heard
    assert (heard["type"], heard["callback_id"]) == ("shortcut", "topup_begin")
    assert heard["user"]["id"] == ANA
    assert not {"channel", "response_url", "message"} & set(heard)
    assert town.window.state(ANA)["modal"]["title"] == MODAL["title"]


async def test_a_message_shortcut_brings_the_message(town: Town) -> None:
    """Anybody's message will do, and the response URL answers in its channel."""
    said = await town.window.say(BEN, BILLING, "Acme Cloud is low")
    answer = await town.post(
        "/window/slack/shortcut",
        user=ANA,
        callback_id="topup_about",
        channel=BILLING,
        ts=said["ts"],
    )
    assert answer == {"ok": True}
    [heard] = town.bot.heard
    assert (heard["type"], heard["message_ts"]) == ("message_action", said["ts"])
    assert heard["channel"] == {"id": BILLING, "name": "cloud-billing"}
    assert heard["message"]["text"] == "Acme Cloud is low"
    hook = AsyncWebhookClient(heard["response_url"])
    await hook.send(text="Only for you")
    assert town.texts(ANA, BILLING)[-1] == "Only for you"
    assert "Only for you" not in town.texts(BEN, BILLING)
    refused = await hook.send(text="mine now", replace_original=True)
    assert refused.status_code == 400


async def test_only_declared_shortcuts_can_be_run(town: Town) -> None:
    """One of the other kind is as unknown as one that is made up."""
    said = await town.window.say(ANA, BILLING, "x")
    with pytest.raises(SlackError, match="shortcut_not_found"):
        await town.window.run_shortcut(ANA, "topup_about")
    with pytest.raises(SlackError, match="shortcut_not_found"):
        await town.window.run_shortcut(ANA, "topup_begin", BILLING, said["ts"])
    assert [s["callback_id"] for s in town.window.state(ANA)["shortcuts"]] == [
        "topup_begin",
        "topup_about",
    ]


# -- threads


async def alert_with_replies(town: Town) -> str:
    alert = await town.client.chat_postMessage(channel=BILLING, text="Low", blocks=[BUTTON])
    ts: str = alert["ts"]
    await town.client.chat_postMessage(channel=BILLING, text="Card", thread_ts=ts, blocks=[BUTTON])
    await town.window.say(BEN, BILLING, "thanks", thread_ts=ts)
    return ts


async def test_the_parent_of_a_thread_counts_its_replies(town: Town) -> None:
    """reply_count, who replied and when last; a reply says whose parent it has."""
    ts = await alert_with_replies(town)
    await town.window.press(ANA, BILLING, ts, "pay", "card")
    parent: dict[str, Any] = town.bot.heard[-1]["message"]
    assert (parent["thread_ts"], parent["reply_count"]) == (ts, 2)
    assert parent["reply_users"] == ["U0TOPUP", BEN]
    reply = town.messages(ANA, BILLING)[1]
    await town.window.press(ANA, BILLING, reply["ts"], "pay", "card")
    heard = town.bot.heard[-1]
    assert heard["container"]["thread_ts"] == heard["message"]["thread_ts"] == ts
    assert heard["message"]["parent_user_id"] == "U0TOPUP"
    assert "reply_count" not in heard["message"]


async def test_a_reply_to_a_reply_is_one_to_the_parent(town: Town) -> None:
    """Threads are one level deep; a thread that is not there is thread_not_found."""
    ts = await alert_with_replies(town)
    reply = town.messages(ANA, BILLING)[1]["ts"]
    await town.window.say(ANA, BILLING, "and I", thread_ts=reply)
    await town.client.chat_postMessage(channel=BILLING, text="and me", thread_ts=reply)
    assert [m["thread_ts"] for m in town.messages(ANA, BILLING)[-2:]] == [ts, ts]
    lost = town.client.chat_postMessage(channel=BILLING, text="x", thread_ts="1.000000")
    assert (await refusal(lost))["error"] == "thread_not_found"


async def test_a_reply_in_a_direct_message_names_its_thread(town: Town) -> None:
    """message.im carries thread_ts and the parent's author; a command is refused there."""
    card = await town.client.chat_postMessage(channel=ANA, text="Card")
    await town.window.say(ANA, DM, "50", thread_ts=card["ts"])
    await town.window.settle()
    [heard] = town.bot.heard
    assert (heard["thread_ts"], heard["parent_user_id"]) == (card["ts"], "U0TOPUP")
    await town.window.say(ANA, DM, "/topup 5", thread_ts=card["ts"])
    assert "not supported in threads" in town.texts()[-1]


async def test_a_broadcast_reply_is_in_the_channel_too(town: Town) -> None:
    """reply_broadcast marks the message, without a thread it means nothing."""
    ts = await alert_with_replies(town)
    sent = await town.client.chat_postMessage(
        channel=BILLING, text="Credited", thread_ts=ts, reply_broadcast=True
    )
    assert sent["message"]["subtype"] == "thread_broadcast"
    assert town.messages(ANA, BILLING)[-1]["broadcast"] is True
    plain = await town.client.chat_postMessage(channel=BILLING, text="x", reply_broadcast=True)
    assert "subtype" not in plain["message"]

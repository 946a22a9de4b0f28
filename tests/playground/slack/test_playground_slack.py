"""Commands, messages, buttons: the emulated Slack against the real slack-bolt and slack_sdk."""

import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from playground.slack.world.records import SlackError, SlackSettings
from tests.support.chats.slack_emulator import (
    ANA,
    BEN,
    BUTTON,
    DM,
    TOKEN,
    Town,
    refusal,
    slack_town,
)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with slack_town() as running:
        yield running


# -- commands and messages


async def test_a_command_is_signed_and_its_text_answer_is_ephemeral(town: Town) -> None:
    """The real Bolt accepts the signature, and only the person who typed sees the answer."""
    await town.window.say(ANA, "C0BILLING", "/topup 50 USD")
    [answer] = town.messages(ANA, "C0BILLING")
    assert (answer["text"], answer["ephemeral"]) == ("You said 50 USD", True)
    assert town.messages(BEN, "C0BILLING") == []
    [heard] = town.bot.heard
    assert heard["user_id"] == ANA
    assert heard["channel_name"] == "cloud-billing"
    assert heard["team_domain"] == "acme"


async def test_a_command_may_answer_with_blocks(town: Town) -> None:
    """A JSON acknowledgement shows its blocks, with the ids filled in that the bot left out."""
    await town.window.say(ANA, DM, "/topup rich")
    [answer] = town.messages()
    assert answer["blocks"] == [BUTTON]


@pytest.mark.parametrize(
    ("text", "error"), [("broken", "http_service_error"), ("bad", "invalid_blocks")]
)
async def test_a_command_that_fails_says_so(town: Town, text: str, error: str) -> None:
    """Slackbot names the error to the person who typed."""
    await town.window.say(ANA, DM, f"/topup {text}")
    [answer] = town.messages()
    assert answer["user"] == "USLACKBOT"
    assert answer["text"] == f'`/topup` failed with the error "{error}"'


async def test_a_bot_that_is_down_fails_the_command(town: Town) -> None:
    """Nobody listening is `dispatch_failed`."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        gone = f"http://127.0.0.1:{unused.getsockname()[1]}"
    town.world.settings = SlackSettings(f"{gone}/slack/events", "hush", TOKEN)
    await town.window.say(ANA, DM, "/topup 5")
    assert "dispatch_failed" in town.texts()[0]


async def test_unknown_commands_never_reach_the_bot(town: Town) -> None:
    """Slackbot answers for a command that the app does not declare."""
    await town.window.say(ANA, DM, "/tipup 5")
    assert "is not a valid command" in town.texts()[0]
    assert town.bot.heard == []


async def test_a_direct_message_is_an_event_and_an_answer_can_be_edited(town: Town) -> None:
    """message.im arrives escaped; chat.postMessage and chat.update show as one message."""
    await town.window.say(ANA, DM, "a <b> & c")
    await town.window.settle()
    assert town.bot.heard[0]["text"] == "a &lt;b&gt; &amp; c"
    assert town.texts() == ["a &lt;b&gt; &amp; c", "done"]
    assert town.messages()[1]["edited"]


async def test_a_channel_message_is_not_sent_to_the_bot(town: Town) -> None:
    """The app subscribes to direct messages only."""
    await town.window.say(ANA, "C0BILLING", "hello")
    await town.window.settle()
    assert town.bot.heard == []
    assert town.texts(BEN, "C0BILLING") == ["hello"]


async def test_events_are_delivered_again_until_accepted(town: Town) -> None:
    """Each retry carries its number, and a fourth failure is the end."""
    town.bot.fail_events = 2
    await town.window.say(ANA, DM, "hello")
    await town.window.settle()
    assert town.bot.retries == [None, "1", "2"]
    town.bot.fail_events, town.bot.retries = 9, []
    await town.window.say(ANA, DM, "again")
    await town.window.settle()
    assert town.bot.retries == [None, "1", "2", "3"]


async def test_times_of_messages_only_grow(town: Town) -> None:
    """Message times are unique even when the clock stands still."""
    stamps = [town.world.next_ts() for _ in range(100)]
    assert stamps == sorted(set(stamps))
    assert all(len(stamp.split(".")[1]) == 6 for stamp in stamps)


# -- buttons and response URLs


async def test_a_press_reaches_the_bot_with_the_message(town: Town) -> None:
    """block_actions carries value, message, container, trigger and a response URL."""
    sent = await town.client.chat_postMessage(channel=ANA, text="Card", blocks=[BUTTON])
    answer = await town.window.press(ANA, DM, sent["ts"], "pay", "card")
    assert answer == {"ok": True}
    [heard] = town.bot.heard
    assert heard["actions"][0]["value"] == "revision-1"
    assert heard["message"]["ts"] == heard["container"]["message_ts"] == sent["ts"]
    assert heard["trigger_id"]


async def test_an_old_button_can_still_be_pressed(town: Town) -> None:
    """A slow client may press what an edit has removed; nonsense is refused in the window."""
    sent = await town.client.chat_postMessage(channel=ANA, text="Card", blocks=[BUTTON])
    await town.client.chat_update(
        channel=DM, ts=sent["ts"], text="Done", blocks=[{"type": "divider"}]
    )
    assert await town.window.press(ANA, DM, sent["ts"], "pay", "card") == {"ok": True}
    with pytest.raises(SlackError, match="action_not_found"):
        await town.window.press(ANA, DM, sent["ts"], "other", "card")


async def test_a_response_url_replaces_an_ephemeral_and_is_used_five_times(town: Town) -> None:
    """It edits what chat.update cannot, then is spent; half an hour later it is expired."""
    sent = await town.client.chat_postEphemeral(channel=DM, user=ANA, text="x", blocks=[BUTTON])
    await town.window.press(ANA, DM, sent["message_ts"], "pay", "card")
    url = town.bot.heard[0]["response_url"]
    hook = AsyncWebhookClient(url, retry_handlers=[])
    replies = [await hook.send(text=f"now {n}", replace_original=True) for n in range(6)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [404]
    assert town.texts() == ["now 4"]
    late = town.window.hooks.issue(ANA, DM)
    town.bot.clock.moment += timedelta(minutes=31)
    assert "expired_url" in (await AsyncWebhookClient(late).send(text="late")).body


async def test_a_response_url_can_delete_and_speak_to_all(town: Town) -> None:
    """delete_original removes; in_channel is seen by everybody, member or not."""
    sent = await town.client.chat_postEphemeral(channel=DM, user=ANA, text="x", blocks=[BUTTON])
    await town.window.press(ANA, DM, sent["message_ts"], "pay", "card")
    await AsyncWebhookClient(town.bot.heard[0]["response_url"]).send(delete_original=True)
    assert town.texts() == []
    hook = AsyncWebhookClient(town.window.hooks.issue(ANA, "C0GENERAL"))
    await hook.send(text="all", response_type="in_channel")
    assert town.texts(BEN, "C0GENERAL") == ["all"]


async def test_ephemerals_are_beyond_chat_update(town: Town) -> None:
    """Slack does not know an ephemeral message any more, once it is sent."""
    sent = await town.client.chat_postEphemeral(channel=DM, user=ANA, text="x")
    update = town.client.chat_update(channel=DM, ts=sent["message_ts"], text="y")
    assert (await refusal(update))["error"] == "message_not_found"

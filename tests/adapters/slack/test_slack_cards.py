"""Cards posted and edited, channels read, and no secret left anywhere on the way."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

import pytest

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from conversations.protocol.actions import Slot
from conversations.protocol.events import ConversationKey
from conversations.protocol.ports import Button, ChatError, Message, MessageRef, Verdict
from conversations.protocol.views import (
    ButtonStyle,
    CardPointer,
    Field,
    Form,
    OpenForm,
    Option,
    PrivateReply,
    View,
)
from tests.support.chats.slack_adapter_env import (
    NOW,
    SIGNING_SECRET,
    TRIGGER_ID,
    SlackWorld,
    slack_world,
)
from tests.support.chats.slack_server import BOT_TOKEN, DIRECT, Planned

FORM = OpenForm(
    Form(
        "draft-1",
        "Top up",
        (Field(Slot.ACCOUNT, "Account", (Option("a", "A"),)), Field(Slot.AMOUNT, "Amount")),
        "Review",
        "Close",
    )
)
HELP = PrivateReply(View("👋 Help", "Help: type /topup.", ("Type <this>.",)))
POINT = CardPointer("I have sent you the card.")
KEY = ConversationKey("slack", "T1", "U1", "U1")


@pytest.fixture
async def world() -> AsyncIterator[SlackWorld]:
    async with slack_world() as opened:
        yield opened


# --- cards -------------------------------------------------------------------------------------


async def test_a_card_is_posted_with_all_that_we_promise(world: SlackWorld) -> None:
    """To the person, with text, without unfurling, and with the top-up's id as metadata."""
    message = Message(View("Title", "All of it."), subject="TU-7K3M9Q2X")
    ref = await world.adapter.show(world.chat, message, replacing=None)
    assert ref == MessageRef(DIRECT, "1700000000.000001")
    (call,) = world.slack.called("chat.postMessage")
    assert call["channel"] == "U1"
    assert call["text"] == "All of it."
    assert call["unfurl_links"] is False
    assert call["unfurl_media"] is False
    assert call["metadata"] == {
        "event_type": "topup_card",
        "event_payload": {"subject": "TU-7K3M9Q2X"},
    }


async def test_a_lost_reply_posts_once(world: SlackWorld) -> None:
    """The SDK's own retry would post a second time; the outcome is unknown, and told so."""
    world.slack.plan("chat.postMessage", Planned(lose_reply=True))
    with pytest.raises(ChatError) as caught:
        await world.adapter.show(world.chat, Message(View("Title", "All.")), replacing=None)
    assert (caught.value.verdict, caught.value.retry_after) == (Verdict.OUTAGE, None)
    assert len(world.slack.called("chat.postMessage")) == 1


async def test_cards_work_outside_listening_too(world: SlackWorld) -> None:
    """A command-line process shows cards without a web server."""
    settings = SlackSettings(BOT_TOKEN, SIGNING_SECRET, world.slack.base_url)
    adapter = SlackChat(settings, now=lambda: NOW)
    await adapter.show(world.chat, Message(View("Title", "All.")), replacing=None)
    assert len(world.slack.messages) == 1


# --- who is in which channel -------------------------------------------------------------------


async def test_channels_are_read_page_by_page_and_remembered(world: SlackWorld) -> None:
    """All pages count; for a minute the answer is reused, then asked anew."""
    world.slack.members = {"C1": ["U7", "U8", "U9", "U5", "U1"], "C2": ["U7"]}
    asked = frozenset({"C1", "C2"})
    assert [await world.adapter.is_in(KEY, each) for each in ("C1", "C2")] == [True, False]
    assert len(world.slack.called("conversations.members")) == 4
    world.later(59)
    assert await world.adapter.was_in(KEY, asked) == {"C1": True, "C2": False}
    assert await world.adapter.is_in(KEY, "C1")
    assert len(world.slack.called("conversations.members")) == 4
    world.slack.members["C1"] = ["U7"]
    world.later(2)
    assert await world.adapter.was_in(KEY, asked) == {}
    assert not await world.adapter.is_in(KEY, "C1")


@pytest.mark.parametrize(
    ("planned", "verdict"),
    [
        (Planned("internal_error", 500), Verdict.OUTAGE),
        (Planned("ratelimited", 429, {"Retry-After": "7"}), Verdict.OUTAGE),
        (Planned("channel_not_found"), Verdict.SHUT_OUT),
        (Planned("missing_scope"), Verdict.SHUT_OUT),
    ],
)
async def test_124_an_outage_is_not_an_absence(
    world: SlackWorld, planned: Planned, verdict: Verdict
) -> None:
    """Whether the person is in the channel is then unknown, and the next answer counts."""
    world.slack.members = {"C1": ["U1"]}
    world.slack.plan("conversations.members", planned)
    with pytest.raises(ChatError) as caught:
        await world.adapter.is_in(KEY, "C1")
    assert caught.value.verdict is verdict
    assert await world.adapter.is_in(KEY, "C1")


@pytest.mark.parametrize(
    "says",
    [
        {"ok": True},
        {"ok": True, "members": None},
        {"ok": True, "members": "U1"},
        {"ok": True, "members": {"U2": 1}},
        {"ok": True, "members": ["U2", None]},
        {"ok": True, "members": [["U2"]]},
        {"ok": True, "members": [{"id": "U2"}]},
        {"ok": True, "members": [""]},
        {"ok": True, "members": ["U2"], "response_metadata": "x"},
        {"ok": True, "members": ["U2"], "response_metadata": ["x"]},
        {"ok": True, "members": ["U2"], "response_metadata": {"next_cursor": 7}},
        ["U2"],
        "U1",
    ],
    ids=str,
)
async def test_124_an_answer_that_cannot_be_read_is_no_absence(
    world: SlackWorld, says: object
) -> None:
    """Nobody is out of a channel, or in it, by a list of another form; it is asked again."""
    world.slack.members = {"C1": ["U1"]}
    world.slack.plan("conversations.members", Planned(says=says))
    with pytest.raises(ChatError) as caught:
        await world.adapter.is_in(KEY, "C1")
    assert caught.value.verdict not in (Verdict.SHUT_OUT, Verdict.GONE)
    assert await world.adapter.is_in(KEY, "C1")


@pytest.mark.parametrize("metadata", [None, {}, {"next_cursor": None}, {"next_cursor": ""}])
async def test_124_a_last_page_names_no_next_one(world: SlackWorld, metadata: object) -> None:
    """In whatever way it says so."""
    says = {"ok": True, "members": ["U1"], "response_metadata": metadata}
    world.slack.plan("conversations.members", Planned(says=says))
    assert await world.adapter.is_in(KEY, "C1")


# --- secrets -----------------------------------------------------------------------------------


async def test_no_secret_is_stored_or_logged(
    world: SlackWorld, caplog: pytest.LogCaptureFixture
) -> None:
    """With every logger at DEBUG and everything failing, no token stands anywhere."""
    caplog.set_level(logging.DEBUG)
    world.received.says = lambda delivery: (FORM, HELP, POINT)
    world.slack.plan("views.open", Planned("expired_trigger_id"))
    world.slack.plan("chat.postMessage", Planned("invalid_auth"))
    await world.command("50 USD", trigger_id=f"1-{TRIGGER_ID}")
    await world.press("t", response_url="http://evil.example/secret-hook")
    await world.submit({"amount": {"value": "50"}})
    await world.say("50")
    world.received.broken = True
    await world.command("my words", trigger_id=f"2-{TRIGGER_ID}")
    await world.event({"type": 5})
    world.slack.plan("chat.postMessage", Planned("invalid_auth"))
    message = Message(
        View("Title", "All."), ((Button("Pay", ButtonStyle.PRIMARY, token="tok1"),),)
    )
    with pytest.raises(ChatError) as caught:
        await world.adapter.show(world.chat, message, replacing=None)
    stored = [
        [delivery.sender_id, delivery.lane, dict(delivery.body)]
        for delivery in world.received.deliveries
    ]
    everything = "\n".join([caplog.text, json.dumps(stored), repr(caught.value)])
    assert "Slack" in caplog.text or "delivery" in caplog.text
    for secret in (
        BOT_TOKEN,
        SIGNING_SECRET,
        TRIGGER_ID,
        "legacy-verification-token",
        "/hook/1",
        "secret-hook",
        "my words",
    ):
        assert secret not in everything, secret


def test_settings_do_not_show_their_secrets() -> None:
    """A settings object may end up in a log or a traceback."""
    assert "xoxb" not in repr(SlackSettings("xoxb-1", "signing-secret"))
    assert "signing-secret" not in repr(SlackSettings("xoxb-1", "signing-secret"))

"""The limits that each platform writes down, as its adapter has them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from conversations.protocol.pacing import OWN, Pace
from conversations.protocol.places import read_chat
from tests.support.chats.slack_adapter_env import NOW
from tests.support.chats.telegram_bot_api import TOKEN

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
IN_CHAT, IN_GROUP = Pace(OWN, 1, SECOND), Pace(OWN, 20, MINUTE)
OVERALL, GROUPS = Pace("overall", 30, SECOND), Pace("groups", 20, SECOND)
POSTS, EDITS = Pace("chat.postMessage", 200, MINUTE), Pace("chat.update", 50, MINUTE)
LOOKS, HOMES = Pace("conversations.info"), Pace("views.publish", 100, MINUTE)


@pytest.mark.parametrize(
    ("chat", "edit", "paces"),
    [
        ("U1", False, (IN_CHAT, POSTS)),
        ("D1", True, (EDITS,)),
        ("C1", False, (IN_CHAT, POSTS, LOOKS)),
        ("C1/1700000000.000100", False, (IN_CHAT, POSTS, LOOKS)),
        ("G1", True, (EDITS, LOOKS)),
        ("home:U1", False, (HOMES,)),
        ("home:U1", True, (HOMES,)),
    ],
)
def test_44_slacks_limits(chat: str, edit: bool, paces: tuple[Pace, ...]) -> None:
    """One post a second in a channel; methods by workspace; edits are not counted by channel."""
    place = read_chat("slack", "T1", chat)
    asked = SlackChat(SlackSettings("xoxb-1", "signs"), lambda: NOW)
    played = SlackChat(SlackSettings("xoxb-1", "signs", paced=False), lambda: NOW)

    assert asked.paces(place, edit=edit) == paces
    assert played.paces(place, edit=edit) == ()


@pytest.mark.parametrize(
    ("chat", "paces"),
    [
        ("7001", (IN_CHAT, OVERALL)),
        ("-100", (IN_CHAT, IN_GROUP, GROUPS, OVERALL)),
        ("-100/5", (IN_CHAT, IN_GROUP, GROUPS, OVERALL)),
    ],
)
@pytest.mark.parametrize("edit", [False, True])
def test_44_telegrams_limits(chat: str, edit: bool, paces: tuple[Pace, ...]) -> None:
    """One a second in a chat, 20 a minute in a group, 30 a second for all; edits count too."""
    place = read_chat("telegram", "4242", chat)
    asked = TelegramChat(TelegramSettings(TOKEN))
    played = TelegramChat(TelegramSettings(TOKEN, paced=False))

    assert asked.paces(place, edit=edit) == paces
    assert played.paces(place, edit=edit) == ()

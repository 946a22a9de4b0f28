"""Accounts that Telegram puts in the place of whoever writes: they are nobody to the bot."""

from __future__ import annotations

import pytest

from adapters.chat.telegram.events import to_event
from adapters.chat.telegram.stored_fields import stored_update
from conversations.protocol.events import Said
from conversations.protocol.ports import Incoming
from tests.support.chats.telegram_bot_api import BOT_ID, PRIVATE, Json, message

GROUP = {"id": -5, "type": "supergroup", "title": "Team"}
CHANNEL = {"id": -1009, "type": "channel", "title": "News"}


def read(body: Json) -> Incoming | None:
    return to_event(body, BOT_ID, "topup_bot")


def test_an_anonymous_administrator_is_heard_without_a_name() -> None:
    """Telegram's stand-in is a bot; who stands behind it is not told, and nobody is bound."""
    stand_in = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    incoming = read(message(9, "/topup 50", chat=GROUP, **{"from": stand_in}))
    assert incoming is not None
    assert incoming.key.person == ""
    assert incoming.event == Said("50", command=True, public=True)


@pytest.mark.parametrize(
    ("who", "fields"),
    [
        (777000, {"sender_chat": CHANNEL, "is_automatic_forward": True}),
        (777000, {}),
        (7, {"is_automatic_forward": True}),
    ],
)
@pytest.mark.parametrize("chat", [GROUP, PRIVATE])
def test_134_a_channels_post_is_nobodys_word(who: int, fields: Json, chat: Json) -> None:
    """Telegram brings it into the group that belongs to the channel; nobody asked us there."""
    sender = {"id": who, "is_bot": False, "first_name": "Telegram"}
    update = message(9, "/topup 500", chat=chat, **{"from": sender}, **fields)
    assert read(stored_update(update)) is None


@pytest.mark.parametrize(
    ("who", "bot", "fields"),
    [
        (136817688, True, {"sender_chat": CHANNEL}),
        (136817688, False, {}),
        (7, False, {"sender_chat": CHANNEL}),
        (1087968824, True, {"sender_chat": GROUP}),
        (1087968824, False, {}),
    ],
)
def test_134_a_stand_in_is_nobody(who: int, bot: bool, fields: Json) -> None:
    """Whoever writes as a channel or as the group is answered without a name."""
    sender = {"id": who, "is_bot": bot, "first_name": "Channel"}
    update = message(9, "/topup 500", chat=GROUP, **{"from": sender}, **fields)
    incoming = read(stored_update(update))
    assert incoming is not None
    assert incoming.key.person == ""
    private = message(9, "/topup 500", **{"from": sender})
    assert read(stored_update(private)) is None or who == 7

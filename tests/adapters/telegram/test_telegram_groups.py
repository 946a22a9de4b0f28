"""Groups and topics: the way to the private chat, for the right person; no money in public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.chat.telegram.events import to_event
from adapters.chat.telegram.traits import TRAITS
from conversations.protocol.events import ConversationKey, Said
from conversations.protocol.ports import ChatMoved, ChatOpened, Incoming, Pressed
from service.common.context import context_of
from service.money import accounts, alerts
from service.ports.records import Link, LinkKind
from service.ports.store import Tx
from tests.support.chats.telegram_bot_api import BOT_ID, PERSON, Json, message, press
from tests.support.chats.telegram_bot_env import ACCOUNT, KIM, LEE, Town, telegram_town

GROUP = {"id": -5, "type": "supergroup", "title": "Team"}
IN_TOPIC = {"chat": GROUP, "message_thread_id": 3, "is_topic_message": True}
IN_GROUP = ConversationKey("telegram", BOT_ID, "-5", "77")


def read(body: Json) -> Incoming | None:
    return to_event(body, BOT_ID, "topup_bot")


# --- what counts in a group -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/topup 50 USD", "50 USD"),
        ("/topup@topup_bot 50", "50"),
        ("/TopUp@TOPUP_bot", ""),
        ("/balance", "balance"),
        ("/start", "start"),
        ("/start p_Xy9", "start p_Xy9"),
        ("/weather@topup_bot", "weather"),
    ],
)
def test_commands_to_us_are_heard(typed: str, text: str) -> None:
    """A command that we know, or that names us, was said where others read along."""
    said = Said(text, command=True, public=True)
    assert read(message(9, typed, chat=GROUP)) == Incoming(IN_GROUP, said, "Ana", "pt-br")


@pytest.mark.parametrize(
    "body",
    [
        message(9, "50 USD", chat=GROUP),
        message(9, "thanks", chat=GROUP, reply_to_message=message(8)["message"]),
        message(9, "/weather", chat=GROUP),
        message(9, "/topup@other_bot 50", chat=GROUP),
        message(9, "/topup", chat=GROUP, **{"from": {**PERSON, "is_bot": True}}),
        message(9, "/topup", chat={**GROUP, "type": "channel"}),
        message(9, None, chat=GROUP, new_chat_title="x"),
        press(9, message={"message_id": 5, "date": 1, "chat": GROUP}),
    ],
)
def test_all_else_in_a_group_is_none_of_our_business(body: Json) -> None:
    """Chatter, replies, other bots' commands and presses mean nothing there."""
    assert read(body) is None


def test_a_topic_is_part_of_the_place_and_a_thread_of_replies_is_not() -> None:
    """Answers go to the topic of the question; replies have a number, too, but no topic."""
    in_topic = read(message(9, "/topup", **IN_TOPIC))
    in_thread = read(message(9, "/topup", chat=GROUP, message_thread_id=3))
    assert in_topic is not None
    assert in_topic.key.chat == "-5/3"
    assert in_thread is not None
    assert in_thread.key.chat == "-5"


def test_a_link_brings_its_token() -> None:
    """`/start p_…` in private is a press that came by a link."""
    incoming = read(message(9, "/start p_Xy9-_"))
    assert incoming is not None
    assert incoming.event == Pressed("Xy9-_", by_link=True)


@pytest.mark.parametrize(
    ("before", "now", "opened"),
    [
        ("kicked", "member", True),
        ("left", "member", True),
        ("member", "kicked", False),
        ("member", "left", False),
        ("kicked", "left", False),
    ],
)
def test_a_chat_that_lets_the_bot_in_again_is_told(before: str, now: str, opened: bool) -> None:
    """Whoever unblocks the bot, or brings it back to a group, is to see what was missed."""
    user = {"id": int(BOT_ID), "is_bot": True, "first_name": "Bot"}
    members = [{"status": each, "user": user, "until_date": 0} for each in (before, now)]
    change = {
        "chat": GROUP,
        "from": PERSON,
        "date": 1,
        "old_chat_member": members[0],
        "new_chat_member": members[1],
    }
    incoming = read({"update_id": 9, "my_chat_member": change})
    assert (incoming is not None) is opened
    if incoming is not None:
        assert incoming == Incoming(ConversationKey("telegram", BOT_ID, "-5", ""), ChatOpened())


def test_a_group_that_moves_is_told() -> None:
    """The service message names the new id, whoever did it."""
    incoming = read(message(9, None, chat={**GROUP, "type": "group"}, migrate_to_chat_id=-1005))
    key = ConversationKey("telegram", BOT_ID, "-5", "")
    assert incoming == Incoming(key, ChatMoved("-1005"))


# --- the whole way ------------------------------------------------------------------------------


@pytest.mark.parametrize("webhook", [False, True])
async def test_a_group_leads_to_the_private_chat(tmp_path: Path, webhook: bool) -> None:
    """What was typed in the group is answered in private, and the group sees no money."""
    async with telegram_town(tmp_path, webhook=webhook) as town:
        group = town.world.add_group(KIM, "Team").id
        await town.says(KIM, "/topup 50 USD card", chat=group)
        assert town.labels(group) == ["Continue in private"]
        did = await town.presses(KIM, "Continue", chat=group)
        assert len(did["start"]) == len("p_") + 26
        assert "Review your top-up" in town.newest(KIM)
        await town.presses(KIM, "Confirm")
        await town.pays(KIM)
        assert "Credited $50.00" in town.newest(KIM)
        assert await town.balance_minor() == 5_000
        (invitation,) = town.shown(group)
    assert "$" not in invitation.text
    assert not invitation.protect_content


async def test_another_persons_link_opens_nothing(tmp_path: Path) -> None:
    """The link is its asker's: whoever else follows it is told so, in a message."""
    async with telegram_town(tmp_path, people=(KIM, LEE)) as town:
        group = town.world.add_group(KIM, "Team").id
        await town.says(KIM, "/topup 50 USD card", chat=group)
        await town.presses(LEE, "Continue", chat=group)
        (told,) = town.shown(LEE)
        assert not town.shown(KIM)
    assert "gehört jemand anderem" in told.text


@pytest.mark.parametrize("payload", ["p_" + "A" * 26, "p_x"])
async def test_a_made_up_link_opens_nothing(tmp_path: Path, payload: str) -> None:
    """A token that we did not sign is refused in a sentence."""
    async with telegram_town(tmp_path) as town:
        await town.window.start(KIM, payload)
        await town.still()
        assert "not valid" in town.newest(KIM)


async def test_a_stranger_who_follows_a_link_learns_how_to_get_in(tmp_path: Path) -> None:
    """Their number for the operator stands in private, and not in the group."""
    async with telegram_town(tmp_path) as town:
        group = town.world.add_group(KIM, "Team").id
        await town.says(LEE, "/balance", chat=group)
        await town.presses(LEE, "Im Privatchat", chat=group)
        assert f"--telegram-person {LEE}" in town.newest(LEE)
        assert str(LEE) not in town.newest(group)


async def test_where_signing_up_is_open_a_link_opens_an_account(tmp_path: Path) -> None:
    """The first contact by a link counts as much as /start."""
    async with telegram_town(tmp_path, people=(), signup="open") as town:
        group = town.world.add_group(KIM, "Team").id
        await town.says(KIM, "/topup 50 card", chat=group)
        await town.presses(KIM, "Continue", chat=group)
        assert "Review your top-up" in town.newest(KIM)


async def test_open_business_comes_first_after_a_link_too(tmp_path: Path) -> None:
    """A link followed twice does not make two drafts: the open one is shown."""
    async with telegram_town(tmp_path) as town:
        group = town.world.add_group(KIM, "Team").id
        await town.says(KIM, "/topup 50 card", chat=group)
        await town.presses(KIM, "Continue", chat=group)
        await town.presses(KIM, "Continue", chat=group)
        assert "You have a draft" in town.newest(KIM)


async def test_a_topic_keeps_its_answers_and_its_alerts(tmp_path: Path) -> None:
    """What is asked in a topic is answered there; a topic that is gone falls back to its group."""
    async with telegram_town(tmp_path) as town:
        group = town.world.add_group(KIM, "Team", topics=("Billing", "Chatter")).id
        await town.says(KIM, "/help", chat=group, topic=3)
        assert town.shown(group)[-1].thread_id == 3
        assert f"--telegram-group {group}/3" in town.newest(group)
        await link_group(town, f"{group}/2")
        await town.act(lambda tx: low(tx, town))
        assert town.shown(group)[-1].thread_id == 2
        town.world.state.chats[group].topics.clear()
        await town.says(KIM, "/topup", chat=group)
        await town.act(lambda tx: tx.accounts.set_alert_card(ACCOUNT, None))
        await town.act(lambda tx: low(tx, town))
        assert "Low balance" in town.newest(group)
        assert town.shown(group)[-1].thread_id is None


async def test_an_alert_in_a_group_is_for_its_members(tmp_path: Path) -> None:
    """Any member may follow its button; they pay in private, and the alert is resolved."""
    async with telegram_town(tmp_path, people=()) as town:
        group = town.world.add_group(KIM, "Team").id
        await link_group(town, str(group))
        await town.act(lambda tx: low(tx, town))
        assert "Low balance" in town.newest(group)
        did = await town.presses(KIM, "Top up", chat=group)
        assert did["start"].startswith("p_")
        await town.says(KIM, "50 card")
        await town.presses(KIM, "Confirm")
        await town.pays(KIM)
        (alert,) = town.shown(group)
        assert "Resolved" in alert.text


async def test_who_leaves_the_group_is_out(tmp_path: Path) -> None:
    """Membership is asked for when it counts, and remembered for no longer than a minute."""
    async with telegram_town(tmp_path, people=()) as town:
        chat = town.world.add_group(KIM, "Team")
        await link_group(town, str(chat.id))
        town.world.state.chats[chat.id] = replace(chat, members=(KIM,))
        await town.says(LEE, "/balance")
        assert "--telegram-person" in town.newest(LEE)
        await town.says(KIM, "/balance")
        assert "Acme Cloud" in town.newest(KIM)


def low(tx: Tx, town: Town) -> None:
    """Look at the account, which has less than its threshold."""
    alerts.update_alert(context_of(tx, town.app.services), ACCOUNT)


async def link_group(town: Town, who: str) -> None:
    """As an operator does."""
    link = accounts.parse_link(ACCOUNT, TRAITS, LinkKind.CHANNEL, who)
    assert link == Link(ACCOUNT, "telegram", "", LinkKind.CHANNEL, who)
    await town.act(lambda tx: accounts.link_account(tx, link, town.clock()))


@pytest.mark.parametrize("who", ["5", "-", "-5/", "-5/x", "T1/C1", "- 5"])
def test_what_is_no_group_is_refused(who: str) -> None:
    """A group is a number below zero, perhaps with a topic."""
    with pytest.raises(accounts.OperatorError, match="below zero"):
        accounts.parse_link(ACCOUNT, TRAITS, LinkKind.CHANNEL, who)

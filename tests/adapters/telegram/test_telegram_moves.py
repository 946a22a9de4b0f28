"""Groups that become supergroups, and chats that shut the bot out and let it in again."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from adapters.chat.telegram.traits import TRAITS
from service.common.context import context_of
from service.money import accounts, alerts
from service.ports.store import LinkKind
from tests.support.chats.telegram_bot_env import ACCOUNT, KIM, Town, telegram_town


async def low_in_group(town: Town) -> int:
    """A group that is linked to the account and was told that it is low."""
    group = town.world.add_group(KIM, "Team").id
    await town.still()
    link = accounts.parse_link(ACCOUNT, TRAITS, LinkKind.CHANNEL, str(group))
    await town.act(lambda tx: accounts.link_account(tx, link, town.clock()))
    return group


async def test_an_alert_follows_its_group(tmp_path: Path) -> None:
    """The group moves while the bot is told: link and alert move, and it is resolved there."""
    async with telegram_town(tmp_path) as town:
        group = await low_in_group(town)
        await town.act(lambda tx: alerts.update_alert(context_of(tx, town.app.services), ACCOUNT))
        new = town.world.migrate(group).id
        await town.still()
        links = await town.app.store.transact(lambda tx: tx.accounts.links(ACCOUNT))
        assert {link.external_id for link in links} == {str(KIM), str(new)}
        assert "Low balance" in town.newest(new)
        await town.presses(KIM, "Top up", chat=new)
        await town.says(KIM, "50 card")
        await town.presses(KIM, "Confirm")
        await town.pays(KIM)
        assert "Resolved" in town.newest(new)
        assert len(town.shown(new)) == 1


async def test_39_a_move_that_nobody_told_is_learnt_when_sending(tmp_path: Path) -> None:
    """Telegram's refusal names the new id: the alert is delivered there, once."""
    async with telegram_town(tmp_path) as town:
        group = await low_in_group(town)
        allowed = town.world.state.allowed_updates
        town.world.state.allowed_updates = ("callback_query",)
        new = town.world.migrate(group).id
        town.world.state.allowed_updates = allowed
        await town.act(lambda tx: alerts.update_alert(context_of(tx, town.app.services), ACCOUNT))
        assert not town.shown(group)
        (alert,) = town.shown(new)
        assert "Low balance" in alert.text
        links = await town.app.store.transact(lambda tx: tx.accounts.links(ACCOUNT))
        assert str(new) in {link.external_id for link in links}


async def test_a_blocked_bot_keeps_the_books_and_catches_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Money arrives all the same; once the person lets the bot in, the card tells of it."""
    caplog.set_level(logging.WARNING)
    async with telegram_town(tmp_path) as town:
        await town.says(KIM, "/topup 50 card")
        await town.presses(KIM, "Confirm")
        await town.window.block(KIM)
        await town.still()
        await town.pays(KIM)
        assert await town.balance_minor() == 5_000
        assert "Waiting for payment" in town.newest(KIM)
        assert "blocked by the user" in caplog.text
        assert "card_given_up" in caplog.text
        await town.window.unblock(KIM)
        await town.still()
        assert "Credited $50.00" in town.newest(KIM)


async def test_the_next_contact_is_enough(tmp_path: Path) -> None:
    """Somebody who never started the bot sees the alert that waited, after /start."""
    async with telegram_town(tmp_path) as town:
        await town.act(lambda tx: alerts.update_alert(context_of(tx, town.app.services), ACCOUNT))
        assert not town.shown(KIM)
        await town.window.start(KIM)
        await town.still()
        texts = "\n".join(one.text for one in town.shown(KIM))
    assert "Low balance" in texts
    assert "Top up an account" in texts


async def test_a_group_that_takes_the_bot_back_sees_what_it_missed(tmp_path: Path) -> None:
    """An alert that came while the bot was out is shown when it is back."""
    async with telegram_town(tmp_path) as town:
        group = await low_in_group(town)
        town.world.remove_bot(group)
        await town.act(lambda tx: alerts.update_alert(context_of(tx, town.app.services), ACCOUNT))
        assert not town.shown(group)
        chat = town.world.state.chats[group]
        town.world.bring_back_bot(group)
        await town.still()
        assert "Low balance" in town.newest(chat.id)

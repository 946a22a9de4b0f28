"""What a person expects of a bot in Telegram's private chat, from the keyboard to the receipt."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from playground.telegram.state import Fault
from tests.support.chats.telegram_bot_env import KIM, Town, telegram_town


async def test_typing_another_amount_opens_the_keyboard(tmp_path: Path) -> None:
    """A forced reply shows an example in the empty field; the card keeps details and Cancel."""
    async with telegram_town(tmp_path) as town:
        await town.says(KIM, "/topup card")
        await town.presses(KIM, "Type another amount")
        state = await town.window.state(KIM)
        (chat,) = state["chats"]
        assert chat["force_reply"]["placeholder"] == "For example $25.00"
        card, question = town.shown(KIM)
        assert "Anything from $5.00" in card.text
        assert card.markup is not None
        await town.says(KIM, "37.50")
        assert town.world.state.messages[KIM][question.message_id + 1].reply_to == (
            question.message_id
        )
        assert "Review your top-up" in town.newest(KIM)
        assert "$37.50" in town.newest(KIM)
        assert town.shown(KIM)[1] == question


async def test_the_card_asks_although_the_keyboard_stays_closed(tmp_path: Path) -> None:
    """Where the forced reply fails, plain typing is enough."""
    async with telegram_town(tmp_path) as town:
        await town.says(KIM, "/topup card")
        town.world.fail_next("sendMessage", Fault("server_error"))
        await town.presses(KIM, "Type another amount")
        assert len(town.shown(KIM)) == 1
        await town.says(KIM, "37.50")
        assert "Review your top-up" in town.newest(KIM)


async def test_payments_are_not_for_passing_on(tmp_path: Path) -> None:
    """A message that carries a pay link, or will, is protected; plain answers are not."""
    async with telegram_town(tmp_path) as town:
        await town.says(KIM, "/topup 50")
        await town.presses(KIM, "Card")
        await town.presses(KIM, "Confirm")
        (card,) = town.shown(KIM)
        assert card.protect_content
        assert card.markup is not None
        await town.says(KIM, "/balance")
        await town.says(KIM, "/help")
    assert [one.protect_content for one in town.shown(KIM)] == [True, False, False]


async def test_ids_go_to_the_clipboard(tmp_path: Path) -> None:
    """The credited card has a button for each id that support asks for."""
    async with telegram_town(tmp_path) as town:
        await town.says(KIM, "/topup 50 card")
        await town.presses(KIM, "Confirm")
        await town.pays(KIM)
        assert town.labels(KIM) == ["Copy top-up id", "Copy payment id"]
        copied = [(await town.presses(KIM, label))["copy"] for label in town.labels(KIM)]
        assert copied[0].startswith("TU-")
        assert copied[1].startswith("pay_")
        assert all(each in town.newest(KIM) for each in copied)


async def test_support_is_told_at_a_stroke(tmp_path: Path) -> None:
    """What went wrong is copied as a whole: the id, the time it began, and whom to ask."""
    async with telegram_town(tmp_path) as town:
        await town.says(KIM, "/topup 50 card")
        await town.presses(KIM, "Confirm")
        await town.presses(KIM, "Cancel this top-up")
        copied = (await town.presses(KIM, "Copy for support"))["copy"].split("\n")
        top_up, started, support = copied
        assert top_up in town.newest(KIM)
        assert started.endswith(" UTC")
        assert support in town.newest(KIM)


@pytest.mark.parametrize(
    "steps",
    [
        ["/topup"],
        ["/topup card", "[Type another amount"],
        ["/topup 50"],
        ["/topup 50 card"],
        ["/topup 50 card", "[Change amount"],
        ["/topup 50 card", "[Confirm"],
    ],
)
async def test_cancel_works_at_every_step(tmp_path: Path, steps: list[str]) -> None:
    """Whatever is open, /cancel ends it, and says so in the newest message."""
    async with telegram_town(tmp_path) as town:
        for step in steps:
            await (town.presses(KIM, step[1:]) if step.startswith("[") else town.says(KIM, step))
        await town.says(KIM, "/cancel")
        assert "Cancelled" in town.newest(KIM)
        await town.says(KIM, "/cancel")
        assert "nothing to cancel" in town.newest(KIM)


async def test_a_day_later_the_open_top_up_is_still_there(tmp_path: Path) -> None:
    """A draft is kept for a day; a bank transfer that was begun is shown before a new one."""
    async with telegram_town(tmp_path) as town:
        await town.says(KIM, "/topup 50")
        town.clock.advance(hours=23)
        await town.says(KIM, "/topup")
        assert "You have a draft" in town.newest(KIM)
        await town.presses(KIM, "Continue")
        await town.presses(KIM, "Bank transfer")
        await town.presses(KIM, "Confirm")
        town.clock.advance(days=1)
        await town.says(KIM, "/topup 20")
        assert "You have an open top-up" in town.newest(KIM)
        link = (await town.presses(KIM, "Pay "))["open"]
        answer = await town.browser.post(link, follow_redirects=False)
        assert answer.status_code == 303


async def test_i_have_paid_is_answered_where_it_is_pressed(tmp_path: Path) -> None:
    """The press pops up a sentence, and the gateway is asked."""
    async with telegram_town(tmp_path) as town:
        await town.says(KIM, "/topup 50 card")
        await town.presses(KIM, "Confirm")
        await town.presses(KIM, "I have paid")
        assert "no payment page was opened yet" in town.world.state.notices[-1].text
        assert "Waiting for payment" in town.newest(KIM)


@pytest.mark.parametrize("gap_seconds", [0.0, 0.05, 0.5])
async def test_a_double_tap_opens_one_top_up(tmp_path: Path, gap_seconds: float) -> None:
    """However close the taps are, the second one changes nothing."""
    async with telegram_town(tmp_path) as town:
        await town.says(KIM, "/topup 50 card")
        card = town.shown(KIM)[-1]
        tap = (KIM, KIM, card.message_id, 0, 0)
        await town.window.press(*tap)
        await asyncio.sleep(gap_seconds)
        token = (card.markup or {})["inline_keyboard"][0][0].get("callback_data", "")
        await late_tap(town, card.message_id, token)
        found = await town.app.store.transact(
            lambda tx: tx.top_ups.of_account("acme-cloud", limit=9)
        )
        assert len(found) == 1
        assert len(town.shown(KIM)) == 1


async def late_tap(town: Town, message_id: int, token: str) -> None:
    """The tap of an app that has not seen the edit yet."""
    message = town.world.message(KIM, message_id)
    assert message is not None
    body = {
        "id": "late",
        "from": {"id": KIM, "is_bot": False, "first_name": "Kim", "language_code": "en"},
        "message": {"message_id": message_id, "date": 1, "chat": {"id": KIM, "type": "private"}},
        "chat_instance": "1",
        "data": token,
    }
    town.world.enqueue("callback_query", body)
    await town.still()


async def test_menus_for_each_scope_and_language(tmp_path: Path) -> None:
    """In private every command, in groups three; each in English and in German."""
    async with telegram_town(tmp_path) as town:
        async with asyncio.timeout(60):
            while len(town.world.state.commands) < 4:
                await asyncio.sleep(0.002)
        found = {
            (one.scope["type"], one.language_code): [each["command"] for each in one.commands]
            for one in town.world.state.commands
        }
    private = ["topup", "balance", "status", "history", "cancel", "help"]
    for language in ("", "de"):
        assert found["all_private_chats", language] == private
        assert found["all_group_chats", language] == ["topup", "balance", "help"]

"""The Telegram window in a real browser: step by step, a bank transfer, groups, old buttons."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.support.browser.browser import PAID, Desk

# One worker keeps them all: they share one demo.
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def kim(desk: Desk) -> Desk:
    """Kim, who has pressed START."""
    await desk.start_telegram()
    return desk


async def test_step_by_step_to_credited(kim: Desk) -> None:
    """Amount, method, review, payment: one message all along, edited to credited with its ids."""
    await kim.telegram.say("/topup")
    card = kim.telegram.card("how much?")
    await card.get_by_role("button", name="$25.00").click()
    card = kim.telegram.card("$25.00")
    await card.get_by_role("button", name="Card").click()
    before = await kim.telegram.log.get_by_role("listitem").count()
    await card.get_by_role("button", name="Confirm").click()
    await (await kim.checkout(card)).get_by_role("button", name=PAID).click()

    await expect(card).to_contain_text("Credited $25.00")
    await expect(card).to_contain_text(re.compile(r"TU-\w{8}"))
    await expect(card).to_contain_text(re.compile(r"TX-\d+"))
    await expect(card.get_by_role("link")).to_have_count(0)
    assert await kim.telegram.log.get_by_role("listitem").count() == before


async def test_an_amount_is_typed_where_the_question_was(kim: Desk) -> None:
    """The question opens the keyboard by itself, with an example in the empty field."""
    await kim.telegram.say("/topup card")
    await kim.telegram.card("how much?").get_by_role("button", name="Type another").click()
    await expect(kim.telegram.box).to_have_attribute("placeholder", "For example $25.00")
    await expect(kim.telegram.box).to_be_focused()
    await kim.page.keyboard.type("30.50")
    await kim.page.keyboard.press("Enter")

    card = kim.telegram.card("$30.50")
    await expect(card).to_contain_text("Review your top-up")
    await card.get_by_role("button", name="Cancel").click()
    await expect(card.get_by_role("button", name="Confirm")).to_have_count(0)


async def test_a_bank_transfer_is_pending_and_then_credited(kim: Desk) -> None:
    """All said in one line; the card says that the money is on its way until it is there."""
    await kim.telegram.say("/topup 26 bank")
    card = kim.telegram.card("$26.00")
    await card.get_by_role("button", name="Confirm").click()
    checkout = await kim.checkout(card)
    await checkout.get_by_role("button", name="I have sent the transfer").click()

    await expect(card).to_contain_text("Bank transfer pending")
    await expect(card).to_contain_text("Credited $26.00")


async def test_a_button_of_an_old_screen_changes_nothing(kim: Desk) -> None:
    """A second tab that missed the change presses what is gone: told so, and nothing happens."""
    await kim.telegram.say("/topup 27")
    card = kim.telegram.card("$27.00")
    await expect(card.get_by_role("button", name="Bank transfer")).to_be_visible()
    old = await kim.frozen()
    pressed = old.telegram.card("$27.00").get_by_role("button", name="Bank transfer")
    await expect(pressed).to_be_visible()
    await card.get_by_role("button", name="Card").click()
    await expect(card).to_contain_text("Review your top-up")

    # Not as a pointer would: a page that hears nothing more is drawn anew whenever it reconnects.
    await pressed.dispatch_event("click")
    told = kim.telegram.region.get_by_role("alertdialog")
    await expect(told).to_contain_text("The newest card shows how things stand")
    await told.get_by_role("button", name="OK").click()
    await expect(card).to_contain_text("Method: Card")
    await card.get_by_role("button", name="Cancel").click()
    await expect(card.get_by_role("button", name="Confirm")).to_have_count(0)


async def test_a_group_leads_to_the_private_chat(kim: Desk) -> None:
    """A command in a topic is answered there, by a button only; what was said waits behind it."""
    region = kim.telegram.region
    await region.get_by_role("button", name="More").click()
    await region.get_by_role("button", name="New group with this bot").click()
    group = region.get_by_role("dialog")
    await group.get_by_label("Topics").fill("Bills, Chat")
    await group.get_by_role("button", name="Create").click()
    await expect(kim.telegram.log).to_contain_text("No messages yet")
    topics = region.get_by_role("group", name="Topics")
    await topics.get_by_role("button", name="Bills").click()
    await kim.telegram.say("/topup 29 card")
    answer = kim.telegram.card("go on in private")
    await expect(answer).not_to_contain_text("$")
    await topics.get_by_role("button", name="Chat").click()
    await expect(answer).to_have_count(0)
    await topics.get_by_role("button", name="All").click()

    await answer.get_by_role("button", name="Continue in private").click()
    await region.get_by_role("button", name="Start", exact=True).click()
    card = kim.telegram.card("$29.00")
    await card.get_by_role("button", name="Confirm").click()
    await (await kim.checkout(card)).get_by_role("button", name=PAID).click()
    await expect(card).to_contain_text("Credited $29.00")


async def test_175_a_keyboard_is_enough(kim: Desk) -> None:
    """Skip link, amount, method, review, pay page: no mouse, and few presses of Tab."""
    for _ in range(6):
        await kim.telegram.say("/help")
    await kim.page.reload()
    await kim.press(kim.page.get_by_role("link", name="Skip to Telegram"))
    await expect(kim.telegram.box).to_be_focused()
    await kim.page.keyboard.type("/topup 37")
    await kim.page.keyboard.press("Enter")
    card = kim.telegram.card("$37.00")
    await kim.press(card.get_by_role("button", name="Card"), key="Shift+Tab")
    confirm = card.get_by_role("button", name="Confirm")
    await kim.press(confirm, key="Shift+Tab")
    async with kim.context.expect_page() as opened:
        await kim.press(card.get_by_role("link"), key="Shift+Tab")
    paying = await opened.value
    await kim.press(paying.get_by_role("button", name="Continue to payment"), paying)
    await kim.press(paying.get_by_role("button", name=PAID), paying)

    await expect(card).to_contain_text("Credited $37.00")

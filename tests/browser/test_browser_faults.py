"""The played Stripe and the fault panel in a real browser: whatever breaks, the bar ends green."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.test_browser_page import fits
from tests.support.browser.browser import PAID, Desk

# One worker keeps them all: they share one demo.
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]

STRIPE = "Stripe (simulated)"


async def test_stripe_is_paid_refunded_and_disputed_in_slack(desk: Desk) -> None:
    """Three copies of each callback, the newest first, a forged one before: the card follows."""
    for fault in ("Duplicate", "Reorder", "Forge"):
        await switch(desk, "Callbacks of Stripe", fault)
    await desk.slack.say("/topup 41 USD acme-cloud")
    card = desk.slack.card("$41.00")
    await card.get_by_role("button", name=STRIPE).click()
    await (await confirmed(desk, card)).get_by_role("button", name=PAID).click()
    await expect(card).to_contain_text("Credited $41.00")
    await expect(card).to_contain_text(re.compile(r"pi_test_\w+"))
    await expect(fault_of(desk, "Callbacks of Stripe", "Forge")).to_contain_text("×")

    await desk.page.get_by_role("button", name="Stripe", exact=True).click()
    payments = desk.page.get_by_role("list", name="Payments")
    payment = payments.locator("> li").filter(has_text="41.00 USD")
    # The notes of what happens are messages too, and name no method.
    card = desk.slack.card("$41.00", STRIPE)
    await payment.get_by_label("Part of 41.00 USD").fill("10")
    await payment.get_by_role("button", name="Refund part").click()
    await expect(card).to_contain_text("Partly refunded")
    await payment.get_by_role("button", name="Dispute it").click()
    await expect(card).to_contain_text("Disputed")
    await payment.get_by_role("button", name="Dispute is won").click()
    await expect(card).to_contain_text("Partly refunded")
    await all_is_well(desk)
    await expect(desk.page.locator(".promises-facts")).to_contain_text("0 taken for genuine")


async def test_stripe_is_paid_in_telegram_and_nobody_is_told(desk: Desk) -> None:
    """Every callback is lost: the bar waits, and asking Stripe brings the credit all the same."""
    await desk.start_telegram()
    await switch(desk, "Callbacks of Stripe", "Drop")
    await desk.telegram.say("/topup 42")
    card = desk.telegram.card("$42.00")
    await card.get_by_role("button", name=STRIPE).click()
    await (await confirmed(desk, card)).get_by_role("button", name=PAID).click()
    await expect(desk.page.locator(".promises-all")).to_contain_text("waiting")

    await card.get_by_role("button", name="I have paid").click()
    await expect(card).to_contain_text("Credited $42.00")
    await all_is_well(desk)


async def test_a_wrong_amount_is_held(desk: Desk) -> None:
    """Stripe takes half: nothing is credited, the card says why, and no promise is broken."""
    await switch(desk, "Callbacks of Stripe", "Wrong amount")
    await desk.slack.say("/topup 43 USD stripe acme-cloud")
    card = desk.slack.card("$43.00")
    await (await confirmed(desk, card)).get_by_role("button", name=PAID).click()

    await expect(card).to_contain_text("$21.50")
    await expect(switch_of(desk, "Callbacks of Stripe", "Wrong amount")).not_to_be_checked()
    await all_is_well(desk)
    await expect(desk.page.locator(".promises-facts")).to_contain_text("1 held")
    await card.get_by_role("button", name="Cancel this top-up").click()
    sure = desk.slack.region.get_by_role("alertdialog")
    await sure.get_by_role("button", name="Cancel this top-up").click()
    await expect(card).to_contain_text("Cancelled")


async def test_slack_fails_and_recovers(desk: Desk) -> None:
    """A reply that got lost, an outage: what was to be said is said once the fault is over."""
    await switch(desk, "Slack's API", "Reply lost")
    await desk.slack.say("/topup 44 USD acme-cloud")
    await over(desk, "Slack's API", "Reply lost")

    await fails_and_recovers(desk, "Slack's API", "Outage", desk.slack.card("$44.00"))


async def test_telegram_fails_and_recovers(desk: Desk) -> None:
    """429 and 500: the bot waits as it is told, and says what it had to say."""
    await desk.start_telegram()
    await switch(desk, "Telegram's API", "429")
    await desk.telegram.say("/topup 44")
    await over(desk, "Telegram's API", "429")

    await fails_and_recovers(desk, "Telegram's API", "500", desk.telegram.card("$44.00"))


async def fails_and_recovers(desk: Desk, place: str, fault: str, card: Locator) -> None:
    """An edit meets the fault and is made when that is over."""
    await expect(card.get_by_role("button", name="Card", exact=True)).to_be_visible()
    await switch(desk, place, fault)
    await card.get_by_role("button", name="Card", exact=True).click()
    await over(desk, place, fault)

    await expect(card).to_contain_text("Review your top-up")
    await card.get_by_role("button", name="Cancel").click()
    await expect(card.get_by_role("button", name="Confirm")).to_have_count(0)
    await all_is_well(desk)


async def test_a_bot_killed_while_somebody_pays_still_credits(desk: Desk) -> None:
    """Stripe takes the money while nobody is there to hear of it; the card ends credited."""
    await desk.slack.say("/topup 45 USD stripe acme-cloud")
    card = desk.slack.card("$45.00")
    checkout = await confirmed(desk, card)
    panel = await faults(desk)
    await panel.get_by_role("button", name="Kill the bot now").click()
    await expect(panel.get_by_role("status")).to_contain_text("Killed")
    await checkout.get_by_role("button", name=PAID).click()
    await expect(checkout.get_by_role("status")).to_contain_text("Paid")

    # A bot takes its time to start on a busy machine.
    await expect(card).to_contain_text("Credited $45.00", timeout=60_000)
    await all_is_well(desk)


async def test_faults_are_a_sheet_on_a_phone(phone: Desk) -> None:
    """Switches by keyboard, nothing wider than the screen, and Escape leads back."""
    button = phone.page.get_by_role("button", name="Faults", exact=True)
    await button.press("Enter")
    sheet = phone.page.get_by_role("dialog", name="Faults")
    first = sheet.get_by_role("checkbox").first
    await expect(first).to_be_focused()
    await phone.page.keyboard.press("Space")
    await expect(first).to_be_checked()
    await phone.page.keyboard.press("Space")
    await expect(first).not_to_be_checked()
    await fits(phone.page)

    await phone.page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await phone.page.get_by_role("region", name="Promises").locator("summary").press("Enter")
    await expect(phone.page.get_by_role("list", name="Facts")).to_contain_text("Nothing lost")
    await fits(phone.page)


async def confirmed(desk: Desk, card: Locator) -> Page:
    """Confirm the review, and go to Stripe's page."""
    await card.get_by_role("button", name="Confirm").click()
    return await desk.checkout(card, "**/stripe/c/pay/**")


async def faults(desk: Desk) -> Locator:
    """The fault panel, open."""
    panel = desk.page.get_by_role("region", name="Faults")
    if not await panel.is_visible():
        await desk.page.get_by_role("button", name="Faults", exact=True).click()
    return panel


def fault_of(desk: Desk, place: str, fault: str) -> Locator:
    """A switch with the words beside it."""
    group = desk.page.get_by_role("group", name=place)
    return group.locator("label").filter(has_text=fault)


def switch_of(desk: Desk, place: str, fault: str) -> Locator:
    return fault_of(desk, place, fault).get_by_role("checkbox")


async def switch(desk: Desk, place: str, fault: str) -> None:
    """Switch it on."""
    await faults(desk)
    await switch_of(desk, place, fault).check()


async def over(desk: Desk, place: str, fault: str) -> None:
    """Wait until it has happened in this test, then switch it off."""
    await expect(fault_of(desk, place, fault)).to_contain_text("×")
    await switch_of(desk, place, fault).uncheck()


async def all_is_well(desk: Desk) -> None:
    """Everything switched off, and every promise kept."""
    panel = await faults(desk)
    await panel.get_by_role("button", name="Switch all off").click()
    await expect(panel.get_by_role("checkbox", checked=True)).to_have_count(0)
    await expect(desk.page.locator(".promises-all")).to_contain_text("promises kept")

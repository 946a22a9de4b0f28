"""The playground's page itself in a real browser: narrow screens, tabs, spending."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser import PAID, Desk

# One worker keeps them all: they share one demo.
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]

WIDER_THAN_ITSELF = """() => [document.documentElement, ...document.querySelectorAll("*")]
    .filter((node) => node.clientWidth && node.scrollWidth > node.clientWidth + 1
        && ["auto", "scroll", "visible"].includes(getComputedStyle(node).overflowX)
        && getComputedStyle(node).display !== "inline")
    .map((node) => `${node.tagName}.${node.className}: ${node.scrollWidth}`)"""


async def test_a_phone_is_wide_enough(phone: Desk) -> None:
    """At 360 pixels and in German, a top-up runs to credited and nothing scrolls sideways."""
    tabs = phone.page.get_by_role("tablist", name="Windows")
    await fits(phone.page)
    await tabs.get_by_role("tab", name="Accounts").click()
    await fits(phone.page)
    await tabs.get_by_role("tab", name="Telegram").click()
    await phone.telegram.be("Lee")
    await phone.telegram.region.get_by_role("button", name="Start", exact=True).click()
    await expect(phone.telegram.log).to_contain_text("Kartennummern")
    await phone.telegram.say("/topup 28 card")
    card = phone.telegram.card("28,00")
    await card.get_by_role("button", name="bestätigen").click()
    await expect(card.get_by_role("link")).to_be_visible()
    await fits(phone.page)

    paying = await phone.pay_page(card)
    await fits(paying)
    await paying.get_by_role("button", name=re.compile("^Weiter zur Zahlung")).click()
    await paying.wait_for_url("**/sandbox/checkout/**")
    await fits(paying)
    await paying.get_by_role("button", name=PAID).click()
    await expect(paying.get_by_role("status")).to_be_visible()
    await fits(paying)

    await expect(card).to_contain_text("gutgeschrieben")
    await fits(phone.page)


async def test_tabs_follow_the_arrow_keys(phone: Desk) -> None:
    """One tab is in the Tab order, and the arrows move among all three and around."""
    tabs = phone.page.get_by_role("tablist", name="Windows")
    await tabs.get_by_role("tab", name="Slack").focus()
    await phone.page.keyboard.press("ArrowLeft")

    await expect(tabs.get_by_role("tab", name="Accounts", selected=True)).to_be_focused()
    await expect(phone.page.get_by_label("Amount to spend")).to_be_visible()


async def fits(page: Page) -> None:
    """Nothing on it is wider than the place it has."""
    assert await page.evaluate(WIDER_THAN_ITSELF) == []

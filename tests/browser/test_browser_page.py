"""The playground's page itself in a real browser: narrow screens, tabs, spending."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.support.browser.browser import PAID, Desk

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

IS_AT_END = """() => {
    const log = document.querySelector(".tg-scroll");
    return log.scrollHeight - log.scrollTop - log.clientHeight < 2;
}"""


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


@pytest.mark.parametrize("size", [(900, 800), (1280, 900)])
async def test_155_a_drawer_leaves_the_chats_their_height(
    desk: Desk, size: tuple[int, int]
) -> None:
    """Each stands beside them, with the chat that is in use, and its newest message in view."""
    width, height = size
    await desk.page.set_viewport_size({"width": width, "height": height})
    await desk.start_telegram()
    for _ in range(2):
        await desk.telegram.say("/help")
    await expect(desk.telegram.card("/history")).to_be_visible()
    chat = desk.telegram.region
    for name in ("Faults", "Stripe", "Inspect"):
        await desk.page.get_by_role("button", name=name, exact=True).click()
        assert await chat.evaluate("node => node.clientHeight") > 500
        await expect(desk.telegram.box).to_be_in_viewport()
        await desk.page.wait_for_function(IS_AT_END)
        await fits(desk.page)
        await desk.page.keyboard.press("Escape")
    await expect(desk.slack.region).to_be_visible()


async def test_155_a_drawer_is_a_page_of_its_own_on_a_phone(phone: Desk) -> None:
    """Back leaves it and not the playground; Close leaves nothing behind that Back would open."""
    for name in ("Faults", "Stripe", "Inspect"):
        button = phone.page.get_by_role("button", name=name, exact=True)
        sheet = phone.page.get_by_role("dialog")
        await button.click()
        await expect(sheet).to_be_visible()
        await phone.page.go_back()
        await expect(sheet).to_be_hidden()
        await expect(button).to_be_focused()
    await button.click()
    await sheet.get_by_role("button", name="Close").click()
    await expect(sheet).to_be_hidden()
    await phone.page.wait_for_function("history.state === null")


async def test_156_what_the_bot_says_is_drawn(desk: Desk) -> None:
    """No sign is left to a font: in Slack's messages, its Home and the bar of promises."""
    await desk.slack.say("/topup help")
    await expect(desk.slack.card("/topup status")).to_be_visible()
    await desk.page.get_by_role("region", name="Promises").locator("summary").click()
    facts = desk.page.get_by_role("list", name="Facts")
    await expect(facts).to_be_visible()
    assert await desk.not_drawn() == []
    await desk.page.keyboard.press("Escape")
    await expect(facts).to_be_hidden()
    await desk.slack.region.get_by_role("tab", name="Home").click()
    home = desk.slack.region.get_by_role("tabpanel", name="Home")
    await expect(home).to_contain_text("📋")
    assert await desk.not_drawn() == []


async def fits(page: Page) -> None:
    """Nothing on it is wider than the place it has."""
    assert await page.evaluate(WIDER_THAN_ITSELF) == []

"""The inspector and the clock in a real browser: by keyboard, live, and on a narrow phone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.test_browser_page import fits
from tests.support.browser.browser import Desk

# One worker keeps them all: they share one demo.
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]

NAMES = ("Requests", "Conversation", "Ledger", "Cards", "Deliveries")


async def test_the_inspector_opens_and_closes_by_keyboard(desk: Desk) -> None:
    """Closed at first; arrows move among its tabs; Escape closes it where it was opened."""
    button = desk.page.get_by_role("button", name="Inspect", exact=True)
    panel = desk.page.get_by_role("region", name="Inspector")
    await expect(panel).to_be_hidden()

    await desk.press(button)
    await expect(panel.get_by_role("tab", name="Requests", selected=True)).to_be_focused()
    await desk.page.keyboard.press("ArrowLeft")
    await expect(panel.get_by_role("tab", name="Deliveries", selected=True)).to_be_focused()
    await expect(panel.get_by_role("table", name="Deliveries received")).to_be_visible()
    await desk.page.keyboard.press("Escape")

    await expect(panel).to_be_hidden()
    await expect(button).to_be_focused()


async def test_requests_appear_while_the_chat_goes_on(desk: Desk) -> None:
    """What a person says is there as a request at once, and opens as readable JSON."""
    await desk.page.get_by_role("button", name="Inspect", exact=True).click()
    panel = desk.page.get_by_role("region", name="Inspector")
    rows = panel.get_by_role("listitem")
    commands = rows.filter(has_text="command /topup")
    await expect(rows.first).to_be_visible()
    before = await commands.count()
    await desk.slack.say("/topup help")

    await expect(commands).to_have_count(before + 1)
    row = commands.first
    await expect(row).to_contain_text(re.compile(r"Slack → bot.*POST /slack/events.*200"))
    await row.locator("summary").click()
    await expect(row.get_by_role("region", name="Request")).to_contain_text('"text": "help"')


async def test_the_ledger_shows_that_all_is_zero(desk: Desk) -> None:
    """A posting stands on both sides, and the currency sums to zero."""
    await desk.spend("Acme Cloud", "1.00")
    await desk.page.get_by_role("button", name="Inspect", exact=True).click()
    panel = desk.page.get_by_role("region", name="Inspector")
    await panel.get_by_role("tab", name="Ledger").click()

    account = panel.get_by_role("table", name=re.compile("customer:acme-cloud"))
    await expect(account).to_contain_text("house:usage")
    await expect(account).to_contain_text("✓ as stored")
    await expect(panel.get_by_role("list", name="Currencies")).to_contain_text("✓ zero")


async def test_the_clock_says_how_far_it_is_ahead(desk: Desk) -> None:
    """A button moves it; the page says so, and so does one that is opened later."""
    clock = desk.page.get_by_role("group", name="Clock")
    await expect(clock).to_contain_text("Clock: ")

    await clock.get_by_role("button", name="Move the clock 1 minute ahead").click()
    await expect(clock).to_contain_text(re.compile(r"\d minutes? ahead"))
    await desk.page.reload()
    await expect(clock).to_contain_text(re.compile(r"\d minutes? ahead"))


async def test_the_inspector_is_a_sheet_on_a_phone(phone: Desk) -> None:
    """It fills the screen, keeps the keyboard within, and no tab is wider than that."""
    await phone.page.get_by_role("button", name="Inspect", exact=True).click()
    sheet = phone.page.get_by_role("dialog", name="Inspector")
    for name in NAMES:
        tab = sheet.get_by_role("tab", name=name)
        await tab.click()
        await expect(sheet.get_by_role("tabpanel", name=name)).not_to_contain_text("Looking…")
        await fits(phone.page)

    await sheet.get_by_role("button", name="Close").click()
    await expect(sheet).to_be_hidden()

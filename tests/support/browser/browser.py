"""A real Chromium before a real demo: its windows, as a person finds them."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from playwright.async_api import (
    APIResponse,
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    ViewportSize,
    WebError,
    async_playwright,
    expect,
)

from tests.support.house.source import ROOT

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
PAID = "4242 4242 4242 4242"
DECLINED = "4000 0000 0000 0002"

# First the one without windows: it takes a third less of the machine.
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable",
    "google-chrome",
)  # fmt: skip
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_START_SECONDS = 180.0
_STOP_SECONDS = 15.0
# Generous, since a busy machine is not a bug: a test waits no longer than it has to.
_WAIT_MILLISECONDS = 45_000
# However much was said, no more presses lead from a text field to what is done next.
_TABS_MAX = 12
# Signs that fonts for text lack stand in nodes of their own, hidden behind what is drawn.
_NOT_DRAWN = r"""() => {
    const signs = /[\p{Extended_Pictographic}\u2600-\u27bf\u25b4\u25be\u2630]/u;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode;
        if (signs.test(data) && !parentElement.closest(".hidden-text, .tg-mine")) found.push(data);
    }
    return found;
}"""


def chromium() -> str | None:
    """Where this system's own Chromium is."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@asynccontextmanager
async def launched(program: str) -> AsyncIterator[Browser]:
    """That Chromium without a window, on user data of its own."""
    expect.set_options(timeout=_WAIT_MILLISECONDS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


# --- the demo --------------------------------------------------------------------------------


@dataclass(slots=True)
class Demo:
    """The demo's command, run in a folder of its own until `stop`."""

    folder: Path
    settle_seconds: float
    process: Process | None = None
    address: str = ""
    # How many tests had failed when it began.
    failures: int = 0

    async def start(self) -> None:
        """Begin anew, and wait until the bot answers."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0", "--fresh"),
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "SANDBOX_SETTLE_SECONDS": str(self.settle_seconds),
            },
            stdout=PIPE,
            stderr=STDOUT,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(_START_SECONDS):
            self.address = (await self.process.stdout.readline()).decode().strip()
            async with httpx.AsyncClient(base_url=self.address, trust_env=False) as asking:
                while not (await asking.get("/world")).json()["ready"]:
                    await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """End it in good order."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        async with asyncio.timeout(_STOP_SECONDS):
            await self.process.communicate()


# --- the page --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """One of the two chats. `rows` is the role of a message in it."""

    region: Locator
    rows: Literal["article", "listitem"]

    @property
    def log(self) -> Locator:
        """The messages of the chat that is open."""
        return self.region.get_by_role("log", name="Messages")

    @property
    def box(self) -> Locator:
        """Where a person types."""
        return self.region.get_by_role("textbox", name=re.compile("^Message"))

    async def say(self, text: str) -> None:
        """Type it and press Enter."""
        await self.box.fill(text)
        await self.box.press("Enter")

    @property
    def person(self) -> Locator:
        """Where the person who sits before the window is chosen."""
        return self.region.get_by_role("combobox", name=re.compile("^You are|^Person"))

    def card(self, *texts: str) -> Locator:
        """The newest message that says all of this."""
        found = self.log.get_by_role(self.rows)
        for text in texts:
            found = found.filter(has_text=text)
        return found.last

    async def be(self, person: str) -> None:
        """Choose who sits before the window, and wait until it shows theirs."""
        await self.person.select_option(label=person)
        await self.settled()

    async def settled(self) -> None:
        """Wait until what is shown belongs to the person chosen."""
        await expect(self.region.locator("[aria-busy=true]")).to_have_count(0)


@dataclass(frozen=True, slots=True)
class Desk:
    """The page in a browser that has seen nothing yet, and what was wrong meanwhile."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    @property
    def slack(self) -> Window:
        return Window(self.page.get_by_role("region", name="Slack"), "article")

    @property
    def telegram(self) -> Window:
        return Window(self.page.get_by_role("region", name="Telegram"), "listitem")

    async def start_telegram(self) -> None:
        """Press START in Telegram, unless somebody did."""
        start = self.telegram.region.get_by_role("button", name="Start", exact=True)
        await expect(start.or_(self.telegram.box)).to_be_visible()
        if await start.is_visible():
            await start.click()
            await expect(self.telegram.log).to_contain_text("I never ask for card numbers")

    async def checkout(self, card: Locator, address: str = "**/sandbox/checkout/**") -> Page:
        """Follow a card's pay link, over the pay page, to the gateway's."""
        page = await self.pay_page(card)
        await page.get_by_role("button", name=re.compile("^Continue to payment")).click()
        await page.wait_for_url(address)
        return page

    async def pay_page(self, card: Locator) -> Page:
        """Follow a card's pay link."""
        async with self.context.expect_page() as opened:
            await card.get_by_role("link").click()
        return await opened.value

    async def spend(self, account: str, amount: str) -> None:
        """Draw a balance down with the control below the windows."""
        panel = self.page.get_by_role("complementary", name="Accounts and spending")
        await panel.get_by_label("Account to spend from").select_option(label=account)
        await panel.get_by_label("Amount to spend").fill(amount)
        await panel.get_by_role("button", name="Spend").click()

    async def frozen(self) -> Desk:
        """A second tab on what there is now, which is never told of a change."""
        page = await self.context.new_page()
        kept: dict[str, APIResponse] = {}

        async def same_again(route: Route) -> None:
            place = urlsplit(route.request.url).path
            if place not in kept:
                kept[place] = await route.fetch()
            await route.fulfill(response=kept[place])

        await page.route("**/state?*", same_again)
        await page.goto(self.page.url)
        return Desk(self.context, page, self.complaints)

    async def not_drawn(self) -> list[str]:
        """Texts of the page that want a font for emoji."""
        found: list[str] = await self.page.evaluate(_NOT_DRAWN)
        return found

    async def press(self, target: Locator, page: Page | None = None, key: str = "Tab") -> None:
        """Move there by keyboard alone, and press Enter."""
        await self.tab_to(target, page, key)
        await (page or self.page).keyboard.press("Enter")

    async def tab_to(self, target: Locator, page: Page | None = None, key: str = "Tab") -> None:
        """Move there by keyboard alone."""
        on = page or self.page
        await expect(target).to_be_visible()
        for _ in range(_TABS_MAX):
            if await target.evaluate("node => node === document.activeElement"):
                return
            await on.keyboard.press(key)
        raise AssertionError(f"{_TABS_MAX} times {key} do not reach {target}.")


@asynccontextmanager
async def opened(browser: Browser, address: str, size: ViewportSize = DESK) -> AsyncIterator[Desk]:
    """The demo's page, in a context of its own that writes clocks the same anywhere."""
    looks: dict[str, Any] = {"locale": "en-US", "timezone_id": "UTC", "reduced_motion": "reduce"}
    context = await browser.new_context(viewport=size, **looks)
    context.set_default_timeout(_WAIT_MILLISECONDS)
    desk = Desk(context, await context.new_page())
    _listen(context, desk.complaints)
    try:
        await desk.page.goto(address)
        yield desk
    finally:
        await context.close()


def _listen(context: BrowserContext, complaints: list[str]) -> None:
    """Note every error of any page: scripts, refused content, and requests to anywhere else."""

    def on_console(message: ConsoleMessage) -> None:
        source = message.location["url"]
        # Every browser asks for this by itself; the pay page has none.
        if message.type in ("error", "warning") and not source.endswith("/favicon.ico"):
            complaints.append(f"{message.type}: {message.text} ({source})")

    def on_error(error: WebError) -> None:
        complaints.append(f"uncaught: {error.error}")

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            complaints.append(f"asked elsewhere: {request.url}")

    context.on("console", on_console)
    context.on("weberror", on_error)
    context.on("request", on_request)

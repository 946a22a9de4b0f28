"""`python3 tasks.py shots`: the docs' pictures, taken of a real demo; it retouches nothing."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from tests.support.browser.browser import PAID, PHONE, Demo, Desk, chromium, launched, opened
from tests.support.browser.palette import png
from tests.support.house.source import ROOT

FOLDER = ROOT / "docs" / "shots"
BYTES_MAX = 150_000

_TABLE: ViewportSize = {"width": 1280, "height": 880}
_SLIP: ViewportSize = {"width": 560, "height": 700}
# The browser knows best how to read what it wrote.
_DECODE = """async (encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    canvas.drawImage(bitmap, 0, 0);
    const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = "";
    for (let at = 0; at < data.length; at += 8192) {
        text += String.fromCharCode(...data.subarray(at, at + 8192));
    }
    return [btoa(text), bitmap.width];
}"""


@dataclass(frozen=True, slots=True)
class Shoot:
    """One visit to a fresh demo. The pictures follow each other as a person's day would."""

    browser: Browser
    demo: Demo
    desk: Desk
    decoder: Page
    taken: list[Path] = field(default_factory=list)

    async def take(self, name: str, of: Locator) -> None:
        """Keep the picture of a part of a page; `body` is all of it, however far it scrolls."""
        await self.desk.page.mouse.move(0, 0)
        await expect(of).to_be_visible()
        taken = await of.screenshot()
        rgba, width = await self.decoder.evaluate(_DECODE, b64encode(taken).decode())
        path = FOLDER / f"{name}.png"
        path.write_bytes(png(b64decode(rgba), width))
        self.taken.append(path)

    async def slack_form(self) -> None:
        """The form that `/topup` opens, half filled in."""
        await self.desk.slack.say("/topup")
        form = self.desk.slack.region.get_by_role("dialog", name="Top up")
        await form.get_by_label("Amount").fill("50")
        await self.take("slack-form", self.desk.slack.region)
        await form.get_by_role("button", name="Review").click()

    async def page(self) -> None:
        """Both windows in the middle: a link to pay in Slack, a question in Telegram."""
        slack, telegram = self.desk.slack, self.desk.telegram
        await slack.card("$50.00").get_by_role("button", name="Confirm").click()
        await telegram.region.get_by_role("button", name="Start", exact=True).click()
        await expect(telegram.log).to_contain_text("I never ask for card numbers")
        await telegram.say("/topup 25")
        await expect(telegram.card("$25.00").get_by_role("button", name="Card")).to_be_visible()
        await expect(slack.card("$50.00").get_by_role("link")).to_be_visible()
        await expect(self.desk.page.get_by_role("list", name="Balances")).to_contain_text("Kim")
        await self._settled(slack.region)
        await self.take("page", self.desk.page.locator("body"))

    async def pay_page(self) -> None:
        """Where a pay link leads first, and the gateway's own page after it."""
        paying = await self.desk.pay_page(self.desk.slack.card("$50.00"))
        await paying.set_viewport_size(_SLIP)
        await self.take("pay-page", paying.locator("body"))
        await paying.get_by_role("button").click()
        await expect(paying.get_by_role("heading", name="Pay by card")).to_be_visible()
        await self.take("sandbox-page", paying.locator("body"))
        await paying.get_by_role("button", name=PAID).click()

    async def slack_credited(self) -> None:
        """The same card, at its good end."""
        await expect(self.desk.slack.card("$50.00")).to_contain_text("Credited")
        await self._settled(self.desk.slack.region)
        await self.take("slack-credited", self.desk.slack.region)

    async def telegram_credited(self) -> None:
        """The other window's card, all the way."""
        card = self.desk.telegram.card("$25.00")
        await card.get_by_role("button", name="Card").click()
        await card.get_by_role("button", name="Confirm").click()
        paying = await self.desk.checkout(card)
        await paying.get_by_role("button", name=PAID).click()
        await expect(card).to_contain_text("Credited")
        await self.take("telegram-credited", self.desk.telegram.region)

    async def alert(self) -> None:
        """What the channel reads when a balance falls."""
        side = self.desk.slack.region.get_by_role("navigation", name="Channels")
        await side.get_by_role("button", name="cloud-billing").click()
        await self.desk.spend("Acme Cloud", "37.90")
        await expect(self.desk.slack.card("Acme Cloud")).to_contain_text("Low balance")
        await self._settled(self.desk.slack.region)
        await self.take("alert", self.desk.slack.region)
        await side.get_by_role("button", name="topup-bot").click()

    async def app_home(self) -> None:
        """The app's Home tab."""
        await self.desk.slack.region.get_by_role("tab", name="Home").click()
        home = self.desk.slack.region.get_by_role("tabpanel", name="Home")
        await expect(home).to_contain_text("$12.10")
        await self.take("slack-home", self.desk.slack.region)

    async def faults(self) -> None:
        """A payment among faults: the panel, and the bar that says what is waited for."""
        page, slack = self.desk.page, self.desk.slack
        await page.get_by_role("button", name="Faults", exact=True).click()
        stripe = page.get_by_role("group", name="Callbacks of Stripe")
        for fault in ("Duplicate", "Forge", "Drop"):
            await stripe.locator("label").filter(has_text=fault).get_by_role("checkbox").check()
        await slack.region.get_by_role("tab", name="Messages").click()
        await slack.say("/topup 20 USD stripe acme-cloud")
        await slack.card("$20.00").get_by_role("button", name="Confirm").click()
        paying = await self.desk.checkout(slack.card("$20.00"), "**/stripe/c/pay/**")
        await paying.set_viewport_size(_SLIP)
        await self.take("stripe-page", paying.locator("body"))
        await paying.get_by_role("button", name=PAID).click()
        await expect(page.locator(".promises-all")).to_contain_text("waiting")
        await self._settled(slack.region)
        await self.take("faults", page.locator("body"))
        await page.get_by_role("button", name="Switch all off").click()
        await slack.card("$20.00").get_by_role("button", name="I have paid").click()
        await expect(slack.card("$20.00")).to_contain_text("Credited")

    async def phone(self) -> None:
        """The page on a phone."""
        async with opened(self.browser, self.demo.address, PHONE) as small:
            tabs = small.page.get_by_role("tablist", name="Windows")
            await tabs.get_by_role("tab", name="Telegram").click()
            await expect(small.telegram.card("$25.00")).to_contain_text("Credited")
            await expect(small.page.locator(".promises-all")).to_contain_text("promises kept")
            await self.take("phone", small.page.locator("body"))

    async def _settled(self, place: Locator) -> None:
        """Until the highlight of a change has faded."""
        await place.evaluate(
            "node => Promise.all(node.getAnimations({ subtree: true })"
            ".filter((one) => one.effect.getComputedTiming().endTime !== Infinity)"
            ".map((one) => one.finished))"
        )


async def shoot(program: str) -> list[Path]:
    """Take all of them, saying which one is being taken."""
    columns = (TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn())
    with tempfile.TemporaryDirectory() as folder, Progress(*columns) as progress:
        demo = Demo(Path(folder), settle_seconds=1)
        going = progress.add_task("starting the demo", total=None)
        async with launched(program) as browser:
            try:
                await demo.start()
                async with opened(browser, demo.address, _TABLE) as desk:
                    shooting = Shoot(browser, demo, desk, await browser.new_page())
                    acts: tuple[Callable[[], Awaitable[None]], ...] = (
                        shooting.slack_form,
                        shooting.page,
                        shooting.pay_page,
                        shooting.slack_credited,
                        shooting.telegram_credited,
                        shooting.alert,
                        shooting.app_home,
                        shooting.faults,
                        shooting.phone,
                    )
                    progress.update(going, total=len(acts))
                    for act in acts:
                        progress.update(going, description=act.__name__.replace("_", " "))
                        await act()
                        progress.advance(going)
                    return shooting.taken
            finally:
                await demo.stop()


def main() -> int:
    """The exit code: 1 without a Chromium, and when a picture got too heavy for the docs."""
    program = chromium()
    if program is None:
        Console(stderr=True).print("No Chromium here. On Debian: sudo apt install chromium")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken = asyncio.run(shoot(program))
    sizes = {path: path.stat().st_size for path in taken}
    table = Table("Picture", "kB")
    for path, size in sizes.items():
        heavy = " too heavy" if size > BYTES_MAX else ""
        table.add_row(str(path.relative_to(ROOT)), f"{size // 1000}{heavy}")
    Console().print(table)
    return int(any(size > BYTES_MAX for size in sizes.values()))


if __name__ == "__main__":
    sys.exit(main())

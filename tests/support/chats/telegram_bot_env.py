"""The whole bot before an emulated Telegram, by polling or by webhook, on one real address.

It has hands for tests and asserts nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urljoin

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from adapters.storage.store import open_store
from billing.topups import Mode
from bot.settings.config import Settings, load
from bot.wiring.app import App, build
from bot.wiring.chats import chats_of
from playground.kit.live import Live
from playground.telegram import api as telegram_api
from playground.telegram.state import Json, Message, TelegramSettings
from playground.telegram.window import TelegramWindow
from playground.telegram.world import TelegramWorld
from service.common.ids import Sources
from service.ports.records import Link, LinkKind
from service.ports.store import Account, Tx
from tests.support.bots.bot_place import Clock, Dice
from tests.support.bots.paying import PAID, pay_by_card, sandbox_of
from tests.support.chats.telegram_emulator import KIM, LEE, TOKEN, serving
from tests.support.dialogs.chats import TRUST
from tests.support.dialogs.places import Door

ACCOUNT = "acme-cloud"
SECRET = "a-secret-that-only-tests-know"
_PATIENCE_SECONDS = 60
__all__ = ["ACCOUNT", "KIM", "LEE", "SECRET", "TOKEN", "Town", "telegram_town"]


@dataclass(slots=True)
class Town:
    """Kim and Lee, their bot, and a browser."""

    app: App
    world: TelegramWorld
    window: TelegramWindow
    clock: Clock
    browser: httpx.AsyncClient
    url: str

    async def still(self) -> None:
        """Return once everything that is due is worked off, and every press answered."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await self._is_still():
                await asyncio.sleep(0.002)

    async def _is_still(self) -> bool:
        if self._busy():
            return False
        await self.app.store.transact(lambda tx: None)
        return not self._busy()

    def _busy(self) -> bool:
        waiting = any(not query.answered for query in self.world.state.queries.values())
        resting = all(runner.is_resting for runner in self.app.runners)
        return bool(waiting or self.world.pending_updates() or not resting)

    async def says(
        self, person: int, text: str, *, chat: int | None = None, topic: int | None = None
    ) -> None:
        """A person types, in private or in a group."""
        await self.window.say(person, chat or person, text, thread_id=topic)
        await self.still()

    async def presses(self, person: int, label: str, *, chat: int | None = None) -> Json:
        """A person presses the newest button whose label begins so, and follows its link."""
        where = chat or person
        for message in reversed(self.shown(where)):
            for row, line in enumerate(_lines(message)):
                for column, button in enumerate(line):
                    if button["text"].startswith(label):
                        did = await self.window.press(
                            person, where, message.message_id, row, column
                        )
                        if "start" in did:
                            await self.window.start(person, did["start"])
                        await self.still()
                        return did
        raise LookupError(f"no button {label!r} in {where}")

    def shown(self, chat: int) -> list[Message]:
        """The bot's messages in a chat, oldest first."""
        bot = self.world.state.bot.id
        return [
            one for one in self.world.state.messages.get(chat, {}).values() if one.sender_id == bot
        ]

    def newest(self, chat: int) -> str:
        """The words of the bot's last message there."""
        return self.shown(chat)[-1].text

    def labels(self, chat: int) -> list[str]:
        """The buttons under the bot's last message there."""
        return [button["text"] for line in _lines(self.shown(chat)[-1]) for button in line]

    async def pays(self, person: int) -> None:
        """Open the newest pay link of a person and pay with a good card."""
        did = await self.presses(person, "Pay ")
        answer = await self.browser.post(did["open"], follow_redirects=False)
        page = urljoin(did["open"], answer.headers["location"])
        await pay_by_card(self.browser, page, PAID)
        sandbox = sandbox_of(self.app)
        if sandbox is not None:
            await sandbox.run_due_work()
        await self.still()

    async def act(self, work: Callable[[Tx], object]) -> None:
        """Do something with the rows, as an operator would, and what follows of it."""
        await self.app.store.transact(work)
        await self.still()

    async def balance_minor(self) -> int:
        """What is on the account."""
        account = await self.app.store.transact(lambda tx: tx.accounts.get(ACCOUNT))
        return account.balance_minor if account else 0


@asynccontextmanager
async def telegram_town(
    folder: Path,
    *,
    webhook: bool = False,
    people: tuple[int, ...] = (KIM,),
    signup: str = "closed",
) -> AsyncIterator[Town]:
    """Everything, closed again at the end; `people` may use an account in dollars."""
    clock, door, numbers = Clock(), Door(), count(1)
    settings = TelegramSettings(TOKEN, webhook_retry_seconds=0.02)
    world = TelegramWorld(settings, now=clock, new_id=lambda: f"id{next(numbers)}")
    window = TelegramWindow(world)
    async with serving([Mount("/", door)]) as url:
        config = load(_settings(url, folder, SECRET if webhook else "", signup))
        sources = Sources(clock, Dice())
        store = open_store(config.storage.database_url)
        app = await build(config, sources, store, chats_of(config, sources, store))
        await app.store.transact(lambda tx: _let_in(tx, people, clock))
        emulated = telegram_api.routes(world, window, Live())
        door.app = Starlette(routes=[*emulated, Mount("/", app.web)])
        async with httpx.AsyncClient(verify=TRUST, trust_env=False) as browser:
            try:
                async with app.running():
                    yield Town(app, world, window, clock, browser, url)
            finally:
                world.close()


def _settings(url: str, folder: Path, secret: str, signup: str) -> Settings:
    return Settings.from_values(
        {
            "telegram_bot_token": TOKEN,
            "telegram_api_base_url": f"{url}/telegram",
            "telegram_webhook_secret": secret,
            "public_url": url,
            "port": int(url.rpartition(":")[2]),
            "database_url": f"sqlite:///{folder / 'bot.db'}",
            "secret_key": "towns-" * 8,
            "support_contact": "ops@acme.example",
            "signup": signup,
            # Time stands still here: what waits for a limit would never be sent.
            "clock_offset_file": str(folder / "clock"),
            "slack_api_base_url": f"{url}/slack",
        }
    )


def _let_in(tx: Tx, people: tuple[int, ...], clock: Clock) -> None:
    account = Account(ACCOUNT, "Acme Cloud", "USD", Mode.SANDBOX, threshold_minor=2_000)
    tx.accounts.add(account, clock())
    for person in people:
        tx.accounts.link(Link(ACCOUNT, "telegram", "", LinkKind.PERSON, str(person)), clock())


def _lines(message: Message) -> list[list[Json]]:
    lines: list[list[Json]] = (message.markup or {}).get("inline_keyboard", [])
    return lines

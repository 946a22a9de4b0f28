"""Whole bots on one played Stripe, each with a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from adapters.gateways.stripe.settings import Stripe
from adapters.storage.store import open_store
from bot.settings.gateways import Gateways
from bot.wiring.app import build
from bot.wiring.chats import Chats
from service.common.ids import Sources
from tests.support.bots.bot_place import (
    PUBLIC_URL,
    BotPlace,
    Clock,
    Dice,
    changed,
    config_for,
    empty_database,
    let_in,
)
from tests.support.bots.stripe_place import API_KEY, STRIPE_URL, WEBHOOK_SECRET, StripePlace
from tests.support.chats.pocket_chat import PocketChat

PLAYED = Stripe(SecretStr(API_KEY), SecretStr(WEBHOOK_SECRET), STRIPE_URL)


@asynccontextmanager
async def stripe_bot(
    database: Path, stripe: StripePlace, seed: str = "dice", use: Stripe = PLAYED, **settings: Any
) -> AsyncIterator[BotPlace]:
    """A bot whose one gateway is the played Stripe, which calls back whoever came last.

    `settings` are fields of its Config.
    """
    clock, chat = Clock(stripe.now), PocketChat()
    _make(database)
    config = changed(config_for(database), gateways=Gateways((use,)))
    config, sources = changed(config, **settings), Sources(clock, Dice(seed))
    store = open_store(config.storage.database_url)
    app = await build(config, sources, store, Chats((chat,)), reach=stripe.transport)
    await app.store.transact(let_in)
    transport = httpx.ASGITransport(app.web, raise_app_exceptions=False)
    stripe.delivery.line.http = httpx.AsyncClient(transport=transport)
    browser = httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL)
    async with app.running(), browser, stripe.delivery.line.http:
        yield BotPlace(app, chat, database, clock, browser)


def _make(database: Path) -> None:
    if not database.exists():
        database.write_bytes(empty_database())

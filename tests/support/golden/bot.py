"""A bot with every chat and gateway that there is, put together and not started."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import Any

from starlette.routing import Mount, Route

from adapters.storage.store import open_store
from bot.settings.config import Settings, load
from bot.wiring.app import build
from bot.wiring.chats import chats_of
from service.common.ids import Sources
from tests.support.bots.bot_place import Clock, Dice

SECRET_KEY = "a key that only the golden files have"
SETTINGS = {
    "secret_key": SECRET_KEY,
    "public_url": "https://bot.example",
    "slack_client_id": "1.2",
    "slack_client_secret": "a-secret-of-the-golden-app",
    "slack_signing_secret": "8f742231b10e8888abcd99yyyzzz85a5",
    "telegram_bot_token": "123456:telegram-token-of-the-golden-bot",
    "telegram_webhook_secret": "a-webhook-secret-of-the-golden-bot",
    "gateways": "sandbox,stripe",
    "stripe_api_key": "sk_test_golden",
    "stripe_webhook_secret": "whsec_golden",
    "metrics_token": "a-token-for-the-golden-metrics",
}
"""As text, by the names in .env; every part of the bot is switched on."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What of it others know: the kinds of its pending work, and where it is reached."""

    lane_kinds: tuple[str, ...]
    routes: tuple[str, ...]


@cache
def parts() -> Parts:
    """Of a bot that was never started."""
    return asyncio.run(_parts())


async def _parts() -> Parts:
    config, sources = load(Settings.from_values(SETTINGS)), Sources(Clock(), Dice())
    store = open_store("sqlite://")
    app = await build(config, sources, store, chats_of(config, sources, store))
    try:
        return Parts(
            tuple(runner.kind for runner in app.runners), tuple(_routes(app.web.routes, ""))
        )
    finally:
        await app.store.close()
        for client in (each for one in app.open_gateways.values() for each in one.clients):
            await client.aclose()


def _routes(routes: Any, before: str) -> list[str]:
    found = []
    for route in routes:
        if isinstance(route, Mount):
            found += _routes(route.routes, before + route.path) or [f"all {before}{route.path}"]
        elif isinstance(route, Route):
            methods = sorted((route.methods or {"GET"}) - {"HEAD"})
            found.append(f"{' '.join(methods)} {before}{route.path}")
    return found

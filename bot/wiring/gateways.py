"""Composition root, gateways: those that GATEWAYS names. It has no rules itself."""

from __future__ import annotations

from functools import partial

import httpx

from adapters.gateways.traits import OpenedGateway, Surroundings
from bot.settings.config import Config
from bot.wiring.books import StoredBooks
from service.common.ids import Sources
from service.common.signed_tokens import derive_key
from service.ports.store import Store


def open_gateways(
    config: Config, sources: Sources, store: Store, reach: httpx.AsyncBaseTransport | None = None
) -> dict[str, OpenedGateway]:
    """The gateways that are configured, in the order in which people see their ways to pay.

    `reach` is how those outside this process are reached, where it is not by the network.
    """
    around = Surroundings(
        public_url=config.web.public_url,
        local_url=f"http://{_reachable(config.web.host)}:{config.web.port}",
        secret_for=partial(derive_key, config.storage.keys[0]),
        now=sources.now,
        new_id=sources.new_attempt_id,
        documents=StoredBooks(store),
        reach=reach,
    )
    return {each.name: each.open(around) for each in config.gateways.chosen}


def _reachable(host: str) -> str:
    """This machine in an address, for a host that may mean all of its addresses."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 (not bound here)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host

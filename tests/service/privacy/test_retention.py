"""How long things are kept: every table ends or stays on purpose, and nothing ends too soon."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import adapters
from adapters.settings import Misconfigured
from adapters.storage.queries.retention import ENDS, RULES, STAYS
from adapters.storage.schema.tables import metadata
from billing.retention import BOUNDS, RetentionKind, default_retention
from bot.settings.config import Settings, load
from conversations.protocol.events import ConversationKey
from service.common.context import context_of
from service.people import access
from tests.support.bots.bot_place import START, bot_place
from tests.support.house.source import ROOT

STRANGER = ConversationKey("telegram", "9", "77", "77")


def settings(**given: str) -> Settings:
    return Settings.from_values({"secret_key": "k" * 40, "telegram_bot_token": "1:A", **given})


def adapter_classes() -> Iterator[type[Any]]:
    """Every class that hears from a chat platform or from a gateway."""
    for module in pkgutil.walk_packages(adapters.__path__, "adapters."):
        if ".contracts" in module.name or ".migrations" in module.name:
            continue
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            own = found.__module__ == module.name
            if own and (hasattr(found, "read_webhook") or hasattr(found, "to_event")):
                yield found


def test_111_every_table_ends_or_stays_on_purpose() -> None:
    """Who adds a table says what ends its rows, or why none does; money and audit stay."""
    ending = {rule.table.name for rule in RULES} | set(ENDS)

    assert ending | set(STAYS) == set(metadata.tables)
    assert ending & set(STAYS) == set()
    assert {"payments", "transactions", "postings", "audit", "audit_seals"} <= set(STAYS)


def test_111_a_delivery_outlives_its_senders_patience() -> None:
    """The fewest days there may be are no fewer than any sender goes on repeating."""
    found = list(adapter_classes())

    assert len(found) >= 5
    for adapter in found:
        for kept in (RetentionKind.DELIVERIES, RetentionKind.QUARANTINED):
            assert adapter.repeats_for <= timedelta(days=BOUNDS[kept].fewest), adapter


def test_111_a_checkout_outlives_every_dispute() -> None:
    """So does the card by which its person is told."""
    gateways = [found for found in adapter_classes() if hasattr(found, "read_webhook")]

    assert len(gateways) >= 2
    for gateway in gateways:
        kept = RetentionKind.SANDBOX if gateway.name == "sandbox" else RetentionKind.CHECKOUTS
        assert gateway.disputed_for <= timedelta(days=BOUNDS[kept].fewest)
        watched = [method.link_life + method.watched_after_expiry for method in _methods(gateway)]
        assert max(watched) <= timedelta(days=BOUNDS[kept].fewest)
        # A checkout counts from when it was opened, and may be paid as late as it is watched.
        fewest = timedelta(days=BOUNDS[RetentionKind.CHECKOUTS].fewest)
        assert max(watched) + gateway.disputed_for <= fewest


def _methods(gateway: type[Any]) -> Any:
    return importlib.import_module(gateway.__module__).METHODS


@pytest.mark.parametrize("kept", RetentionKind)
def test_111_less_than_the_floor_is_refused_by_name(kept: RetentionKind) -> None:
    """The sentence names the setting, and says what would be right and why."""
    bounds, name = BOUNDS[kept], kept.setting
    assert bounds.default >= bounds.fewest >= 1
    for wrong in (str(bounds.fewest - 1), "-1", "soon", "1e3", "²", "9" * 30, "1.5"):
        with pytest.raises(Misconfigured, match=name):
            load(settings(**{name.lower(): wrong}))
    config = load(settings(**{name.lower(): str(bounds.fewest)}))
    assert config.retention == {**default_retention(), kept: timedelta(days=bounds.fewest)}


async def test_111_114_a_bot_keeps_no_more_than_it_says(tmp_path: Path) -> None:
    """A year on, money stands and what was said is gone; who never did anything is gone, too."""
    async with bot_place(tmp_path, signup_open=True, metrics_token=SecretStr("m" * 32)) as place:
        await place.pays(await place.asks_for())
        await place.app.store.transact(
            lambda tx: access.open_signup_account(
                context_of(tx, place.app.services), STRANGER, "Stranger"
            )
        )
        money = place.money()
        place.clock.advance(days=365)
        await retained(place)
        left = {name: len(place.rows(name)) for name in ("deliveries", "conversations")}
        accounts = [row["id"] for row in place.rows("accounts")]
        told = await place.web.get("/metrics", headers={"authorization": f"Bearer {'m' * 32}"})

    assert left == {"deliveries": 0, "conversations": 0}
    assert accounts == [row["id"] for row in money["accounts"] if row["mode"]][:1]
    assert place.rows("postings") == money["postings"]
    assert place.rows("payments") == money["payments"]
    assert place.rows("attempts") == money["attempts"]
    assert 'topup_rows_dropped_total{table="deliveries"}' in told.text


async def retained(place: Any) -> None:
    """Have the lane that keeps the retention run until it rests."""
    await place.app.store.transact(lambda tx: tx.lanes.schedule("retain", "all", START))
    await place.quiet()


def test_111_the_page_says_what_is_kept_how_long() -> None:
    """docs/privacy.md has a row for each setting and for each table, as the code has it."""
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    tables = {
        kept: {rule.table.name for rule in RULES if rule.kept is kept} for kept in RetentionKind
    }
    tables[RetentionKind.IDLE_ACCOUNTS] = {"accounts", "links", "people"}
    for kept, bounds in BOUNDS.items():
        names = ", ".join(f"`{name}`" for name in sorted(tables[kept]))
        fewest = f"{bounds.fewest}: {bounds.because}"
        assert f"| `{kept.setting}` | {bounds.default} | {fewest} | {names} |" in page
    for name, told in (ENDS | STAYS).items():
        assert f"| `{name}` | {told} |" in page

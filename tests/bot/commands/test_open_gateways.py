"""Gateways as the settings name them: what they say before a call is what they are at work."""

from __future__ import annotations

import pytest

from adapters.gateways.traits import ConfiguredGateway
from adapters.storage.store import open_store
from bot.settings.config import Settings, load
from bot.settings.gateways import GATEWAYS
from bot.wiring.gateways import open_gateways
from service.common.ids import Sources
from tests.support.bots.bot_place import Clock, Dice
from tests.support.golden.bot import SETTINGS

CONFIG = load(Settings.from_values({**SETTINGS, "gateways": ",".join(GATEWAYS)}))


@pytest.mark.parametrize("configured", CONFIG.gateways.chosen, ids=list(GATEWAYS))
async def test_an_open_gateway_is_what_its_settings_say(configured: ConfiguredGateway) -> None:
    """Name, kind of money and account are the same, and each of its ways to pay has a name."""
    store = open_store("sqlite://")
    opened = open_gateways(CONFIG, Sources(Clock(), Dice()), store)[configured.name]
    for client in opened.clients:
        await client.aclose()
    await store.close()

    gateway = opened.gateway
    told = configured.name, configured.mode, configured.merchant_account
    assert (gateway.name, gateway.mode, gateway.merchant_account) == told
    assert {each.gateway for each in gateway.methods} == {configured.name}
    assert {each.key for each in gateway.methods} <= set(GATEWAYS[configured.name].method_names)


def test_they_are_shown_in_the_order_of_the_settings() -> None:
    """People see the ways to pay of the first one first."""
    for names in (list(GATEWAYS), list(GATEWAYS)[::-1]):
        config = load(Settings.from_values({**SETTINGS, "gateways": ", ".join(names)}))
        assert [each.name for each in config.gateways.chosen] == names


def test_only_what_takes_no_real_money_is_used_in_a_trial() -> None:
    """Whatever the settings choose."""
    config = load(Settings.from_values({**SETTINGS, "gateways": "stripe"}))
    assert [each.name for each in config.gateways.trial] == ["sandbox"]

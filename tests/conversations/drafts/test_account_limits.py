"""Limits and presets are those of the ways to pay that an account has, and of no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from adapters.gateways.sandbox.methods import METHODS as SANDBOX
from adapters.gateways.stripe.limits import range_in
from adapters.gateways.stripe.methods import METHODS as STRIPE
from billing.limits import Limits
from billing.money import Money
from billing.tender import is_tender
from billing.topups import Mode
from bot.settings.config import load
from bot.wiring.services import services_of
from conversations.dialog.steps import step
from conversations.protocol.events import Idle, Said
from conversations.protocol.facts import AccountFacts, Terms, usual_limits
from service.common.ids import system_sources
from tests.billing.test_limits import CURRENCIES, config
from tests.support.dialogs.terms import TEAM_A, terms

TAKEN = [code for code in CURRENCIES if is_tender(code) and range_in(code) is not None]


def account_in(currency: str, mode: Mode) -> AccountFacts:
    return replace(TEAM_A, currency=currency, balance=Money(0, currency), team=False, mode=mode)


@cache
def limits_of_both() -> Callable[[AccountFacts], Limits]:
    """Of a bot that has play money at one gateway, and takes real money at another."""
    settings = config(
        gateways="sandbox,stripe",
        public_url="https://bot.example",
        stripe_api_key="sk_live_forTheTestsOnly",
        stripe_webhook_secret="whsec_forTheTestsOnly",
    )
    return services_of(load(settings), system_sources(), SANDBOX + STRIPE).limits


def both(account: AccountFacts) -> Terms:
    """What somebody with that account may do there."""
    modes = {"sandbox": Mode.SANDBOX, "stripe": Mode.LIVE}
    place = terms(accounts=(account,), methods=SANDBOX + STRIPE)
    return replace(place, modes=modes, limits=limits_of_both())


@pytest.mark.parametrize("currency", TAKEN)
def test_128_a_live_account_is_offered_what_its_own_gateway_takes(currency: str) -> None:
    """Another gateway, of play money, takes any amount: that widens nothing here."""
    account = account_in(currency, Mode.LIVE)
    bounds = limits_of_both()(account)
    offered = (bounds.minimum_minor, bounds.maximum_minor, *bounds.presets_minor)

    assert all(STRIPE[0].allows(Money(minor, currency)) for minor in offered)


def test_128_an_account_of_play_money_keeps_the_usual_limits() -> None:
    """What the other gateway refuses narrows nothing here."""
    account = account_in("LBP", Mode.SANDBOX)

    assert limits_of_both()(account) == usual_limits(account)


def test_128_the_limits_that_are_told_are_the_accounts_own() -> None:
    """Whoever types too much reads what their own ways to pay take."""
    place = both(account_in("LBP", Mode.LIVE))
    view = step(Idle(), Said("900000000 LBP", command=True), place).shows[-1].view

    assert "999,999.99" in view.fallback
    assert "200,000,000" not in view.fallback

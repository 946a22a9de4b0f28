"""Limits and presets: alike in worth in every currency, round there, settable for each."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from adapters.gateways.stripe.methods import METHODS
from adapters.settings import Misconfigured
from billing.limits import LimitOverrides, Limits, limits_for, narrow_limits
from billing.magnitudes import load_units_per_dollar, units_per_dollar
from billing.methods import PaymentMethod
from billing.money import Money, currency_exponent, to_decimal
from billing.tender import successor_currency, tender_currencies
from bot.settings.config import Settings, load
from bot.wiring.services import services_of
from conversations.protocol.facts import AccountFacts
from service.common.ids import system_sources
from tests.support.dialogs.terms import TEAM_A
from tests.support.fuzz.exchange_rates import RATES

CURRENCIES = sorted(tender_currencies())
ROUND = re.compile(r"([1-9]|25)0*")
Sums = tuple[int, ...]


def config(**given: str) -> Settings:
    """Settings with a key, and nothing else that could be wrong."""
    return Settings.from_values({"secret_key": "k" * 32, **given})


def sums(found: Limits) -> Sums:
    """Every amount that the limits name."""
    return (
        found.minimum_minor,
        found.maximum_minor,
        found.approval_above_minor,
        *found.presets_minor,
    )


def test_128_every_currency_that_is_tender_has_a_magnitude() -> None:
    """None is left to be taken for a dollar, and none is there that nobody pays in."""
    assert set(load_units_per_dollar()) == set(CURRENCIES) == set(RATES)
    for currency, rate in RATES.items():
        assert Decimal("0.64") < units_per_dollar(currency) / Decimal(rate) < Decimal("1.6"), (
            currency
        )
    assert units_per_dollar("XAU") == 1


def test_128_limits_in_dollars_are_those_that_are_written_down() -> None:
    """5 to 2,000, a second person above 500, and five amounts to press."""
    bounds = limits_for("USD")

    assert sums(bounds) == (500, 200_000, 50_000, 1_000, 2_500, 5_000, 10_000, 25_000)
    assert bounds.minimum == Money(500, "USD")
    assert bounds.maximum == Money(200_000, "USD")
    assert bounds.approval_above == Money(50_000, "USD")


@pytest.mark.parametrize(
    ("least", "most", "found"),
    [
        # A preset exactly at the least or the most can be paid.
        (2_500, 10_000, (2_500, 10_000, 10_000, 2_500, 5_000, 10_000)),
        (2_501, 9_999, (2_501, 9_999, 9_999, 5_000)),
        # Where no preset is left, the least and its multiples up to the most.
        (30_000, None, (30_000, 200_000, 50_000, 30_000, 60_000, 150_000)),
        (20_000, None, (20_000, 200_000, 50_000, 25_000)),
        (40_000, 400_000, (40_000, 200_000, 50_000, 40_000, 80_000, 200_000)),
        (60_000, 119_999, (60_000, 119_999, 60_000, 60_000)),
        (60_000, 120_000, (60_000, 120_000, 60_000, 60_000, 120_000)),
        (1, 30, (500, 500, 500, 500)),
        (0, 0, (500, 200_000, 50_000, 1_000, 2_500, 5_000, 10_000, 25_000)),
        (300_000, None, (300_000, 300_000, 300_000, 300_000)),
    ],
)
def test_128_a_gateway_narrows_the_limits(least: int, most: int | None, found: Sums) -> None:
    """What is offered and asked for lies where the gateway takes it."""
    assert sums(narrow_limits(limits_for("USD"), least, most)) == found


def test_128_ten_of_the_least_are_offered_where_no_preset_fits() -> None:
    """One, two, five and ten of it."""
    own = LimitOverrides(minimum_minor=30_000, maximum_minor=300_000, presets_minor=(100,))

    assert limits_for("USD", own).presets_minor == (30_000, 60_000, 150_000, 300_000)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_128_limits_and_presets_are_worth_what_they_are_in_dollars(currency: str) -> None:
    """Every limit is a round number, and by a true rate within a factor of two of the dollar's."""
    rate = Decimal(RATES[currency])
    for minor, dollars in zip(sums(limits_for(currency)), sums(limits_for("USD")), strict=True):
        worth = to_decimal(Money(minor, currency)) / rate
        assert Decimal("0.5") < worth / to_decimal(Money(dollars, "USD")) < 2
        assert ROUND.fullmatch(str(minor))
    presets = limits_for(currency).presets_minor
    assert sorted(set(presets)) == list(presets)


@given(
    st.sampled_from([*CURRENCIES, "CLF"]),
    st.builds(
        LimitOverrides,
        st.none() | st.integers(1, 10**6),
        st.none() | st.integers(1, 10**9),
        st.none() | st.integers(1, 10**9),
        st.lists(st.integers(1, 10**8), max_size=4).map(tuple),
    ),
    st.integers(0, 10**7),
)
def test_128_nothing_lies_outside_of_the_limits_or_below_the_gateways(
    currency: str, own: LimitOverrides, least: int
) -> None:
    """Whatever is set, and whatever the gateway takes at least, there is an amount to offer."""
    found = narrow_limits(limits_for(currency, own), least)

    assert found.minimum_minor >= max(least, own.minimum_minor or 1)
    assert found.minimum_minor <= found.approval_above_minor <= found.maximum_minor
    assert found.presets_minor
    assert all(
        found.minimum_minor <= preset <= found.maximum_minor for preset in found.presets_minor
    )


def test_128_limits_are_set_for_each_currency() -> None:
    """What is set counts, the rest is as usual, and a gateway's own minimum wins."""
    settings = config(
        amount_limits="KRW: 5000-3000000, kwd:0.500-700",
        amount_presets="KRW:10000/50000",
        approval_above="KRW:700000",
    )
    method = PaymentMethod("bank", "sandbox", minimum_minor=9_000)
    of_account = services_of(load(settings), system_sources(), (method,)).limits

    def found(currency: str) -> Limits:
        return of_account(_account_in(currency))

    assert found("KRW") == Limits("KRW", 9_000, 3_000_000, 700_000, (10_000, 50_000))
    assert found("KWD") == Limits("KWD", 9_000, 700_000, 100_000, (10_000, 20_000, 50_000))
    assert found("EUR") == narrow_limits(limits_for("EUR"), 9_000)


def _account_in(currency: str) -> AccountFacts:
    return replace(TEAM_A, currency=currency, balance=Money(0, currency))


@pytest.mark.parametrize("currency", CURRENCIES)
def test_128_what_is_offered_can_be_paid_at_the_gateway(currency: str) -> None:
    """Every limit and preset, in every currency that Stripe takes, is one that it takes."""
    account = _account_in(currency)
    found = services_of(load(config()), system_sources(), METHODS).limits(account)
    (method,) = METHODS

    for minor in (found.minimum_minor, *found.presets_minor):
        assert method.allows(Money(minor, currency)) or method.range_in(currency) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount_limits", "KRW"),
        ("amount_limits", "KRW:5000"),
        ("amount_limits", "KRW:5000-"),
        ("amount_limits", "KRW:0-5000"),
        ("amount_limits", "KRW:9000-5000"),
        ("amount_limits", "KRW:5000.50-9000"),
        ("amount_limits", "KRW:5,000-9,000"),
        ("amount_limits", "KRW:1e3-1e6"),
        ("amount_limits", "KRW:٥٠٠-٩٠٠"),
        ("amount_limits", "KRW:1-9, KRW:2-8"),
        ("amount_limits", "RUR:1-9"),
        ("amount_limits", "XXX:1-9"),
        ("amount_limits", "USD:1-99999999999999999999"),
        ("amount_presets", "USD:50/20"),
        ("amount_presets", "USD:1"),
        ("amount_presets", "USD:10/11/12/13/14/15/16/17/18"),
        ("approval_above", "USD:5000"),
        ("approval_above", "USD:.."),
    ],
)
def test_128_a_wrong_limit_is_refused_by_name(name: str, value: str) -> None:
    """The sentence names the setting."""
    with pytest.raises(Misconfigured, match=name.upper()):
        load(config(**{name: value}))


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        *[("RUR", "RUB"), ("DEM", "EUR"), ("ITL", "EUR"), ("BYR", "BYN"), ("TRL", "TRY")],
        *[("ROL", "RON"), ("PLZ", "PLN"), ("SLL", "SLE"), ("HRK", "EUR"), ("ANG", "XCG")],
        *[("ZWL", "ZWG"), ("VEF", "VES"), ("XAU", None), ("XXX", None), ("ABC", None)],
    ],
)
def test_130_old_money_is_no_tender_and_names_its_successor(code: str, meant: str | None) -> None:
    """What a country pays in today is told by CLDR."""
    assert code not in tender_currencies()
    assert successor_currency(code) == meant
    assert meant is None or meant in tender_currencies()
    assert currency_exponent(code) >= 0


def test_130_what_a_country_pays_in_is_listed_from_the_oldest_on() -> None:
    """So the newest is taken for the successor; should CLDR order otherwise, it is seen here."""
    for place, uses in get_global("territory_currencies").items():
        begun = [since for _, since, until, is_tender in uses if until is None and is_tender]
        assert begun == sorted(begun), place

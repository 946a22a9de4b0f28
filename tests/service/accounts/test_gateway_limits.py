"""What a gateway can never take is refused while it is asked for, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contracts.gateway import checkout_request
from adapters.gateways.stripe.gateway import session_params
from adapters.gateways.stripe.limits import range_in
from adapters.gateways.stripe.methods import METHODS
from billing.limits import LimitOverrides, limits_for
from billing.methods import Fee, PaymentMethod, Range
from billing.money import Money
from conversations.dialog.steps import step
from conversations.protocol.events import Idle, Said
from conversations.protocol.views import View
from tests.support.dialogs.terms import NOW, TEAM_A, terms

(STRIPE,) = METHODS


_ANY = LimitOverrides(minimum_minor=1, maximum_minor=10**12)


def shown(
    line: str, currency: str, *methods: PaymentMethod, own: LimitOverrides | None = None
) -> View:
    """What somebody sees who types this with an account in that currency."""
    account = replace(TEAM_A, currency=currency, balance=Money(0, currency), team=False)
    place = replace(
        terms(accounts=(account,), methods=methods or METHODS),
        limits=lambda one: limits_for(one.currency, own or LimitOverrides()),
    )
    return step(Idle(), Said(line, command=True), place).shows[-1].view


@pytest.mark.parametrize(
    ("line", "currency", "why"),
    [
        ("12.345 KWD", "KWD", "12.350"),
        ("40 KRW", "KRW", "₩500 or more"),
        ("50 MGA", "MGA", "or more"),
        ("500000 IQD", "IQD", "No way to pay takes IQD yet"),
        ("50 LYD", "LYD", "No way to pay takes LYD yet"),
        ("2000000 TZS", "TZS", "or less"),
    ],
)
def test_116_what_stripe_never_takes_is_refused_at_once(
    line: str, currency: str, why: str
) -> None:
    """Too small, too large, too many digits, not at all: the reason comes before any review."""
    # Twelve thousand dinars would be the other reading.
    view = shown(line, currency, own=None if currency == "KWD" else _ANY)

    assert why in view.fallback
    assert "Review your top-up" not in view.title


@pytest.mark.parametrize("line", ["12.34 KWD", "12.340 KWD"])
def test_116_what_stripe_takes_is_reviewed(line: str) -> None:
    """The last of three digits is zero: nothing is in the way."""
    assert "Review your top-up" in shown(line, "KWD").title


def test_116_one_way_that_takes_it_is_enough() -> None:
    """Where another way to pay takes the amount, it is asked for and not refused."""
    bank = PaymentMethod("bank_transfer", "sandbox")
    view = shown("12.345 KWD", "KWD", STRIPE, bank)

    assert "how do you want to pay" in view.title
    assert [line[0].label for line in view.choices][:1] == ["Bank transfer"]


def test_116_the_only_way_is_not_chosen_past_its_limits() -> None:
    """A method that nobody named is held to its limits as one that was."""
    small = PaymentMethod("card", "sandbox", maximum_minor=2_000)

    assert "or less" in shown("50 USD", "USD", small).fallback


CURRENCIES = st.sampled_from(
    ["USD", "EUR", "KWD", "JPY", "ISK", "UGX", "MGA", "KRW", "BHD", "IQD"]
)


@settings(max_examples=150, deadline=None)
@given(CURRENCIES, st.integers(0, 10**9))
def test_116_what_is_taken_can_be_ordered(currency: str, minor: int) -> None:
    """An amount that the method takes is one that Stripe can count, and no other is offered."""
    amount = Money(minor, currency)
    found = range_in(currency)
    if STRIPE.allows(amount):
        request = checkout_request(NOW, amount)
        assert session_params(request, NOW)["line_items"]
        assert found is not None
        assert found.least_minor <= minor <= (found.most_minor or minor)
    assert STRIPE.supports(currency) == (found is not None)


def test_116_a_fee_counts() -> None:
    """What reaches the gateway is the amount and its fee."""
    method = PaymentMethod(
        "card", "x", fee=Fee(fixed_minor=50), taken_in=lambda _: Range(100, 1_000, 10)
    )

    taken = [minor for minor in (40, 50, 55, 950, 960) if method.allows(Money(minor, "USD"))]
    assert taken == [50, 950]

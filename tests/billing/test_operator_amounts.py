"""Amounts and currencies that an operator types, where nobody can be asked what was meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money, to_decimal
from billing.tender import tender_currencies
from service.money.accounts import OperatorError, read_amount
from tests.support.house.terminal import Terminal


@given(st.integers(1, 10**12), st.sampled_from(sorted(tender_currencies())))
def test_129_an_amount_in_plain_digits_is_read_in_every_currency(
    minor: int, currency: str
) -> None:
    """With all of its decimals and a dot before them, whatever three digits mean elsewhere."""
    money = Money(minor, currency)

    assert read_amount(f"{to_decimal(money):f}", currency) == money
    assert read_amount(f"{to_decimal(money):,f}", currency) == money


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("18.600", "KWD", 18_600), ("1.235", "OMR", 1_235), ("1.000", "JPY", 1_000)],
)
def test_129_the_accounts_decimals_decide(text: str, currency: str, minor: int) -> None:
    """Three digits after a dot are decimals in a dinar, and a group in a yen."""
    assert read_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "both"),
    [("1,235", "KWD", "1235.000 or 1.235"), ("1.000", "USD", "1.00 or 1000.00")],
)
def test_129_what_stays_unclear_is_refused_with_both(text: str, currency: str, both: str) -> None:
    """A thousandfold is never guessed; the sentence says how each is written."""
    with pytest.raises(OperatorError, match=both):
        read_amount(text, currency)


def test_129_130_dinars_in_a_terminal(topup_bot: Terminal) -> None:
    """`--alert-below 25.500` counts in thousandths; old money and metals are refused."""
    topup_bot("accounts", "add", "kw", "--currency", "KWD", "--alert-below", "25.500")
    (account,) = json.loads(topup_bot("accounts", "list", "--json").out)
    unclear = topup_bot("charge", "kw", "dinars", SECRET_KEY="k" * 32)
    old = topup_bot("accounts", "add", "ru", "--currency", "rur")
    metal = topup_bot("accounts", "add", "gold", "--currency", "XAU")

    assert account["alert_below_minor"] == 25_500
    assert unclear.err.strip() == "dinars: no amount in KWD such as 1.000."
    assert (old.code, metal.code) == (2, 2)
    assert old.err.strip() == "rur: nobody pays in it any more. Did you mean RUB?"
    assert "paid in today" in metal.err

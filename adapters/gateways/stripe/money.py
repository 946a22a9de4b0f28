"""Converts our minor units to Stripe's and back, exactly: what does not fit is refused.

https://docs.stripe.com/currencies#zero-decimal and the special cases below it.
"""

from __future__ import annotations

from billing.money import Money, currency_exponent

# Stripe counts in hundredths unless listed: in hundredths of ISK and UGX too, although ISO 4217
# gives them no decimals, and in whole MGA, although it gives those two.
_EXPONENTS = {
    0: "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF",
    3: "BHD JOD KWD OMR TND",
}
_EXPONENT_BY_CURRENCY = {
    code: exponent for exponent, codes in _EXPONENTS.items() for code in codes.split()
}
_DEFAULT_EXPONENT = 2
_THOUSANDTHS = 3
# Stripe does not take these, and counts them otherwise than ISO 4217 if it ever does.
_NOT_TAKEN = frozenset({"CLF", "IQD", "LYD", "UYI", "UYW"})


class NotExact(ValueError):
    """Stripe has no amount that is this one."""


def to_stripe(money: Money) -> int:
    """The amount as Stripe counts it. Raises NotExact."""
    currency = money.currency
    if currency in _NOT_TAKEN:
        raise NotExact(f"Stripe takes no {currency}")
    amount = _shifted(money.minor, stripe_exponent(currency) - currency_exponent(currency))
    if amount is None or (stripe_exponent(currency) == _THOUSANDTHS and amount % 10):
        raise NotExact(f"Stripe takes no {currency} this small")
    return amount


def from_stripe(amount: int, currency: str) -> Money:
    """Stripe's amount and lower-case code as Money. Raises NotExact."""
    code = currency.upper()
    minor = _shifted(amount, currency_exponent(code) - stripe_exponent(code))
    if minor is None:
        raise NotExact(f"an amount in {code} that has no such decimals")
    return Money(minor, code)


def stripe_exponent(currency: str) -> int:
    """How many decimals Stripe counts in (JPY 0, USD 2, KWD 3, and ISK 2)."""
    return _EXPONENT_BY_CURRENCY.get(currency, _DEFAULT_EXPONENT)


def _shifted(amount: int, places: int) -> int | None:
    """The amount with its point moved; None when that would cut something off."""
    if places >= 0:
        grown: int = amount * 10**places
        return grown
    whole, rest = divmod(amount, 10**-places)
    return None if rest else int(whole)

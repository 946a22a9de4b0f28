"""What Stripe takes in each currency: the least, the most, and in which steps.

https://docs.stripe.com/currencies#presentment-currencies and #minimum-and-maximum-charge-amounts,
as of 2026-11. What else Stripe refuses, it refuses when a page is opened, and that is told too.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from adapters.gateways.stripe.money import NotExact, from_stripe, stripe_exponent
from billing.magnitudes import units_per_dollar
from billing.methods import Range
from billing.money import currency_exponent

_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD
    CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ
    GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD
    LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK
    PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STD STN SZL THB TJS TND
    TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW
"""
_TAKEN = frozenset(_CODES.split())
# In whole units of the currency; for all others it is what half a dollar is.
_LEAST_IN = {
    "0.3": "GBP",
    "0.5": "AUD BRL CAD CHF EUR INR NZD SGD USD",
    "1": "BGN",
    "2": "AED MYR PLN RON",
    "2.5": "DKK",
    "3": "NOK SEK",
    "4": "HKD",
    "10": "MXN THB",
    "15": "CZK",
    "50": "JPY",
    "175": "HUF",
    "2000": "COP",
}
_LEAST = {code: Decimal(least) for least, codes in _LEAST_IN.items() for code in codes.split()}
_HALF_A_DOLLAR = Decimal("0.5")
# As Stripe counts, an amount has eight digits at most, and more where a unit is small.
_DIGITS = {"INR": 9, "COP": 10, "HUF": 10, "JPY": 10, "IDR": 12}
_DIGITS_MOST = 8
_THOUSANDTHS = 3


def range_in(currency: str) -> Range | None:
    """What Stripe takes in a currency; None where it takes none of it."""
    if currency not in _TAKEN:
        return None
    step = _step(currency)
    least = _LEAST.get(currency, units_per_dollar(currency) * _HALF_A_DOLLAR)
    steps = (least * 10 ** currency_exponent(currency) / step).to_integral_value(ROUND_CEILING)
    return Range(int(steps) * step, _most(currency, step), step)


def _most(currency: str, step: int) -> int:
    largest = 10 ** _DIGITS.get(currency, _DIGITS_MOST) - 1
    minor = Decimal(largest).scaleb(currency_exponent(currency) - stripe_exponent(currency))
    return int(minor) // step * step


def _step(currency: str) -> int:
    """The smallest amount that Stripe can count, in our minor units."""
    if stripe_exponent(currency) == _THOUSANDTHS:
        # What its partners cannot count, Stripe refuses: the last of three digits is zero.
        return 10
    try:
        return from_stripe(1, currency).minor
    except NotExact:
        return 1

"""Writes amounts as people read them, from Stripe's smallest units.

https://docs.stripe.com/currencies#zero-decimal
"""

from __future__ import annotations

# Where Stripe counts whole units, or thousandths; all others are hundredths, ISK and UGX too.
_WHOLE = frozenset(
    {
        *("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga"),
        *("pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"),
    }
)
THOUSANDTHS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})


def decimals(currency: str) -> int:
    """How many digits of the smallest unit stand behind the point."""
    if currency in _WHOLE:
        return 0
    return 3 if currency in THOUSANDTHS else 2


def in_words(amount: int, currency: str) -> str:
    """5075 and usd are 50.75 USD."""
    digits = decimals(currency)
    whole, part = divmod(abs(amount), 10**digits)
    fraction = f".{part:0{digits}}" if digits else ""
    return f"{'-' if amount < 0 else ''}{whole:,}{fraction} {currency.upper()}"

"""Money as integer minor units with an ISO-4217 exponent. It never touches a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global
from babel.numbers import NumberPattern, parse_pattern

# ISO 4217 gives each currency an exponent; 2 unless listed. CLDR's digits are for display and
# differ for some of these, so they are not used for arithmetic.
# Source: ISO 4217 list one, https://www.six-group.com/en/products-services/financial-information
_EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENT_BY_CURRENCY = {
    code: exponent for exponent, codes in _EXPONENTS.items() for code in codes.split()
}
_DEFAULT_EXPONENT = 2
_FALLBACK_LOCALE = "en"
_LOCALES_KEPT = 64


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents for USD, yen for JPY) of one ISO-4217 currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        """The sum. Raises ValueError when the currencies differ."""
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """The difference. Raises ValueError when the currencies differ."""
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        """The same amount the other way: what is owed for what is there."""
        return Money(-self.minor, self.currency)

    def _same_currency(self, other: Money) -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")


def currency_exponent(currency: str) -> int:
    """How many decimals the currency has in ISO 4217 (JPY 0, USD 2, KWD 3, CLF 4)."""
    return _EXPONENT_BY_CURRENCY.get(currency, _DEFAULT_EXPONENT)


def is_currency(code: str) -> bool:
    """Whether CLDR knows the code as a currency."""
    return code in get_global("all_currencies")


def is_country(code: str) -> bool:
    """Whether CLDR knows the code as a place with a currency."""
    return code in get_global("territory_currencies")


def to_decimal(money: Money) -> Decimal:
    """The amount in major units, exact: Money(5000, "USD") is Decimal("50.00")."""
    return Decimal(money.minor).scaleb(-currency_exponent(money.currency))


def from_decimal(value: Decimal, currency: str) -> Money:
    """Major units to Money. Raises ValueError when the currency has fewer decimals."""
    minor = value.scaleb(currency_exponent(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{value} has more decimals than {currency} allows")
    return Money(int(minor), currency)


def format_money(money: Money, locale: str = "en") -> str:
    """What a person of that locale reads: $50.00, 50,00 €, ￥5,000. Never rounds."""
    known = known_locale(locale)
    text: str = _pattern(locale, currency_exponent(money.currency)).apply(
        to_decimal(money),
        known,
        currency=money.currency,
        currency_digits=False,
    )
    return text


@lru_cache(_LOCALES_KEPT)
def known_locale(name: str) -> Locale:
    """The Babel locale of that name (en-US and en_US alike), or English."""
    _forget_unused_locales()
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale.parse(_FALLBACK_LOCALE)


def _forget_unused_locales() -> None:
    """Have Babel let go of locales: it keeps each that anybody ever named, 0.2 MB of it.

    Those in use here stay with whoever has them, and the others are read again when needed.
    """
    if len(localedata._cache) > _LOCALES_KEPT:
        localedata._cache.clear()


@lru_cache
def _pattern(locale: str, decimals: int) -> NumberPattern:
    pattern = parse_pattern(known_locale(locale).currency_formats["standard"].pattern)
    pattern.frac_prec = (decimals, decimals)
    return pattern

"""Ways to pay, their fees and the limits on an amount. It knows no gateway's own words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from billing.money import Money, exponent

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Fee:
    """What the payer pays on top: basis points of the amount, plus a fixed sum in minor units."""

    basis_points: int = 0
    fixed_minor: int = 0

    def of(self, amount: Money) -> Money:
        """The fee for an amount, rounded half up to a whole minor unit."""
        share = (amount.minor * self.basis_points + BASIS_POINTS // 2) // BASIS_POINTS
        return Money(share + self.fixed_minor, amount.currency)


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """One way to pay at one gateway. `None` for currencies or countries means any."""

    key: str
    gateway: str
    fee: Fee = Fee()
    currencies: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    minimum_minor: int = 0
    maximum_minor: int | None = None
    link_life: timedelta = timedelta(minutes=60)
    watched_after_expiry: timedelta = timedelta(hours=72)

    def fits(self, currency: str, country: str | None = None) -> bool:
        """Whether the method takes this currency in this country."""
        return (self.currencies is None or currency in self.currencies) and (
            self.countries is None or country is None or country in self.countries
        )

    def takes(self, amount: Money) -> bool:
        """Whether the amount lies within the method's own limits."""
        most = self.maximum_minor
        return amount.minor >= self.minimum_minor and (most is None or amount.minor <= most)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one top-up may be in one currency, in minor units, and the amounts offered first."""

    currency: str
    minimum_minor: int
    maximum_minor: int
    approval_above_minor: int
    presets_minor: tuple[int, ...]

    @property
    def minimum(self) -> Money:
        """The smallest amount."""
        return Money(self.minimum_minor, self.currency)

    @property
    def maximum(self) -> Money:
        """The largest amount."""
        return Money(self.maximum_minor, self.currency)

    @property
    def approval_above(self) -> Money:
        """The largest amount a team member may top up alone."""
        return Money(self.approval_above_minor, self.currency)


_STANDARD_MAJOR = (5, 2_000, 500, (10, 25, 50, 100, 250))
# A yen is about a cent: the same sums in people's pockets.
_LARGE_UNIT_MAJOR = (500, 300_000, 75_000, (1_000, 3_000, 5_000, 10_000, 30_000))
_LARGE_UNIT_CURRENCIES = frozenset({"JPY", "HUF", "ISK", "RSD", "TWD"})


def limits(currency: str) -> Limits:
    """The limits of a currency: 5 to 2,000 major units, approval above 500, or the like in yen."""
    large = currency in _LARGE_UNIT_CURRENCIES
    least, most, approval, presets = _LARGE_UNIT_MAJOR if large else _STANDARD_MAJOR
    unit = 10 ** exponent(currency)
    return Limits(
        currency=currency,
        minimum_minor=least * unit,
        maximum_minor=most * unit,
        approval_above_minor=approval * unit,
        presets_minor=tuple(preset * unit for preset in presets),
    )


def offered(
    methods: Iterable[PaymentMethod], currency: str, country: str | None = None
) -> tuple[PaymentMethod, ...]:
    """The methods that fit a currency and country, in the operator's order."""
    return tuple(method for method in methods if method.fits(currency, country))

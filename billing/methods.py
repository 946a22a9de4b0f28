"""Ways to pay and their fees. It knows no gateway's own words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from billing.money import Money

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


def offered(
    methods: Iterable[PaymentMethod], currency: str, country: str | None = None
) -> tuple[PaymentMethod, ...]:
    """The methods that fit a currency and country, in the operator's order."""
    return tuple(method for method in methods if method.fits(currency, country))

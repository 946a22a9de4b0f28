"""Ways to pay, their fees and their limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from billing.money import Money

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Fee:
    """What the payer pays on top: basis points of the amount, plus a fixed sum in minor units."""

    basis_points: int = 0
    fixed_minor: int = 0

    def for_amount(self, amount: Money) -> Money:
        """The fee for an amount, rounded half up to a whole minor unit."""
        share = (amount.minor * self.basis_points + BASIS_POINTS // 2) // BASIS_POINTS
        return Money(share + self.fixed_minor, amount.currency)


@dataclass(frozen=True, slots=True)
class Range:
    """What can be paid in one currency, in its minor units; `None` for the most means any."""

    least_minor: int = 0
    most_minor: int | None = None
    step_minor: int = 1

    def contains(self, minor: int) -> bool:
        """Whether so many minor units can be paid."""
        least, most = self.least_minor, self.most_minor
        return least <= minor and (most is None or minor <= most) and minor % self.step_minor == 0


@dataclass(frozen=True, slots=True)
class MethodNames:
    """How people call one way to pay.

    `label` stands on cards, `typed` is the word that is suggested: both in English, as translators
    have them. `words` are whatever people type for it, in every language and in small letters.
    """

    label: str
    typed: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """One way to pay at one gateway. `None` for currencies or countries means any.

    `taken_in` says what its gateway takes in each currency, None where it takes none; the least
    and the most are the same in all of them.
    """

    key: str
    gateway: str
    fee: Fee = Fee()
    currencies: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    minimum_minor: int = 0
    maximum_minor: int | None = None
    taken_in: Callable[[str], Range | None] | None = None
    link_life: timedelta = timedelta(minutes=60)
    watched_after_expiry: timedelta = timedelta(hours=72)

    def supports(self, currency: str, country: str | None = None) -> bool:
        """Whether the method takes this currency in this country."""
        return self.range_in(currency) is not None and (
            self.countries is None or country is None or country in self.countries
        )

    def range_in(self, currency: str) -> Range | None:
        """What it takes in a currency; None where it takes none."""
        if self.currencies is not None and currency not in self.currencies:
            return None
        own = Range(self.minimum_minor, self.maximum_minor)
        if self.taken_in is None:
            return own
        found = self.taken_in(currency)
        if found is None:
            return None
        most = [each for each in (own.most_minor, found.most_minor) if each is not None]
        least = max(own.least_minor, found.least_minor)
        return Range(least, min(most, default=None), found.step_minor)

    def allows(self, amount: Money) -> bool:
        """Whether its gateway can take this amount, with the method's fee on top."""
        found = self.range_in(amount.currency)
        minor = (amount + self.fee.for_amount(amount)).minor
        return found is not None and found.contains(minor)


def offered_methods(
    methods: Iterable[PaymentMethod], currency: str, country: str | None = None
) -> tuple[PaymentMethod, ...]:
    """The methods that fit a currency and country, in the operator's order."""
    return tuple(method for method in methods if method.supports(currency, country))

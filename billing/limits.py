"""The limits of one top-up in each currency, and the amounts offered first: alike in worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from billing.magnitudes import units_per_dollar
from billing.money import Money, currency_exponent

# In US dollars. What they are elsewhere follows from the size of the unit there.
_MINIMUM, _MAXIMUM, _APPROVAL_ABOVE = 5, 2_000, 500
_PRESETS = (10, 25, 50, 100, 250)
_FALLBACK_PRESETS = (1, 2, 5, 10)


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


@dataclass(frozen=True, slots=True)
class LimitOverrides:
    """What an operator set for one currency, in minor units; the rest is as usual."""

    minimum_minor: int | None = None
    maximum_minor: int | None = None
    approval_above_minor: int | None = None
    presets_minor: tuple[int, ...] = ()


_AS_USUAL = LimitOverrides()


def limits_for(currency: str, own: LimitOverrides = _AS_USUAL) -> Limits:
    """The limits of a currency: what 5 to 2,000 dollars are there, in round numbers."""
    return _fitted(
        Limits(
            currency=currency,
            minimum_minor=own.minimum_minor or _minor(_MINIMUM, currency),
            maximum_minor=own.maximum_minor or _minor(_MAXIMUM, currency),
            approval_above_minor=own.approval_above_minor or _minor(_APPROVAL_ABOVE, currency),
            presets_minor=own.presets_minor
            or tuple(_minor(preset, currency) for preset in _PRESETS),
        )
    )


def narrow_limits(bounds: Limits, least_minor: int, most_minor: int | None = None) -> Limits:
    """The same limits for a gateway that takes nothing below or above; None is any amount."""
    return _fitted(
        replace(
            bounds,
            minimum_minor=max(bounds.minimum_minor, least_minor),
            maximum_minor=min(bounds.maximum_minor, most_minor or bounds.maximum_minor),
        )
    )


def _fitted(bounds: Limits) -> Limits:
    """Everything else between the smallest and the largest amount."""
    least = bounds.minimum_minor
    most = max(bounds.maximum_minor, least)
    presets = tuple(preset for preset in bounds.presets_minor if least <= preset <= most)
    multiples = tuple(least * times for times in _FALLBACK_PRESETS if least * times <= most)
    return replace(
        bounds,
        maximum_minor=most,
        approval_above_minor=min(max(bounds.approval_above_minor, least), most),
        presets_minor=presets or multiples,
    )


def _minor(dollars: int, currency: str) -> int:
    """About so many dollars' worth: one digit that is not zero, or 25 and zeros."""
    minor = Decimal(dollars) * units_per_dollar(currency) * 10 ** currency_exponent(currency)
    whole = int(minor.to_integral_value(ROUND_FLOOR))
    ten = 10 ** (len(str(whole)) - 1)
    return whole if whole * 10 == 25 * ten else whole // ten * ten

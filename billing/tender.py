"""Which currencies people pay in today, and what came after one that they paid in before."""

from __future__ import annotations

from collections import Counter
from functools import cache

from babel.core import get_global

_Use = tuple[str, tuple[int, int, int] | None, tuple[int, int, int] | None, bool]


def is_tender(code: str) -> bool:
    """Whether a country pays in the currency today, as CLDR says."""
    return code in tender_currencies()


@cache
def tender_currencies() -> frozenset[str]:
    """Every currency that is tender today. Units of account, metals and old money are not."""
    return frozenset(code for uses in _uses().values() for code in _of_today(uses))


def successor_currency(code: str) -> str | None:
    """What is paid in where the currency was: RUR became RUB, DEM became EUR. None if unknown."""
    places = [place for place, uses in _uses().items() if any(use[0] == code for use in uses)]
    # A code begins with its country: roubles of before were paid in nine of them.
    home = code[:2]
    if home in places and (newest := _of_today(_uses()[home])):
        return newest[0]
    after = Counter(newest[0] for place in places if (newest := _of_today(_uses()[place])))
    return max(after, key=lambda code: after[code], default=None)


def _of_today(uses: tuple[_Use, ...]) -> list[str]:
    """The tender of one place, the newest first: CLDR has the oldest first."""
    return [use[0] for use in reversed(uses) if use[2] is None and use[3]]


@cache
def _uses() -> dict[str, tuple[_Use, ...]]:
    found = get_global("territory_currencies")
    return {str(place): tuple(map(tuple, found[place])) for place in found}

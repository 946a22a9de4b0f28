"""What one top-up may be, for each currency that an operator wants otherwise than usual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from pydantic_settings import BaseSettings

from adapters.settings import SOURCE, Misconfigured
from billing.limits import LimitOverrides, limits_for
from billing.money import Money, from_decimal
from billing.tender import is_tender

Read = TypeVar("Read")
MINOR_MAX = 10**15 - 1
PRESETS_MAX = 8
_DIGITS = frozenset("0123456789.")


class AmountsVariables(BaseSettings):
    """The settings of amounts as text."""

    model_config = SOURCE

    amount_limits: str = ""
    amount_presets: str = ""
    approval_above: str = ""


def read_amounts(found: AmountsVariables) -> Mapping[str, LimitOverrides]:
    """What is set, by currency. Raises Misconfigured."""
    bounds = _by_currency("AMOUNT_LIMITS", found.amount_limits, _range)
    presets = _by_currency("AMOUNT_PRESETS", found.amount_presets, _presets)
    approvals = _by_currency("APPROVAL_ABOVE", found.approval_above, _alone)
    amounts = {}
    for currency in {*bounds, *presets, *approvals}:
        least, most = bounds.get(currency, (None, None))
        (approval,) = approvals.get(currency, (None,))
        own = LimitOverrides(least, most, approval, presets.get(currency, ()))
        _check_within(currency, own)
        amounts[currency] = own
    return amounts


def _by_currency(name: str, value: str, read: Callable[[str, str, str], Read]) -> dict[str, Read]:
    """`KRW:…, EUR:…` by currency. Raises Misconfigured."""
    found: dict[str, Read] = {}
    for entry in filter(None, (part.strip() for part in value.split(","))):
        code, colon, amounts = entry.partition(":")
        currency = code.strip().upper()
        if not colon or not is_tender(currency):
            raise Misconfigured(f"{name} names no currency that people pay in, such as KRW:…")
        if currency in found:
            raise Misconfigured(f"{name} names {currency} twice.")
        found[currency] = read(name, amounts.strip(), currency)
    return found


def _range(name: str, text: str, currency: str) -> tuple[int, int]:
    least, dash, most = text.partition("-")
    if not dash:
        raise _wrong(name, currency, "is written as least and most: KRW:5000-3000000")
    found = _amount(name, least, currency), _amount(name, most, currency)
    if found[0] > found[1]:
        raise _wrong(name, currency, "has a least that is above its most")
    return found


def _presets(name: str, text: str, currency: str) -> tuple[int, ...]:
    found = tuple(_amount(name, each, currency) for each in text.split("/"))
    if len(found) > PRESETS_MAX or sorted(set(found)) != list(found):
        raise _wrong(name, currency, f"is at most {PRESETS_MAX} amounts that grow: 10000/50000")
    return found


def _alone(name: str, text: str, currency: str) -> tuple[int]:
    return (_amount(name, text, currency),)


def _amount(name: str, text: str, currency: str) -> int:
    """Plain digits, a dot before the decimals, in minor units. Raises Misconfigured."""
    wrong = _wrong(name, currency, "has no amount in plain digits such as 5000 or 2.50")
    plain = text.strip()
    if not plain or not _DIGITS.issuperset(plain) or len(plain) > len(str(MINOR_MAX)):
        raise wrong
    try:
        money: Money = from_decimal(Decimal(plain), currency)
    except (InvalidOperation, ValueError):
        raise wrong from None
    if not 0 < money.minor <= MINOR_MAX:
        raise wrong
    return money.minor


def _check_within(currency: str, own: LimitOverrides) -> None:
    """What is set lies within the limits, be they set or as usual. Raises Misconfigured."""
    usual = limits_for(currency)
    least = usual.minimum_minor if own.minimum_minor is None else own.minimum_minor
    most = usual.maximum_minor if own.maximum_minor is None else own.maximum_minor
    if any(not least <= preset <= most for preset in own.presets_minor):
        raise _wrong("AMOUNT_PRESETS", currency, "lies outside of its AMOUNT_LIMITS")
    if own.approval_above_minor is not None and not least <= own.approval_above_minor <= most:
        raise _wrong("APPROVAL_ABOVE", currency, "lies outside of its AMOUNT_LIMITS")


def _wrong(name: str, currency: str, what: str) -> Misconfigured:
    return Misconfigured(f"{name}: {currency} {what}.")

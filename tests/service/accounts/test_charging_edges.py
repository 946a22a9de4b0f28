"""Drawing a balance down, at the edges: what is left to default, and how far is too far."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from billing.ledger import customer_account
from billing.limits import limits_for
from billing.money import Money, to_decimal
from service.common.context import context_of
from service.common.errors import OperatorError
from service.money import charges
from service.money.charges import ChargeRequest
from tests.support.bots.settle_place import SettlePlace, paid, settle_place


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.fixture
def account(place: SettlePlace) -> str:
    """An account in which $50.00 are."""
    top_up = place.new()
    place.settle(paid(top_up))
    return top_up.account


def draws(place: SettlePlace, wanted: ChargeRequest) -> str:
    return place.do(lambda tx: charges.charge_account(context_of(tx, place.services), wanted))


def left(place: SettlePlace, account: str) -> int:
    return place.do(lambda tx: tx.ledger.balance_minor(customer_account(account), "USD"))


def test_without_being_asked_to_a_charge_does_not_overdraw(
    place: SettlePlace, account: str
) -> None:
    """The refusal says how far it may go: to nothing at all."""
    with pytest.raises(OperatorError, match=r"may not go below \$0\.00"):
        draws(place, ChargeRequest(account, "50.01"))
    assert left(place, account) == 5_000


@pytest.mark.parametrize("beyond", [0, 1])
def test_an_account_is_overdrawn_by_a_hundred_of_the_largest_top_ups_at_most(
    place: SettlePlace, account: str, beyond: int
) -> None:
    """One cent further is taken for a mistake, also where it was asked for."""
    most = 100 * limits_for("USD").maximum.minor
    amount = f"{to_decimal(Money(5_000 + most + beyond, 'USD')):f}"
    wanted = ChargeRequest(account, amount, overdraw=True)

    if beyond:
        with pytest.raises(OperatorError, match="nothing is overdrawn by more than"):
            draws(place, wanted)
    else:
        draws(place, wanted)
    assert left(place, account) == (5_000 if beyond else -most)


def test_a_charge_of_an_account_that_is_not_there_is_refused(place: SettlePlace) -> None:
    """In a sentence that says where they are listed."""
    with pytest.raises(OperatorError, match="no such account"):
        draws(place, ChargeRequest("nobody", "1"))


def test_a_charge_without_a_key_or_a_reason_is_a_new_one_for_usage(
    place: SettlePlace, account: str
) -> None:
    """The trail has no key of it, and says what it was for."""
    draws(place, ChargeRequest(account, "1"))
    page = place.do(lambda tx: tx.audit.page(1, 99))
    found: list[Any] = [each.entry for each in page if each.entry]
    (detail,) = [json.loads(each.detail) for each in found if each.act == "charged"]

    assert (detail["key"], detail["reason"], detail["amount_minor"]) == ("", "usage", 100)

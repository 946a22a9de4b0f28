"""What is wrong with a draft: limits at the very amount, and sentences that say what is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.gateways.stripe.methods import METHODS
from billing.methods import Fee, PaymentMethod, Range
from billing.money import Money
from billing.topups import Mode
from conversations.drafts.checks import (
    amount_problem,
    check_method,
    method_of,
    methods_for,
    no_account_problem,
    self_service_limit,
    unknown_words_problem,
)
from conversations.protocol.events import Draft
from conversations.protocol.facts import AccountFacts, Terms
from tests.support.dialogs.terms import BANK, CARD, TEAM_A, TEAM_B, terms

OWN = replace(TEAM_A, id="own", title="My own", team=False)
(STRIPE,) = METHODS
NO_FEE = Fee()


def told(minor: int, account: AccountFacts = OWN, place: Terms | None = None) -> str:
    """What is said of an amount; "" where it is fine."""
    problem = amount_problem(Money(minor, account.currency), account, place or terms())
    return problem.sentence if problem else ""


def about_method(draft: Draft, account: AccountFacts, place: Terms) -> tuple[str | None, str]:
    """The method that is left in the draft, and what is said of it."""
    left, problems = check_method(draft, account, place)
    return left.method, " ".join(problem.sentence for problem in problems)


def one_way(taken: Range, fee: Fee = NO_FEE) -> PaymentMethod:
    return PaymentMethod("card", "sandbox", fee=fee, taken_in=lambda _: taken)


@pytest.mark.parametrize(
    ("account", "minor", "said"),
    [
        (OWN, 499, "$4.99 is too little. Use $5.00 to $2,000.00."),
        (OWN, 500, ""),
        (OWN, 50_001, ""),
        (OWN, 200_000, ""),
        (OWN, 200_001, "$2,000.01 is too much for one top-up. Use $5.00 to $2,000.00."),
        (TEAM_A, 499, "$4.99 is too little. Use $5.00 to $500.00."),
        (TEAM_A, 50_000, ""),
        (TEAM_A, 50_001, "$500.01 is above $500.00, which needs a second person"),
        (TEAM_A, 200_000, "$2,000.00 is above $500.00, which needs a second person"),
        (TEAM_A, 200_001, "$2,000.01 is too much for one top-up. Use $5.00 to $500.00."),
    ],
)
def test_limits_hold_at_the_very_amount(account: AccountFacts, minor: int, said: str) -> None:
    """The least and the most may be topped up, one minor unit beyond may not; so with approval."""
    assert told(minor, account).startswith(said)
    assert bool(told(minor, account)) == bool(said)


def test_only_a_team_needs_approval() -> None:
    """Whoever tops up an account of their own may go up to the limit of one top-up."""
    limits = self_service_limit(OWN, terms()), self_service_limit(TEAM_A, terms())
    assert tuple(each.minor for each in limits) == (200_000, 50_000)


@pytest.mark.parametrize(
    ("minor", "said"),
    [
        (989, "Card takes $10.00 or more. Raise the amount, or pick another method."),
        (990, ""),
        (1_990, ""),
        (1_991, "Card takes $20.00 or less. Lower the amount, or pick another method."),
    ],
)
def test_a_gateways_range_holds_with_the_fee_on_top(minor: int, said: str) -> None:
    """What one pays lies within what the gateway takes, its ends included."""
    method = one_way(Range(1_000, 2_000), fee=Fee(fixed_minor=10))
    place = terms(accounts=(OWN,), methods=(method,))
    draft = Draft("d", OWN.id, Money(minor, "USD"), "USD", "card")

    assert told(minor, place=place) == said
    assert about_method(draft, OWN, place) == (None if said else "card", said)


@pytest.mark.parametrize(("minor", "is_step"), [(1_000, False), (2_000, False), (1_005, True)])
def test_at_the_ends_of_a_range_only_the_step_can_be_wrong(minor: int, is_step: bool) -> None:
    """The least and the most are taken; between them what is no whole step is told as that."""
    place = terms(accounts=(OWN,), methods=(one_way(Range(1_000, 2_000, 10)),))

    assert ("in steps of $0.10. Use $10.00 or $10.10." in told(minor, place=place)) is is_step
    assert bool(told(minor, place=place)) is is_step


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["KWD", "ISK", "UGX", "BHD", "MGA", "HUF"]), st.data())
def test_the_amounts_that_are_named_instead_are_taken(currency: str, data: st.DataObject) -> None:
    """Whoever is told to use one amount or another is refused neither of them."""
    taken = STRIPE.range_in(currency)
    assert taken is not None
    assert taken.most_minor is not None
    minor = data.draw(st.integers(taken.least_minor, taken.most_minor))
    account = replace(OWN, currency=currency)
    place = terms(accounts=(account,), methods=(STRIPE,))
    said = about_method(Draft("d", OWN.id, Money(minor, currency)), account, place)[1]
    near = [
        place.localizer.format(Money(each, currency))
        for each in range(minor - taken.step_minor, minor + taken.step_minor + 1)
        if STRIPE.allows(Money(each, currency))
    ]

    assert said == "" or said.endswith(f"Use {near[0]} or {near[1]}.")
    assert bool(said) == (minor % taken.step_minor != 0)


def test_a_way_to_pay_that_is_not_offered_is_left_and_told() -> None:
    """Its name is in the sentence, and nothing is chosen instead."""
    euros = PaymentMethod("bank_transfer", "sandbox", currencies=frozenset({"EUR"}))
    place = terms(methods=(CARD, euros))
    draft = Draft("d", TEAM_A.id, method="bank_transfer")
    beans = replace(draft, method="beans")

    named = "Bank transfer does not take this currency. Pick another method."
    assert about_method(draft, TEAM_A, place) == (None, named)
    assert about_method(beans, TEAM_A, place)[1].startswith("beans does not take")
    assert method_of(draft, place) is None
    assert about_method(draft, TEAM_B, place) == ("bank_transfer", "")


def test_only_where_there_is_one_way_is_it_chosen() -> None:
    """Of two ways nobody's is chosen for them, and the only one needs no question."""
    draft = Draft("d", TEAM_A.id)

    assert about_method(draft, TEAM_A, terms()) == (None, "")
    assert about_method(draft, TEAM_A, terms(methods=(BANK,))) == ("bank_transfer", "")


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("closed", [False, True])
def test_closed_real_money_is_told_to_those_whom_it_concerns(mode: Mode, closed: bool) -> None:
    """A sandbox account that nothing takes has another reason, and support to ask either way."""
    account = replace(OWN, mode=mode)
    place = replace(terms(accounts=(account,), methods=()), live_closed=closed)
    method, said = about_method(Draft("d", OWN.id, method="card"), account, place)

    assert method is None
    assert ("with real money are closed" in said) is (closed and mode is Mode.LIVE)
    assert ("No way to pay takes USD yet" in said) is not (closed and mode is Mode.LIVE)
    assert "billing@example.com" in said


def test_no_real_money_is_paid_by_a_sandbox_nor_the_reverse() -> None:
    """A gateway is offered only to accounts of its own kind of money."""
    real = PaymentMethod("stripe", "stripe", link_life=timedelta(minutes=30))
    modes = {"sandbox": Mode.SANDBOX, "stripe": Mode.LIVE}
    place = replace(terms(methods=(CARD, real)), modes=modes)
    live = replace(OWN, mode=Mode.LIVE)

    assert methods_for(OWN, place) == (CARD,)
    assert methods_for(live, place) == (real,)


@pytest.mark.parametrize(("count", "shortened"), [(20, False), (21, True)])
def test_twenty_accounts_are_named_and_then_no_more(count: int, shortened: bool) -> None:
    """A sentence names what people can read, and says where it left some out."""
    accounts = tuple(replace(OWN, id=f"a{n}", title=f"Acc {n:02}") for n in range(count))
    place = terms(accounts=accounts)
    for said in (
        no_account_problem("JPY", place).sentence,
        unknown_words_problem("foo", place).sentence,
    ):
        assert ("…" in said) is shortened
        assert "Acc 19" in said
        assert "Acc 20" not in said


def test_an_account_in_another_currency_is_asked_for() -> None:
    """None is kept in it, so another account is asked for, and which there are is said."""
    problem = no_account_problem("JPY", terms())

    assert problem.slot == "account"
    assert problem.sentence.startswith("None of your accounts is kept in JPY.")
    assert "Team Alpha (USD), Team Beta (EUR)" in problem.sentence

"""Questions, forms and the review: what is offered to be pressed, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.limits import LimitOverrides, limits_for
from billing.methods import Fee, PaymentMethod
from billing.money import Money
from conversations.messages.forms import draft_form
from conversations.messages.questions import (
    amount_prompt,
    amount_question,
    question_view,
    review_view,
)
from conversations.protocol.actions import Action, AskSlot, ConfirmDraft, DropDraft, Pick, Slot
from conversations.protocol.events import Draft
from conversations.protocol.facts import Terms, TopUpFacts
from conversations.protocol.views import ButtonStyle, View
from tests.support.dialogs.terms import BANK, CARD, TEAM_A, TEAM_B, facts, terms

BLANK = Draft("00000000000000dd")
AT_A = replace(BLANK, account="team-a", currency="USD")
BOUGHT = replace(AT_A, amount=Money(5_000, "USD"), method="card")
OWN = replace(TEAM_A, team=False)


def actions(view: View) -> list[Action]:
    return [choice.action for line in view.choices for choice in line]


def amounts(view: View) -> list[int]:
    picks = [each for each in actions(view) if isinstance(each, Pick)]
    return [int(each.value) for each in picks if each.slot is Slot.AMOUNT]


def once(minor: int, account: str = "team-a") -> TopUpFacts:
    """A top-up of before."""
    known = facts()
    top_up = replace(known.top_up, amount=Money(minor, "USD"), account=account)
    return replace(known, top_up=top_up)


@pytest.mark.parametrize(
    ("before", "offered"),
    [
        ((), [1_000, 2_500, 5_000, 10_000, 25_000]),
        ((4_200,), [4_200, 1_000, 2_500, 5_000, 10_000, 25_000]),
        ((4_200, 4_300), [4_200, 1_000, 2_500, 5_000, 10_000, 25_000]),
        ((5_000, 4_300), [4_300, 1_000, 2_500, 5_000, 10_000, 25_000]),
        ((500,), [500, 1_000, 2_500, 5_000, 10_000, 25_000]),
        ((499,), [1_000, 2_500, 5_000, 10_000, 25_000]),
        ((50_000,), [50_000, 1_000, 2_500, 5_000, 10_000, 25_000]),
        ((50_001,), [1_000, 2_500, 5_000, 10_000, 25_000]),
    ],
)
def test_amounts_that_are_offered_are_allowed(before: tuple[int, ...], offered: list[int]) -> None:
    """The last amount of one's own comes first, unless it is offered already or not allowed."""
    place = terms(history=tuple(map(once, before)))
    view = question_view(AT_A, Slot.AMOUNT, place)

    assert amounts(view) == offered
    assert actions(view)[-2:] == [AskSlot(Slot.AMOUNT, typed=True), DropDraft()]
    assert view.choices[-1][-1].style is ButtonStyle.DANGER


def test_amounts_of_another_account_are_not_offered() -> None:
    """What was topped up elsewhere says nothing here."""
    assert 4_200 not in amounts(
        question_view(AT_A, Slot.AMOUNT, terms(history=(once(4_200, "x"),)))
    )


def test_no_amount_is_offered_that_no_way_to_pay_takes() -> None:
    """Also where an operator's presets go beyond what a gateway takes."""
    small = PaymentMethod("card", "sandbox", maximum_minor=2_500)
    place = terms(methods=(small,))

    assert amounts(question_view(AT_A, Slot.AMOUNT, place)) == [1_000, 2_500]


@pytest.mark.parametrize(("count", "shown"), [(19, 19), (20, 20), (21, 20)])
def test_twenty_accounts_can_be_pressed_and_three_stand_in_a_line(count: int, shown: int) -> None:
    """More fit in no chat; the others can be typed."""
    accounts = tuple(replace(TEAM_A, id=f"a{n}", title=f"Acc {n}") for n in range(count))
    view = question_view(BLANK, Slot.ACCOUNT, terms(accounts=accounts))

    assert actions(view)[:-1] == [Pick(Slot.ACCOUNT, f"a{n}") for n in range(shown)]
    assert {len(line) for line in view.choices[:-2]} == {3}
    assert view.choices[0][0].label == "Acc 0 (USD)"
    assert view.hint == "Press a button, or type its name."


def test_accounts_in_the_wanted_currency_are_offered() -> None:
    """All of them where there is none in it; each currency once where that is asked."""
    twin = replace(TEAM_A, id="twin")
    place = terms(accounts=(TEAM_A, TEAM_B, twin))

    def offered(draft: Draft, slot: Slot) -> list[str]:
        view = question_view(draft, slot, place)
        return [each.value for each in actions(view) if isinstance(each, Pick)]

    assert offered(replace(BLANK, currency="EUR"), Slot.ACCOUNT) == ["team-b"]
    assert offered(replace(BLANK, currency="USD"), Slot.ACCOUNT) == ["team-a", "twin"]
    assert offered(replace(BLANK, currency="JPY"), Slot.ACCOUNT) == ["team-a", "team-b", "twin"]
    assert offered(BLANK, Slot.CURRENCY) == ["USD", "EUR"]
    assert offered(AT_A, Slot.CURRENCY) == ["USD", "EUR"]


@pytest.mark.parametrize(("account", "largest"), [(OWN, "$2,000.00"), (TEAM_A, "$500.00")])
def test_the_question_names_the_limits_of_the_person(account: object, largest: str) -> None:
    """A team's members hear what they may top up alone, by buttons and by keyboard."""
    place = terms(accounts=(account,))  # type: ignore[arg-type]
    asked, typed = question_view(AT_A, Slot.AMOUNT, place), amount_question(AT_A, place)

    assert asked.hint == f"Press an amount, or type one from $5.00 to {largest}."
    expected = f"Type the amount, for example $25.00. Anything from $5.00 to {largest}."
    assert typed.hint == expected
    assert actions(typed) == [AskSlot(Slot.AMOUNT), DropDraft()]
    prompt = amount_prompt(AT_A, place)
    assert (prompt.text, prompt.placeholder) == ("➕ Top up: how much?", "For example $25.00")


def test_an_example_is_the_second_of_the_amounts_or_the_only_one() -> None:
    """It stands in the currency of the account, or of the one used last."""
    own = LimitOverrides(presets_minor=(700,))
    place = replace(terms(), limits=lambda one: limits_for(one.currency, own))
    last = replace(place, last_account="team-b")

    assert amount_prompt(AT_A, place).placeholder == "For example $7.00"
    assert amount_prompt(BLANK, place).placeholder == "For example $7.00"
    assert amount_prompt(BLANK, last).placeholder == "For example €7.00"


def test_ways_to_pay_are_offered_with_what_they_cost() -> None:
    """What is known stands beside them; without an account no fee can be named."""
    view = question_view(replace(BOUGHT, method=None), Slot.METHOD, terms())
    rows = {row.label: row.value for row in view.rows}

    assert rows == {
        "Account": "\u2068Team Alpha\u2069",
        "Amount": "$50.00",
        "Card": "$0.75 fee",
        "Bank transfer": "no fee",
    }
    assert actions(view) == [
        Pick(Slot.METHOD, "card"),
        Pick(Slot.METHOD, "bank_transfer"),
        DropDraft(),
    ]
    assert question_view(BLANK, Slot.METHOD, terms()).rows == ()
    assert actions(question_view(BLANK, Slot.METHOD, terms())) == [DropDraft()]


def test_where_no_way_takes_the_amount_another_amount_is_offered() -> None:
    """And where there is no way at all, no amount would help."""
    small = PaymentMethod("card", "sandbox", maximum_minor=2_500)

    def offered(*methods: PaymentMethod) -> list[Action]:
        unpaid = replace(BOUGHT, method=None)
        return actions(question_view(unpaid, Slot.METHOD, terms(methods=methods)))

    assert offered(small) == [AskSlot(Slot.AMOUNT), DropDraft()]
    assert offered() == [DropDraft()]
    assert offered(small, BANK) == [Pick(Slot.METHOD, "bank_transfer"), DropDraft()]


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        (terms(), [Slot.AMOUNT, Slot.ACCOUNT, Slot.METHOD]),
        (terms(accounts=(TEAM_A,)), [Slot.AMOUNT, Slot.METHOD]),
        (terms(methods=(CARD,)), [Slot.AMOUNT, Slot.ACCOUNT]),
        (terms(accounts=(TEAM_A,), methods=(CARD,)), [Slot.AMOUNT]),
    ],
)
def test_the_review_says_the_price_and_what_can_be_changed(
    place: Terms, changes: list[Slot]
) -> None:
    """The button names all that will be paid; what has one answer only cannot be changed."""
    view = review_view(BOUGHT, place)
    assert view is not None
    confirm = view.choices[0][0]
    rows = {row.label: row.value for row in view.rows}

    assert (confirm.label, confirm.style) == ("Confirm $50.75", ButtonStyle.PRIMARY)
    assert (rows["Amount"], rows["Fee"], rows["Total to pay"]) == ("$50.00", "$0.75", "$50.75")
    assert actions(view) == [ConfirmDraft(), *map(AskSlot, changes), DropDraft()]
    assert view.body == ("Nothing is charged until you pay on the payment page.",)


@pytest.mark.parametrize(
    "missing",
    [
        replace(BOUGHT, amount=None),
        replace(BOUGHT, method=None),
        replace(BOUGHT, method="gone"),
        replace(BOUGHT, account=None),
        replace(BOUGHT, account="gone"),
        replace(BOUGHT, account=None, method=None),
    ],
)
def test_nothing_is_reviewed_that_is_not_complete(missing: Draft) -> None:
    """Nor is there anything to keep on the way back from a change."""
    assert review_view(missing, terms()) is None
    labels = [
        choice.label
        for line in question_view(missing, Slot.AMOUNT, terms()).choices
        for choice in line
    ]
    assert not any(label.startswith("Keep") for label in labels)


@pytest.mark.parametrize(
    ("life", "said"),
    [
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(minutes=60), "60 minutes"),
        (timedelta(hours=23, minutes=59), "1439 minutes"),
        (timedelta(days=1), "1 days"),
        (timedelta(days=3, hours=5), "3 days"),
    ],
)
def test_the_review_says_how_long_the_link_will_work(life: timedelta, said: str) -> None:
    """In minutes for less than a day, and in whole days from then on."""
    view = review_view(BOUGHT, terms(methods=(replace(CARD, link_life=life),)))

    assert view is not None
    assert view.hint == f"The pay link will work for {said}."


@pytest.mark.parametrize(("accounts", "leads"), [((TEAM_A,), False), ((TEAM_A, TEAM_B), True)])
def test_choosing_among_accounts_asks_for_the_form_anew(
    accounts: tuple[object, ...], leads: bool
) -> None:
    """Where there is one account, nothing can be chosen that would lead to another form."""
    place = terms(accounts=accounts)  # type: ignore[arg-type]
    (account, amount, _) = draft_form(BLANK, place).fields

    assert account.leads is leads
    assert not amount.leads
    assert account.value == "team-a"


@pytest.mark.parametrize(
    ("draft", "last", "methods", "chosen"),
    [
        (BLANK, None, (CARD, BANK), "card"),
        (BLANK, "bank_transfer", (CARD, BANK), "bank_transfer"),
        (BLANK, "gone", (CARD, BANK), "card"),
        (BOUGHT, "bank_transfer", (CARD, BANK), "card"),
        (replace(BOUGHT, method="gone"), None, (BANK, CARD), "bank_transfer"),
        (BLANK, None, (), None),
    ],
)
def test_a_form_has_the_way_to_pay_that_was_used_last(
    draft: Draft, last: str | None, methods: tuple[PaymentMethod, ...], chosen: str | None
) -> None:
    """What was chosen now counts before it; what is not offered any more never does."""
    place = replace(terms(methods=methods), last_method=last)
    assert draft_form(draft, place).fields[2].value == chosen


def test_a_form_begins_with_the_account_that_was_used_last() -> None:
    """And with the amount that is known, as its currency is written."""
    last = draft_form(BLANK, replace(terms(), last_account="team-b"))
    known = draft_form(BOUGHT, terms())

    assert last.fields[0].value == "team-b"
    assert "€25.00" in last.fields[1].hint
    assert [field.value for field in known.fields] == ["team-a", "$50.00", "card"]
    assert draft_form(replace(BLANK, amount_text="12"), terms()).fields[1].value == "12"


@pytest.mark.parametrize(
    ("fee", "amount", "told"),
    [
        (Fee(), None, "no fee"),
        (Fee(1), None, "0.01% fee"),
        (Fee(0, 1), None, "$0.01 fee"),
        (Fee(1), Money(5_000, "USD"), "$0.01 fee"),
        (Fee(1), Money(1_000, "USD"), "no fee"),
    ],
)
def test_the_smallest_fee_is_told(fee: Fee, amount: Money | None, told: str) -> None:
    """One cent is a fee; what is rounded to nothing is none."""
    methods = (PaymentMethod("card", "sandbox", fee=fee), BANK)
    view = question_view(replace(AT_A, amount=amount), Slot.METHOD, terms(methods=methods))

    assert {row.label: row.value for row in view.rows}["Card"] == told

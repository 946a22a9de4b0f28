"""The bot's own web pages: what is paid, where it leads, and why a link leads nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.claims import MoneyClaim, MoneyKnowledge
from billing.money import Money
from billing.topups import TopUpStatus
from conversations.messages.pages import (
    UnpayableReason,
    WebPage,
    message_page,
    pay_page,
    returned_page,
    unpayable_page,
)
from conversations.text.localizer import Localizer
from tests.support.dialogs.terms import NOW, facts

NOTHING_TAKEN = MoneyKnowledge(MoneyClaim.NOTHING_TAKEN)


def rows(page: WebPage) -> dict[str, tuple[str, bool, bool]]:
    """Value, and whether it stands out and is an id."""
    return {row.label: (row.value, row.strong, row.code) for row in page.rows}


def test_the_pay_page_tells_all_before_anybody_pays() -> None:
    """Account, amount, fee, sum, host and code; the sum stands out, and so does the code."""
    page = pay_page(facts(), Localizer(), "pay.example.com")

    assert page.template == "pay.html"
    assert rows(page) == {
        "Account": ("\u2068Team Alpha\u2069", False, False),
        "Amount": ("$50.00", False, False),
        "Fee": ("$0.75", False, False),
        "Total to pay": ("$50.75", True, False),
        "Method": ("Card", False, False),
        "Payment page": ("pay.example.com", False, False),
        "Code": ("7K3M", False, True),
        "Top-up": ("TU-7K3M9Q2X", False, False),
    }
    assert page.words["title"] == "Pay for your top-up"
    assert "the code is the one in your chat" in page.words["intro"]
    assert page.words["button"] == "Continue to payment: $50.75"
    assert page.words["where"] == "Next, you pay on pay.example.com. We never see your card."
    assert page.words["valid"] == "This page works until Nov 23, 2026, 1:00\u202fPM UTC."
    assert (page.words["sandbox_title"], page.words["sandbox_body"]) == (
        "Sandbox.",
        "No real money.",
    )
    assert (page.language, page.direction) == ("en", "ltr")


@pytest.mark.parametrize(("minor", "told"), [(0, "none"), (1, "$0.01")])
def test_a_fee_of_nothing_is_called_none(minor: int, told: str) -> None:
    """Any other stands there as money."""
    known = facts()
    top_up = replace(known.top_up, fee=Money(minor, "USD"), method="beans")
    free = replace(known, top_up=top_up, method_label="")

    shown = rows(pay_page(free, Localizer(), "pay.example.com"))
    assert shown["Fee"][0] == told
    assert shown["Method"][0] == "beans"


@pytest.mark.parametrize(
    ("closed", "title", "body"),
    [
        (UnpayableReason.UNKNOWN, "This pay link is not valid", "It leads to no top-up."),
        (UnpayableReason.PAID, "Already paid", "A payment for this top-up has arrived"),
        (UnpayableReason.OVER, "This pay link is over", "Type /topup in your chat to begin anew."),
        (
            UnpayableReason.REFUSED,
            "The payment service refuses this payment",
            "Trying again will not",
        ),
        (
            UnpayableReason.GATEWAY_DOWN,
            "The payment service does not answer",
            "Please go back and try",
        ),
        (
            UnpayableReason.UNREAD,
            "The payment service opened no page",
            "It answered something that we",
        ),
        (
            UnpayableReason.NO_GATEWAY,
            "This way to pay is closed for now",
            "We are looking into it. To",
        ),
        (
            UnpayableReason.LIVE_MONEY,
            "Payments with real money are closed",
            "This bot opens no payment",
        ),
    ],
)
@pytest.mark.parametrize("known", [None, NOTHING_TAKEN])
def test_a_link_that_leads_nowhere_says_why_and_what_of_the_money(
    closed: UnpayableReason, title: str, body: str, known: MoneyKnowledge | None
) -> None:
    """What is known of the money comes first, where anything is known at all."""
    page = unpayable_page(closed, known, Localizer())
    first = "" if known is None else "No money was taken. "

    assert page.template == "base.html"
    assert page.words["body"].startswith(first)
    assert page.rows == ()
    if known is None or closed is not UnpayableReason.PAID:
        assert page.words["title"].startswith(title)
        assert page.words["body"].startswith(first + body)


@pytest.mark.parametrize(
    ("claim", "title", "said"),
    [
        (MoneyClaim.TAKEN, "Already paid", "A payment has arrived."),
        (MoneyClaim.GONE_BACK, "Your payment", "A payment arrived and was sent back."),
        (MoneyClaim.WITHHELD, "Your payment", "A payment arrived, and the payer's bank keeps"),
        (MoneyClaim.ON_ITS_WAY, "Your payment", "The payment service says that a payment is on"),
        (MoneyClaim.NOT_KNOWN, "Your payment", "We have seen no payment."),
    ],
)
def test_153_a_link_that_was_paid_says_what_became_of_the_money(
    claim: MoneyClaim, title: str, said: str
) -> None:
    """What went back, or is only on its way, is not called paid."""
    page = unpayable_page(UnpayableReason.PAID, MoneyKnowledge(claim), Localizer())

    assert page.words["title"] == title
    assert page.words["body"].startswith(said)
    assert page.words["body"].endswith(
        "Your chat shows how the payment stands. You can close this page."
    )


@pytest.mark.parametrize("claim", MoneyClaim)
def test_whoever_comes_back_is_thanked_only_for_what_arrived(claim: MoneyClaim) -> None:
    """The sum is called paid where it was, and what is still to be paid otherwise."""
    paid = claim is MoneyClaim.TAKEN
    went_back = claim in (MoneyClaim.WITHHELD, MoneyClaim.GONE_BACK)
    known = replace(facts(TopUpStatus.CREDITED), known=MoneyKnowledge(claim, NOW, NOW))
    page = returned_page(known, Localizer(), "https://t.me/topup_bot")

    assert page.template == "returned.html"
    assert page.words["title"] == ("Thank you" if paid else "Your payment")
    assert ("A payment has arrived." in page.words["body"]) is paid
    assert rows(page)["Paid" if paid or went_back else "Total to pay"] == ("$50.75", True, False)
    assert rows(page)["Account"][0] == "\u2068Team Alpha\u2069"
    assert rows(page)["Amount"] == ("$50.00", False, False)
    assert page.words["way_back"] == "https://t.me/topup_bot"
    assert page.words["link"] == "Back to the chat"
    assert page.words["close"].endswith("You can close this page.")


def test_where_no_chat_can_be_opened_there_is_no_way_back() -> None:
    """Nothing is said of the money before the gateway was asked, but that it is."""
    page = returned_page(facts(), Localizer(), None)

    assert page.words["way_back"] == ""
    assert page.words["body"].startswith("We are asking the payment service")


def test_a_page_is_written_as_its_language_is() -> None:
    """Browsers turn the page around for a language that is read from the right."""
    page = message_page("Sandbox.", "No real money.", Localizer(language="ar"), "Before.")

    assert (page.language, page.direction) == ("ar", "rtl")
    assert page.words["body"] == "Before. No real money."
    assert page.words["title"] == "Sandbox."

"""The test bank cards that the sandbox takes, and what each does.

Those not marked as ours are Stripe's well-known ones: https://docs.stripe.com/testing
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

CARD_DECLINED = "card_declined"
INSUFFICIENT_FUNDS = "insufficient_funds"
AUTHENTICATION_FAILED = "authentication_failed"


class Twist(StrEnum):
    """What a card brings about by itself after the payment, or in its place."""

    PAID_LATE = "paid_late"
    PAID_AGAIN = "paid_again"
    REFUNDED = "refunded"
    REFUND_FAILS = "refund_fails"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


@dataclass(frozen=True, slots=True)
class TestBankCard:
    """A number and what paying with it does; `declined` is the code it is declined with.

    `takes` is how much of the price it takes; `twists` follow one after the other. A refund of
    all comes in as many parts as it is named.
    """

    number: str
    outcome: str
    declined: str | None = None
    asks_3d_secure: bool = False
    callback_lost: bool = False
    takes: Fraction = Fraction(1)
    twists: tuple[Twist, ...] = ()
    refunds_fail: bool = False

    # pytest would take the name for a class of tests.
    __test__ = False

    @property
    def grouped(self) -> str:
        """The number as a card shows it: 4242 4242 4242 4242."""
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))


BANK_CARDS = (
    TestBankCard("4242424242424242", "Paid"),
    TestBankCard("4000000000000002", "Declined", declined=CARD_DECLINED),
    TestBankCard("4000000000009995", "Declined: insufficient funds", declined=INSUFFICIENT_FUNDS),
    TestBankCard("4000002500003155", "Asks for 3-D Secure", asks_3d_secure=True),
    TestBankCard("4000002760003184", "Asks for 3-D Secure every time", asks_3d_secure=True),
    TestBankCard(
        "4000000000002685",
        "Paid, then disputed, and the dispute is won",
        twists=(Twist.DISPUTED, Twist.DISPUTE_WON),
    ),
    TestBankCard(
        "4000000000000259",
        "Paid, then disputed, and the dispute is lost",
        twists=(Twist.DISPUTED, Twist.DISPUTE_LOST),
    ),
    TestBankCard("4000000000005126", "Paid, and a refund of it fails", refunds_fail=True),
    # Ours alone from here on: no gateway has them. 0404, as the callback is not found.
    TestBankCard("4000000004000404", "Paid, but the callback is lost", callback_lost=True),
    TestBankCard("4000000004002004", "Paid twice", twists=(Twist.PAID_AGAIN,)),
    TestBankCard("4000000004000057", "Takes too little", takes=Fraction(1, 2)),
    TestBankCard("4000000004000156", "Takes too much", takes=Fraction(3, 2)),
    TestBankCard("4000000004000727", "Paid after the link expired", twists=(Twist.PAID_LATE,)),
    TestBankCard("4000000004001006", "Paid, then refunded", twists=(Twist.REFUNDED,)),
    TestBankCard(
        "4000000004000339", "Paid, then refunded in thirds", twists=(Twist.REFUNDED,) * 3
    ),
)
_BY_NUMBER = {card.number: card for card in BANK_CARDS}
_SEPARATORS = re.compile(r"[ -]")


def find_bank_card(typed: str) -> TestBankCard | None:
    """The test card of that number, with or without spaces; None for every other number."""
    return _BY_NUMBER.get(_SEPARATORS.sub("", typed.strip()))

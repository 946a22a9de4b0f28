"""The test cards the sandbox takes, and what each does. It takes no other number.

All but the last are Stripe's well-known ones: https://docs.stripe.com/testing
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CARD_DECLINED = "card_declined"
INSUFFICIENT_FUNDS = "insufficient_funds"
AUTHENTICATION_FAILED = "authentication_failed"


@dataclass(frozen=True, slots=True)
class TestCard:
    """A number and what paying with it does; `declined` is the code it is declined with."""

    number: str
    outcome: str
    declined: str | None = None
    asks_3d_secure: bool = False
    callback_lost: bool = False

    # pytest would take the name for a class of tests.
    __test__ = False

    @property
    def grouped(self) -> str:
        """The number as a card shows it: 4242 4242 4242 4242."""
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))


CARDS = (
    TestCard("4242424242424242", "Paid"),
    TestCard("4000000000000002", "Declined", declined=CARD_DECLINED),
    TestCard("4000000000009995", "Declined: insufficient funds", declined=INSUFFICIENT_FUNDS),
    TestCard("4000002500003155", "Asks for 3-D Secure", asks_3d_secure=True),
    TestCard("4000002760003184", "Asks for 3-D Secure every time", asks_3d_secure=True),
    # Ours alone: no gateway has it. 0404, as the callback is not found.
    TestCard("4000000004000404", "Paid, but the callback is lost", callback_lost=True),
)
_BY_NUMBER = {card.number: card for card in CARDS}
_SEPARATORS = re.compile(r"[ -]")


def find_card(typed: str) -> TestCard | None:
    """The test card of that number, with or without spaces; None for every other number."""
    return _BY_NUMBER.get(_SEPARATORS.sub("", typed.strip()))

"""The dialog as a peer's example would have it: five fixed messages, no rule and no memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A message and its buttons, in lines; as long as ours are."""

    text: str
    lines: tuple[tuple[str, ...], ...] = ()


AMOUNT = Page(
    "<b>Top up: how much?</b>\nAccount: Team Alpha\n\nPress an amount, or type one from $5.00 "
    "to $2,000.00.",
    (("$10.00", "$25.00", "$50.00", "$100.00", "$250.00"), ("Type another amount",), ("Cancel",)),
)
METHOD = Page(
    "<b>Top up: how do you want to pay?</b>\nAccount: Team Alpha\nAmount: $50.00",
    (("Card", "Bank transfer"), ("Change amount",), ("Cancel",)),
)
REVIEW = Page(
    "<b>Review your top-up</b>\nAccount: Team Alpha\nAmount: $50.00\nFee: $0.75\n"
    "Total to pay: $50.75\nMethod: Card\n\nNothing is charged before you pay.",
    (("Confirm $50.75",), ("Change amount", "Change method"), ("Cancel",)),
)
WAITING = Page(
    "<b>Waiting for payment</b>\nPay on the payment page.\n"
    "Amount: $50.00\nTotal to pay: $50.75\nTop-up: TU-7K3M9Q2X",
    (("I have paid", "Show QR code"), ("Cancel this top-up",)),
)
CANCELLED = Page(
    "<b>Cancelled</b>\nNo money was taken.\nTop-up: TU-7K3M9Q2X\nSupport: billing@example.com",
    (("Top up again",),),
)
PRESSES = ("$50", "Card", "Confirm", "Cancel")
"""What somebody presses who goes through all of it."""

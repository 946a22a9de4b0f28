"""Sentences on a top-up's card: what happened, what is next. Those on money are in money_words."""

from __future__ import annotations

from billing.topups import CREDITED_STATUSES, HeldReason, TopUpStatus
from conversations.words.words import N_, PAID, TOTAL

TITLES: dict[TopUpStatus, str] = {
    TopUpStatus.AWAITING_PAYMENT: N_("⏳ Waiting for payment"),
    TopUpStatus.PROCESSING: N_("🏦 Bank transfer pending"),
    TopUpStatus.PAID: N_("💳 Paid, crediting…"),
    TopUpStatus.CREDITED: N_("✅ Credited {amount}"),
    TopUpStatus.CANCELLED: N_("🚫 Cancelled"),
    TopUpStatus.EXPIRED: N_("⌛ Pay link expired"),
    TopUpStatus.FAILED: N_("❌ Payment failed"),
    TopUpStatus.PARTLY_REFUNDED: N_("↩️ Partly refunded"),
    TopUpStatus.REFUNDED: N_("↩️ Refunded"),
    TopUpStatus.DISPUTED: N_("⚖️ Disputed"),
}
BODIES: dict[TopUpStatus, str] = {
    TopUpStatus.PAID: N_(
        "The money was taken and is being credited. There is nothing you need to do."
    ),
    TopUpStatus.CREDITED: N_("The money arrived and {account} was credited."),
    TopUpStatus.PARTLY_REFUNDED: N_(
        "Part of the payment was sent back to the payer, and {account} was debited for it."
    ),
    TopUpStatus.REFUNDED: N_(
        "The whole payment was sent back to the payer, and {account} was debited for it."
    ),
    TopUpStatus.DISPUTED: N_(
        "The payer's bank disputes the payment and keeps the money until it decides."
        " {account} was debited for it."
    ),
}
DISPUTE_LOST = N_(
    "The payer's bank decided the dispute for the payer. The money is gone,"
    " and {account} was debited for it."
)
SENT_BACK = N_("Sent back")
WITHHELD = N_("Withheld")
FAILED = N_("The payment did not go through.")
REFUSED = N_(
    "The payment service refuses this payment, and trying again will not change that."
    " We are looking into it."
)
# Only what may still be paid asks for it.
TOTALS: dict[TopUpStatus, str] = {
    **dict.fromkeys(TopUpStatus, N_("Total")),
    **dict.fromkeys(CREDITED_STATUSES | {TopUpStatus.PAID}, PAID),
    TopUpStatus.AWAITING_PAYMENT: TOTAL,
}
DECLINES: dict[str, str] = {
    "card_declined": N_("the card was declined."),
    "insufficient_funds": N_("the card has insufficient funds."),
    "authentication_failed": N_("the bank's confirmation (3-D Secure) failed."),
}
DECLINE_OTHER = N_("the payment service refused it.")
HELD = N_("⚠️ A payment of {amount} ({payment}) is held: {why} It is safe. Ask {support}.")
HELD_BECAUSE: dict[HeldReason, str] = {
    HeldReason.UNKNOWN_TOP_UP: N_("it names no top-up we know."),
    HeldReason.SECOND_PAYMENT: N_("this top-up was paid already."),
    HeldReason.WRONG_AMOUNT: N_("the amount is not the one asked for."),
    HeldReason.WRONG_CURRENCY: N_("the currency is not the one asked for."),
    HeldReason.WRONG_MODE: N_("it is a test payment for a live account, or the reverse."),
    HeldReason.WRONG_MERCHANT: N_("it was paid to another merchant account."),
}
TOP_UP_SUMMARY = N_("Top-up {top_up}: {amount} to {account}.")
CODE_TITLE = N_("📱 Pay with your phone")
CODE_BODY = N_("Scan this with your phone's camera. It leads to the same page as the button.")
CODE_ALT = N_("QR code of the pay page for {total}, top-up {top_up}, code {code}")
CREDITED_NOTE = N_("✅ {amount} was credited to {account}")
FAILED_NOTE = N_("❌ The payment of {amount} to {account} failed")

HELD_ELSEWHERE = N_("⚠️ A payment of {amount} ({payment}) is held: {why} Ask {support}.")
HELD_REFUNDED = N_("↩️ A payment of {amount} ({payment}) was held and then sent back.")
REINSTATED_NOTE = N_("✅ Money of a top-up of {amount} to {account} was credited again")
REVERSED_NOTES: dict[TopUpStatus, str] = {
    TopUpStatus.PARTLY_REFUNDED: N_("↩️ A top-up of {amount} to {account} was partly refunded"),
    TopUpStatus.REFUNDED: N_("↩️ A top-up of {amount} to {account} was refunded"),
    TopUpStatus.DISPUTED: N_("⚖️ A top-up of {amount} to {account} is disputed"),
}

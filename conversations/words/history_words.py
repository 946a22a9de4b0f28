"""What people read of what happened on their accounts."""

from __future__ import annotations

from billing.ledger import TransactionKind
from billing.topups import TopUpStatus
from conversations.words.words import N_

HISTORY_TITLE = N_("🧾 What happened last")
NO_HISTORY = N_("Nothing happened on your accounts yet. Type /topup to begin.")
TOP_UP_LINE = N_("{amount} to {account}, {status}, {day}")
UNTIL = N_("until {at}")
PAY_NAMED = N_("Pay {top_up}")
# Without the amount, which stands in front of it.
STATUS: dict[TopUpStatus, str] = {
    TopUpStatus.AWAITING_PAYMENT: N_("⏳ Waiting for payment"),
    TopUpStatus.PROCESSING: N_("🏦 Bank transfer pending"),
    TopUpStatus.PAID: N_("💳 Paid, crediting…"),
    TopUpStatus.CREDITED: N_("✅ Credited"),
    TopUpStatus.CANCELLED: N_("🚫 Cancelled"),
    TopUpStatus.EXPIRED: N_("⌛ Pay link expired"),
    TopUpStatus.FAILED: N_("❌ Payment failed"),
    TopUpStatus.PARTLY_REFUNDED: N_("↩️ Partly refunded"),
    TopUpStatus.REFUNDED: N_("↩️ Refunded"),
    TopUpStatus.DISPUTED: N_("⚖️ Disputed"),
}
MOVED: dict[TransactionKind, str] = {
    TransactionKind.CREDIT: N_("{amount} to {account}, topped up, {day}"),
    TransactionKind.CHARGE: N_("{amount} from {account}, spent, {day}"),
    TransactionKind.REVERSAL: N_("{amount} from {account}, of a top-up that went back, {day}"),
    TransactionKind.REINSTATEMENT: N_(
        "{amount} to {account}, of a top-up that counts again, {day}"
    ),
    TransactionKind.CORRECTION: N_("{amount} on {account}, a correction, {day}"),
}
HOME_LAST = N_("🧾 What happened last")
HOME_NEWEST = N_("the newest {count}")
HOME_OPEN_COUNT = N_("{count} open")

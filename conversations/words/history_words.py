"""What people read of what happened on their accounts."""

from __future__ import annotations

from billing.ledger import Kind
from billing.topups import Status
from conversations.words.words import N_

HISTORY_TITLE = N_("🧾 What happened last")
NO_HISTORY = N_("Nothing happened on your accounts yet. Type /topup to begin.")
TOP_UP_LINE = N_("{amount} to {account}, {status}, {day}")
UNTIL = N_("until {at}")
PAY_NAMED = N_("Pay {top_up}")
# Without the amount, which stands in front of it.
STATUS: dict[Status, str] = {
    Status.AWAITING_PAYMENT: N_("⏳ Waiting for payment"),
    Status.PROCESSING: N_("🏦 Bank transfer pending"),
    Status.PAID: N_("💳 Paid, crediting…"),
    Status.CREDITED: N_("✅ Credited"),
    Status.CANCELLED: N_("🚫 Cancelled"),
    Status.EXPIRED: N_("⌛ Pay link expired"),
    Status.FAILED: N_("❌ Payment failed"),
    Status.PARTLY_REFUNDED: N_("↩️ Partly refunded"),
    Status.REFUNDED: N_("↩️ Refunded"),
    Status.DISPUTED: N_("⚖️ Disputed"),
}
MOVED: dict[Kind, str] = {
    Kind.CREDIT: N_("{amount} to {account}, topped up, {day}"),
    Kind.CHARGE: N_("{amount} from {account}, spent, {day}"),
    Kind.REVERSAL: N_("{amount} from {account}, of a top-up that went back, {day}"),
    Kind.REINSTATEMENT: N_("{amount} to {account}, of a top-up that counts again, {day}"),
    Kind.CORRECTION: N_("{amount} on {account}, a correction, {day}"),
}
HOME_LAST = N_("🧾 What happened last")
HOME_NEWEST = N_("the newest {count}")
HOME_OPEN_COUNT = N_("{count} open")

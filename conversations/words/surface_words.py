"""Texts outside the cards of top-ups: Home tab, alert threads, refusals of access."""

from __future__ import annotations

from billing.topups import TopUpStatus
from conversations.protocol.events import Membership
from conversations.words.words import N_

# --- the bot's own page, where a platform has one -----------------------------------------------

HOME_TITLE = N_("💳 Your prepaid accounts")
HOME_OPEN = N_("📋 Open top-ups")
HOME_NONE = N_("none")
SHOW_TOP_UP = N_("Show {top_up}")

# --- a top-up as a whole channel sees it, below the alert that it was begun from -----------------

BEGUN_BY = N_("Begun by")
PROGRESS: dict[TopUpStatus, str] = {
    TopUpStatus.AWAITING_PAYMENT: N_("⏳ {who} is topping up {amount}"),
    TopUpStatus.PROCESSING: N_("🏦 A bank transfer of {amount} by {who} is pending"),
    TopUpStatus.PAID: N_("💳 {who} paid {amount}, crediting…"),
    TopUpStatus.CREDITED: N_("✅ {amount} by {who} was credited"),
    TopUpStatus.CANCELLED: N_("🚫 {who} cancelled the top-up of {amount}"),
    TopUpStatus.EXPIRED: N_("⌛ The pay link of {who} for {amount} expired"),
    TopUpStatus.FAILED: N_("❌ The payment of {amount} by {who} failed"),
    TopUpStatus.PARTLY_REFUNDED: N_("↩️ The top-up of {amount} by {who} was partly refunded"),
    TopUpStatus.REFUNDED: N_("↩️ The top-up of {amount} by {who} was refunded"),
    TopUpStatus.DISPUTED: N_("⚖️ The top-up of {amount} by {who} is disputed"),
}

# --- people whom the bot does not serve ---------------------------------------------------------

BARRED: dict[Membership, tuple[str, str]] = {
    Membership.GUEST: (
        N_("🔒 Guests cannot top up"),
        N_("Only full members of this workspace can. Ask {support} if you should be one."),
    ),
    Membership.OUTSIDER: (
        N_("🔒 This bot serves another company"),
        N_("You are not a member of its workspace. Ask {support} if you should be one."),
    ),
    Membership.UNKNOWN: (
        N_("⏳ I could not check who you are"),
        N_("The chat did not tell me in time, so I did nothing. Please try again in a minute."),
    ),
}
NOT_TOLD = (
    N_("🔒 I could not check who you are"),
    N_("The chat does not tell me who is in a group that I serve. Please ask {support}."),
)
SOME_UNKNOWN = N_("I could not check all of your groups, so an account may be missing here.")
ADMINISTER = N_("I must be an administrator of this group: only then am I told who is in it.")
NOT_SURE = N_("the chat did not tell me in time who you are. Please try again in a minute.")

# --- a form that is opened empty, because its content takes longer than a moment -----------------

FORM_LOADING = N_("One moment, I am looking up your accounts…")
FORM_ELSEWHERE = N_("I have sent you the next step as a message. You can close this.")

"""Every sentence that people read in a chat, but those of the modules beside."""

from __future__ import annotations

from billing.amounts.amounts import RefusalReason
from conversations.protocol.actions import Slot, Topic
from conversations.protocol.events import PressRefusal

N_ = str
"""Marks a sentence for translation."""
# --- words people type -------------------------------------------------------------------------

# In every language at once: a team writes as it likes, whatever its profiles say.
TOPIC_WORDS: dict[str, Topic] = {
    **dict.fromkeys(("balance", "balances", "guthaben", "kontostand"), Topic.BALANCE),
    **dict.fromkeys(("history", "verlauf", "historie"), Topic.HISTORY),
    **dict.fromkeys(("status", "offen"), Topic.STATUS),
    **dict.fromkeys(("cancel", "stop", "abbrechen", "stornieren", "stopp"), Topic.CANCEL),
    **dict.fromkeys(("help", "start", "?", "hilfe"), Topic.HELP),
}
FILLER_WORDS = frozenset(
    {
        *("to", "for", "with", "by", "via", "please", "topup", "top-up", "from"),
        *("add", "charge", "load", "pay", "put", "send", "up", "i", "want", "need", "give", "me"),
        *("hello", "hi", "hey", "thanks", "thank", "you", "thx"),
        *("hallo", "moin", "servus", "danke", "dankeschön", "vielen", "dank"),
        *("lade", "laden", "zahle", "zahlen", "ich", "möchte", "will", "brauche", "gib", "mir"),
        *("auf", "für", "fuer", "mit", "per", "bitte", "aufladen", "aufladung", "von", "zu"),
    }
)

# --- names of things ---------------------------------------------------------------------------

SLOTS: dict[Slot, str] = {
    Slot.ACCOUNT: N_("Account"),
    Slot.AMOUNT: N_("Amount"),
    Slot.CURRENCY: N_("Currency"),
    Slot.METHOD: N_("Method"),
}
FEE = N_("Fee")
NO_FEE = N_("none")
FEE_OF = N_("{fee} fee")
FREE = N_("no fee")
TOTAL = N_("Total to pay")
PAID = N_("Paid")
PAY_BY = N_("Pay by")
CODE = N_("Code on the pay page")
CODE_HERE = N_("Code")
BALANCE = N_("Balance")
NEW_BALANCE = N_("New balance")
TOP_UP_ID = N_("Top-up")
PAYMENT_ID = N_("Payment")
TRANSACTION_ID = N_("Transaction")
THRESHOLD = N_("Alert below")
STARTED_AT = N_("Started")
SUPPORT = N_("Support")

# --- buttons: verbs ----------------------------------------------------------------------------

CONFIRM = N_("Confirm {total}")
CHANGE: dict[Slot, str] = {
    Slot.ACCOUNT: N_("Change account"),
    Slot.AMOUNT: N_("Change amount"),
    Slot.CURRENCY: N_("Change currency"),
    Slot.METHOD: N_("Change method"),
}
OTHER_AMOUNT = N_("Type another amount")
OFFERED_AMOUNTS = N_("Show amounts")
KEEP_VALUE = N_("Keep {value}")
CANCEL = N_("Cancel")
CONTINUE = N_("Continue this top-up")
START_NEW = N_("Start a new top-up")
START_AGAIN = N_("Top up again")
TOP_UP = N_("Top up")
PAY = N_("Pay {total}")
PAID_ALREADY = N_("I have paid")
SHOW_CODE = N_("Show QR code")
CANCEL_TOP_UP = N_("Cancel this top-up")
CANCEL_NAMED = N_("Cancel {top_up}")
KEEP = N_("Keep it")
CANCEL_SURE = N_("The pay link stops working. Money that is already on its way is still credited.")
CONTINUE_PRIVATE = N_("Continue in private")
COPY_TOP_UP = N_("Copy top-up id")
COPY_PAYMENT = N_("Copy payment id")
COPY_SUPPORT = N_("Copy for support")

# --- questions ---------------------------------------------------------------------------------

FORM_TITLE = N_("Top up")
FORM_SUBMIT = N_("Review")
FORM_CLOSE = N_("Close")
ASK_TITLE: dict[Slot, str] = {
    Slot.ACCOUNT: N_("➕ Top up: which account?"),
    Slot.AMOUNT: N_("➕ Top up: how much?"),
    Slot.CURRENCY: N_("➕ Top up: which currency?"),
    Slot.METHOD: N_("➕ Top up: how do you want to pay?"),
}
ASK_AMOUNT_HINT = N_("Press an amount, or type one from {least} to {most}.")
ASK_AMOUNT_TYPED = N_("Type the amount, for example {example}. Anything from {least} to {most}.")
# Telegram shows at most 64 characters of it.
AMOUNT_PLACEHOLDER = N_("For example {example}")
ASK_CHOICE_HINT = N_("Press a button, or type its name.")
REVIEW_TITLE = N_("🔎 Review your top-up")
REVIEW_BODY = N_("Nothing is charged until you pay on the payment page.")
LINK_LIFE_MINUTES = N_("The pay link will work for {minutes} minutes.")
LINK_LIFE_DAYS = N_("The pay link will work for {days} days.")
MOVED_TITLE = N_("↓ Continued below")
MOVED_BODY = N_("This top-up goes on in a newer message.")
DROPPED_TITLE = N_("🚫 Cancelled")
DROPPED_BODY = N_("The draft is gone, and no top-up was begun.")
OPEN_DRAFT_TITLE = N_("📝 You have a draft")
OPEN_DRAFT_BODY = N_("Do you want to go on with it, or start anew?")
OPEN_TOP_UP_TITLE = N_("⏳ You have an open top-up")
OPEN_TOP_UP_BODY = N_("Pay it, cancel it, or start another one.")

# --- what was wrong, and what would be right ---------------------------------------------------

AMOUNT_REFUSED: dict[RefusalReason, str] = {
    RefusalReason.NOT_AN_AMOUNT: N_(
        "I could not read that as an amount. Type a number, such as 50."
    ),
    RefusalReason.NEGATIVE: N_("An amount to top up is above zero. Type it without a minus sign."),
    RefusalReason.ZERO: N_("An amount to top up is above zero."),
    RefusalReason.TOO_MANY_DECIMALS: N_("That has more decimals than the currency has."),
    RefusalReason.TOO_LARGE: N_("That number is too long to be an amount."),
    RefusalReason.UNKNOWN_CURRENCY: N_(
        "I do not know that currency. Use a code such as USD or EUR."
    ),
    RefusalReason.CURRENCY_UNCLEAR: N_("Which currency is that? Write its code, such as 50 USD."),
    RefusalReason.MIXED_CURRENCIES: N_("That names two currencies. Use one."),
    RefusalReason.TWO_AMOUNTS: N_("That has two amounts. Send one."),
}
AMOUNT_RANGE = N_("Use {least} to {most}.")
AMBIGUOUS = N_("That can be read in two ways. Which one do you mean?")
TOO_SMALL = N_("{amount} is too little. Use {least} to {most}.")
TOO_MUCH = N_("{amount} is too much for one top-up. Use {least} to {most}.")
NEEDS_APPROVAL = N_(
    "{amount} is above {limit}, which needs a second person, and the bot cannot ask one yet."
    " Use {limit} or less, or ask {support} to top up for you."
)
OTHER_CURRENCY = N_(
    "{account} is kept in {currency}, and the bot does not convert yet."
    " Give the amount in {currency}."
)
NO_ACCOUNT_IN = N_("None of your accounts is kept in {currency}. Yours: {accounts}.")
NO_METHOD = N_("No way to pay takes {currency} yet. Ask {support}.")
LIVE_CLOSED = N_(
    "Top-ups with real money are closed until the operator has confirmed this bot. Ask {support}."
)
METHOD_RANGE = N_("{method} takes {least} or more. Raise the amount, or pick another method.")
METHOD_MOST = N_("{method} takes {most} or less. Lower the amount, or pick another method.")
METHOD_STEP = N_("{method} takes amounts in steps of {step}. Use {lower} or {higher}.")
METHOD_NOT_OFFERED = N_("{method} does not take this currency. Pick another method.")
UNKNOWN_WORDS = N_("I do not know “{words}”.")
NOTHING_NEW = N_("Nothing in that changes this top-up.")
UNKNOWN_ACCOUNT = N_("That is not one of your accounts. Pick one.")
UNKNOWN_METHOD = N_("That is not a way to pay. Pick one.")
POSSIBLE = N_("You can type an amount, an account ({accounts}) and a method ({methods}).")

# --- answers to a press ------------------------------------------------------------------------

REFUSALS: dict[PressRefusal, str] = {
    PressRefusal.STALE: N_("That button is out of date. The newest card shows how things stand."),
    PressRefusal.FORGED: N_(
        "That button is not valid. Nothing was changed. Type /topup to begin."
    ),
    PressRefusal.NOT_YOURS: N_("That button belongs to somebody else. Nothing was changed."),
}
CANCEL_TOO_LATE = N_("It cannot be cancelled any more. The card shows how things stand.")
NOT_OPENED = N_("That did not work: {why} No top-up was begun.")
NOT_ALLOWED = N_("you may not top up this account any more.")
METHOD_GONE = N_("this way to pay is not offered any more.")
PAY_HERE = N_("The payment page opens in your browser.")
POINT = N_("I have sent it to you in our direct messages.")
NOT_FOUND_TITLE = N_("🔎 Not found")
NOT_FOUND = N_("I do not know that top-up. Type {command} to see yours.")

# --- answers to a question ---------------------------------------------------------------------

BALANCE_TITLE = N_("💰 Balance")
STATUS_TITLE = N_("📋 Open top-ups")
NOTHING_OPEN = N_("You have no open top-up.")
NOTHING_TO_CANCEL_TITLE = N_("🚫 Nothing to cancel")
NOTHING_TO_CANCEL = N_("There is nothing to cancel: no draft and no open top-up.")
WHICH_CANCEL = N_("Which one?")
AS_OF = N_("As of {at}.")
HELP_TITLE = N_("👋 Top up an account")
HELP_BODY = N_("I take a top-up, send you a secure pay link, and tell you when it is credited.")
NOT_UNDERSTOOD = N_("I did not understand that. This is what I can do:")
HELP_BANK_CARD = N_("I never ask for card numbers. You pay on the payment page only.")
# What stands behind the command, and what it does.
HELP_ROWS: tuple[tuple[str, str], ...] = (
    ("", N_("start a top-up, step by step")),
    ("50 USD card", N_("all in one line, in any order")),
    (Topic.BALANCE, N_("what is left")),
    (Topic.STATUS, N_("top-ups that are not finished")),
    (Topic.HISTORY, N_("the last ten, with their ids")),
    (Topic.CANCEL, N_("stop what is open")),
)
BANK_CARD_NUMBER_TITLE = N_("🛑 Please never send card numbers")
BANK_CARD_NUMBER_BODY = N_(
    "Your message looked like it had a card number. I did not keep it."
    " Delete the message here, and pay on the payment page only."
)
BANK_CARD_NUMBER_TYPED = N_(
    "That looked like a card number. I did not keep it."
    " Type the amount here, and pay on the payment page only."
)
STRANGER_TITLE = N_("🔒 You have no account here yet")
STRANGER_BODY = N_("Ask {support} to let you in. Send them this line:")
STRANGER_ROW = N_("For the operator")
PRIVATE_TITLE = N_("🔒 Let us go on in private")
PRIVATE_BODY = N_("Amounts and balances stay between you and me. Press the button to go there.")
OPERATOR_ROW = N_("For the operator, to send alerts here")
NOTE_SYMBOL = "ℹ️"

# --- alerts ------------------------------------------------------------------------------------

LOW_TITLE = N_("🔻 Low balance: {account}")
OVERDRAWN_BODY = N_("{account} is overdrawn by {amount}. You asked to be told below {threshold}.")
OVERDRAWN = N_("overdrawn by {amount}")
OVERDRAWN_TO = N_("overdrawn by {amount}, may go down to {floor}")
BALANCE_TO = N_("{balance}, may go down to {floor}")
LOW_BODY = N_("{account} has {balance} left, below the {threshold} you asked to be told at.")
RESOLVED_TITLE = N_("✅ Resolved: {account}")
RESOLVED_BODY = N_("{account} has {balance} again, at least the {threshold} it should have.")

# --- commands, as chats list them --------------------------------------------------------------

COMMANDS: tuple[tuple[str, str], ...] = (
    ("topup", N_("Top up an account")),
    ("balance", N_("What is left")),
    ("status", N_("Top-ups that are not finished")),
    ("history", N_("The last ten top-ups")),
    ("cancel", N_("Stop what is open")),
    ("help", N_("How this works")),
)
# What a group's menu lists; all of them are answered there with a way to the private chat.
GROUP_COMMANDS = ("topup", "balance", "help")

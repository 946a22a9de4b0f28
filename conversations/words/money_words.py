"""Every sentence that says whether money was taken. Only messages/claims.py says them."""

from __future__ import annotations

from conversations.words.words import N_

NOTHING_TAKEN = N_("No money was taken.")
NOTHING_TAKEN_SAID = N_("No money was taken: the payment service said so. As of {at}.")
NOT_SEEN = N_("We have seen no payment. If you did pay, it will still be credited.")
NOT_SEEN_AT = N_("We have seen no payment. If you did pay, it will still be credited. As of {at}.")
ASKING = N_(
    "We have seen no payment, and are asking the payment service whether anything was paid."
    " If you did pay, it will still be credited."
)
UNREAD = N_(
    "The payment service answered something that we cannot read, so we do not know whether"
    " anything was paid. We are looking into it. If you did pay, it is not lost."
)
CANNOT_ASK = N_(
    "We cannot ask the payment service at the moment, so we do not know whether anything was paid."
    " If you did pay, it is not lost."
)
ON_ITS_WAY = N_("The payment service says that a payment is on its way. It is not credited yet.")
ELSEWHERE = N_(
    "This bot serves a copy and does not see what was paid for this top-up. If you did pay, the"
    " bot that it was copied from takes care of it."
)
TAKEN = N_("A payment has arrived.")
WITHHELD = N_(
    "A payment arrived, and the payer's bank keeps the money until it decides a dispute."
)
GONE_BACK = N_("A payment arrived and was sent back.")

# On a card that still waits for its payment.
WAITING = N_("Pay on the payment page. This card tells when the payment has arrived.")
WAITING_ASKED = N_(
    "We are asking the payment service since {at}, and have seen no payment yet. If you did pay,"
    " you need not do anything: this card tells when the payment has arrived."
)
WAITING_ANSWERED = N_(
    "At {at} the payment service had no payment yet. A card payment is seen within a minute, a"
    " bank transfer may take days. If you did pay, you need not do anything; if not, pay on the"
    " payment page."
)
DECLINED = N_("The last try did not go through: {why} We have seen no payment. You can try again.")
WAITING_CLOSED = N_("This way to pay is closed for now.")
PROCESSING = N_("The money is on its way and not credited yet. This card will tell.")

# On the page to which the gateway sends people back.
BACK_ASKING = N_(
    "We are asking the payment service for your payment."
    " Your chat tells as soon as it has arrived."
)
BACK_ON_ITS_WAY = N_("Your payment is on its way. Your chat tells as soon as it has arrived.")

# In a few words, where a button was pressed.
CANCELLED_ASKING = N_(
    "Cancelled. We are asking the payment service whether anything was paid before."
)
CANCELLED_NOTHING_TAKEN = N_("Cancelled. No money was taken.")
CANCELLED_NOT_KNOWN = N_("Cancelled. We have seen no payment. What was paid is still credited.")
CANCELLED_PAID = N_("Cancelled. {known} The message shows what becomes of it.")
CANCELLED_UNREAD = N_(
    "Cancelled. We cannot read what the payment service answered. If you did pay, it is not lost."
)
CANCELLED_CANNOT_ASK = N_(
    "Cancelled. We cannot ask the payment service at the moment. If you did pay, it is not lost."
)
CHECK_CANNOT_ASK = N_(
    "We cannot ask the payment service at the moment. If you did pay, it is not lost."
)
CHECKING = N_("I am asking the payment service now. The message tells what it answers.")
CHECK_NEVER_OPENED = N_("No money was taken: no payment page was opened yet.")

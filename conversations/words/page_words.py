"""Sentences on the bot's own web pages."""

from __future__ import annotations

from conversations.words.words import N_

PAY_TITLE = N_("Pay for your top-up")
PAY_INTRO = N_("Check that this is what you asked for, and that the code is the one in your chat.")
PAY_BUTTON = N_("Continue to payment: {total}")
PAY_WHERE = N_("Next, you pay on {host}. We never see your card.")
PAY_VALID = N_("This page works until {until}.")
HOST = N_("Payment page")
SANDBOX_TITLE = N_("Sandbox.")
SANDBOX_BODY = N_("No real money.")

UNKNOWN_TITLE = N_("This pay link is not valid")
UNKNOWN_BODY = N_("It leads to no top-up. Open the link from your chat again, or type /topup.")
PAID_TITLE = N_("Already paid")
PAID_BODY = N_("A payment for this top-up has arrived or is on its way. Your chat shows more.")
OVER_TITLE = N_("This pay link is over")
OVER_BODY = N_("Type /topup in your chat to begin anew.")
REFUSED_TITLE = N_("The payment service refuses this payment")
REFUSED_BODY = N_(
    "Trying again will not change that. We are looking into it, and your chat shows more."
)
DOWN_TITLE = N_("The payment service does not answer")
DOWN_BODY = N_("Please go back and try again in a minute.")
UNREAD_TITLE = N_("The payment service opened no page")
UNREAD_BODY = N_(
    "It answered something that we cannot read. We are looking into it. Please try again later,"
    " or type /topup in your chat to pay in another way."
)
NO_GATEWAY_TITLE = N_("This way to pay is closed for now")
NO_GATEWAY_BODY = N_("We are looking into it. To pay in another way, type /topup in your chat.")
LIVE_CLOSED_TITLE = N_("Payments with real money are closed for now")
LIVE_CLOSED_BODY = N_(
    "This bot opens no payment page until its operator has confirmed it. "
    "Your chat shows how your top-up stands."
)
RETURN_TITLE = N_("Your payment")
RETURN_PAID_TITLE = N_("Thank you")
RETURN_BODY = N_("Your chat shows how the payment stands. You can close this page.")
RETURN_LINK = N_("Back to the chat")
NOT_FOUND_TITLE = N_("There is nothing here")
NOT_FOUND_BODY = N_("Open the link from your chat again.")
BUSY_TITLE = N_("One moment, please")
BUSY_BODY = N_(
    "This page cannot be shown right now, and no payment is lost. Please try again in a minute."
)

"""The played Stripe's books: sessions, intents, charges, events. It moves no money.

Objects are JSON as Stripe's API shows them, with the fields a merchant reads; ids, clock and
randomness are given to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from playground.stripe_forms import Refused

Json = dict[str, Any]

API_VERSION = "2026-10-28.endive"
# What each test card does: https://docs.stripe.com/testing. None pays at once.
CARDS: dict[str, tuple[str, str | None]] = {
    "4242424242424242": ("Paid", None),
    "4000000000000002": ("Declined", "generic_decline"),
    "4000000000009995": ("Declined: insufficient funds", "insufficient_funds"),
    "4000002500003155": ("Asks for 3-D Secure", "3d_secure"),
    "4000002760003184": ("Asks for 3-D Secure every time", "3d_secure"),
    "4000000000000259": ("Paid, then disputed", "disputed"),
}
ASKS_3D_SECURE, DISPUTED = "3d_secure", "disputed"


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """`public_url` is where browsers and the merchant reach this Stripe, `webhook_url` the bot."""

    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    public_url: str
    webhook_url: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    settle_after_seconds: float = 20
    path: Path | None = None


class StripeWorld:
    """Everything this Stripe knows. With a path it is kept there, whole after every change."""

    def __init__(self, settings: StripeSettings) -> None:
        self.settings = settings
        self.sessions: dict[str, Json] = {}
        self.intents: dict[str, Json] = {}
        self.charges: dict[str, Json] = {}
        self.keys: dict[str, Json] = {}
        self.outbox: list[Json] = []
        """Events still to be taken: id, body, tries and due (a timestamp)."""
        self.settling: dict[str, Json] = {}
        self.listeners: list[Callable[[], None]] = []
        self._load()

    @property
    def now(self) -> int:
        """The time in whole seconds, as Stripe writes it."""
        return int(self.settings.now().timestamp())

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_test_{self.settings.new_id()}"

    def page(self, session: str) -> str:
        """Where a payer's browser finds the session."""
        return f"{self.settings.public_url.rstrip('/')}/c/pay/{session}"

    def session(self, id: str) -> Json:
        """The session as of now. Raises Refused when there is none."""
        found = self.sessions.get(id)
        if found is None:
            message = f"No such checkout.session: {id}"
            raise Refused(message, status=404, code="resource_missing", param="session")
        self.as_of_now()
        return found

    def as_of_now(self) -> None:
        """Expire and settle what time alone has brought to its end."""
        for session in self.sessions.values():
            if session["status"] == "open" and session["expires_at"] <= self.now:
                self.expire(session)
        for id, plan in list(self.settling.items()):
            if plan["at"] <= self.now:
                del self.settling[id]
                self._settle(self.sessions[id], arrives=plan["arrives"])

    def expire(self, session: Json) -> None:
        session |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", session)

    def attempt(self, session: Json) -> Json:
        """The session's payment intent, which exists from the first attempt to pay on."""
        if session["payment_intent"] is None:
            intent = {
                "id": self.new_id("pi"),
                "object": "payment_intent",
                "amount": session["amount_total"],
                "amount_received": 0,
                "currency": session["currency"],
                "description": session["description"],
                "last_payment_error": None,
                "latest_charge": None,
                "livemode": False,
                "metadata": session["intent_metadata"],
                "status": "requires_payment_method",
            }
            self.intents[intent["id"]] = intent
            session["payment_intent"] = intent["id"]
        return self.intents[session["payment_intent"]]

    def decline(self, session: Json, code: str, decline_code: str | None) -> None:
        """The attempt failed; the session stays open for another."""
        intent = self.attempt(session)
        problem = {"type": "card_error", "code": code, "decline_code": decline_code}
        intent |= {"status": "requires_payment_method", "last_payment_error": problem}
        session["in_3d_secure"] = False
        self.tell("payment_intent.payment_failed", intent)

    def pay(self, session: Json) -> None:
        """The payer paid at once."""
        intent = self._succeed(session)
        session |= {"status": "complete", "url": None, "in_3d_secure": False}
        self.tell("payment_intent.succeeded", intent)
        self.tell("checkout.session.completed", session)

    def send_debit(self, session: Json, *, arrives: bool) -> None:
        """The payer gave a bank debit: complete now, paid or failed later."""
        self.attempt(session)["status"] = "processing"
        session |= {"status": "complete", "url": None}
        due = self.now + int(self.settings.settle_after_seconds)
        self.settling[session["id"]] = {"at": due, "arrives": arrives}
        self.tell("checkout.session.completed", session)

    def dispute(self, session: Json) -> None:
        """The payer's bank takes the money back for now."""
        charge = self.charges[self.intents[session["payment_intent"]]["latest_charge"]]
        charge["disputed"] = True
        found = {
            "id": self.new_id("dp"),
            "object": "dispute",
            "amount": charge["amount"],
            "charge": charge["id"],
            "currency": charge["currency"],
            "payment_intent": session["payment_intent"],
            "status": "needs_response",
        }
        self.tell("charge.dispute.created", found)

    def refund(self, intent: Json, amount: int | None, metadata: Json) -> Json:
        """Give money back. Raises Refused for more than is left."""
        charge = self.charges.get(intent["latest_charge"] or "")
        if charge is None:
            raise Refused("This PaymentIntent does not have a successful charge to refund.")
        left = charge["amount"] - charge["amount_refunded"]
        if left == 0:
            raise Refused("Charge has already been refunded.", code="charge_already_refunded")
        wanted = left if amount is None else amount
        if not 0 < wanted <= left:
            raise Refused("Refund amount is greater than unrefunded amount on charge.")
        charge["amount_refunded"] += wanted
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        refund = {
            "id": self.new_id("re"),
            "object": "refund",
            "amount": wanted,
            "charge": charge["id"],
            "currency": charge["currency"],
            "metadata": metadata,
            "payment_intent": intent["id"],
            "status": "succeeded",
        }
        self.tell("charge.refunded", charge)
        self.tell("refund.created", refund)
        return refund

    def tell(self, kind: str, about: Json) -> None:
        """Put an event into the outbox and keep everything."""
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": {"object": shown(about)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        body = json.dumps(event, indent=2)
        self.outbox.append({"id": event["id"], "body": body, "tries": 0, "due": self.now})
        self.keep()
        for listener in self.listeners:
            listener()

    def _settle(self, session: Json, *, arrives: bool) -> None:
        if arrives:
            self._succeed(session)
            self.tell("checkout.session.async_payment_succeeded", session)
            return
        intent = self.attempt(session)
        problem = {"type": "card_error", "code": "payment_intent_payment_attempt_failed"}
        intent |= {"status": "requires_payment_method", "last_payment_error": problem}
        self.tell("checkout.session.async_payment_failed", session)

    def _succeed(self, session: Json) -> Json:
        intent = self.attempt(session)
        charge = {
            "id": self.new_id("ch"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"],
            "amount_refunded": 0,
            "currency": intent["currency"],
            "disputed": False,
            "livemode": False,
            "metadata": intent["metadata"],
            "paid": True,
            "payment_intent": intent["id"],
            "refunded": False,
            "status": "succeeded",
        }
        self.charges[charge["id"]] = charge
        intent |= {
            "status": "succeeded",
            "amount_received": intent["amount"],
            "last_payment_error": None,
            "latest_charge": charge["id"],
        }
        session["payment_status"] = "paid"
        return intent

    def keep(self) -> None:
        """Write everything to the path, if there is one."""
        path = self.settings.path
        if path is None:
            return
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({name: getattr(self, name) for name in _KEPT}))
        fresh.replace(path)

    def _load(self) -> None:
        path = self.settings.path
        if path is not None and path.exists():
            kept = json.loads(path.read_text())
            for name in _KEPT:
                setattr(self, name, kept[name])


_KEPT = ("sessions", "intents", "charges", "keys", "outbox", "settling")
# The world's own notes on a session, which Stripe shows nobody.
_HIDDEN = frozenset({"description", "intent_metadata", "in_3d_secure"})


def shown(about: Json) -> Json:
    """The object as the API and events show it."""
    hidden = _HIDDEN if about["object"] == "checkout.session" else frozenset()
    return {name: value for name, value in about.items() if name not in hidden}

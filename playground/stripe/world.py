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

from playground.kit.owned import write_owned
from playground.kit.toggles import Toggles
from playground.stripe.forms import Json, Refused
from playground.stripe.shown import shown

WRONG_AMOUNT = "wrong_amount"
API_VERSION = "2026-10-28.endive"


@dataclass(frozen=True, slots=True)
class BankCard:
    """What a test card does, in words for people and for the world. `then` is what follows."""

    outcome: str
    decline: str | None = None
    asks_3d_secure: bool = False
    then: str | None = None


DISPUTED, ASKED_ABOUT = "disputed", "asked about"
REFUNDS_FAIL, REFUNDS_TAKE_TIME = "refunds fail", "refunds take time"

# https://docs.stripe.com/testing
BANK_CARDS = {
    "4242424242424242": BankCard("Paid"),
    "4000000000000002": BankCard("Declined", decline="generic_decline"),
    "4000000000009995": BankCard("Declined: insufficient funds", decline="insufficient_funds"),
    "4000002500003155": BankCard("Asks for 3-D Secure", asks_3d_secure=True),
    "4000002760003184": BankCard("Asks for 3-D Secure every time", asks_3d_secure=True),
    "4000000000000259": BankCard("Paid, then disputed", then=DISPUTED),
    "4000000000001976": BankCard("Paid, then the bank inquires", then=ASKED_ABOUT),
    "4000000000005126": BankCard("Paid; a refund fails later", then=REFUNDS_FAIL),
    "4000000000007726": BankCard("Paid; a refund takes a while", then=REFUNDS_TAKE_TIME),
}


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """`public_url` is where browsers and the merchant reach this Stripe."""

    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    public_url: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    settle_after_seconds: float = 20
    path: Path | None = None


class StripeWorld:
    """Everything this Stripe knows. With a path it is kept there, whole after every change."""

    def __init__(self, settings: StripeSettings) -> None:
        self.settings = settings
        self.toggles = Toggles()
        self.sessions: dict[str, Json] = {}
        self.intents: dict[str, Json] = {}
        self.charges: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.disputes: dict[str, Json] = {}
        self.keys: dict[str, Json] = {}
        self.outbox: list[Json] = []
        """Events still to be taken: id, body, tries and due (a timestamp)."""
        self.plans: list[Json] = []
        """What time will bring: at (a timestamp), what, and the id of the object it is about."""
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
        """The session. Raises Refused when there is none."""
        return self.found("checkout.session", id)

    def found(self, kind: str, id: str) -> Json:
        """The object of that kind. Raises Refused when there is none."""
        found = self._tables()[kind].get(id)
        if found is None:
            message = f"No such {kind}: '{id}'"
            raise Refused(message, status=404, code="resource_missing", param=kind)
        return found

    def behind(self, about: Json, field: str) -> Json | None:
        """What stands behind a field: the object whose id it holds, or a charge's refunds."""
        if field == "refunds":
            data = [each for each in self.newest("refund") if each["charge"] == about["id"]]
            url = f"/v1/charges/{about['id']}/refunds"
            return {"object": "list", "url": url, "has_more": False, "data": data}
        kind = "charge" if field == "latest_charge" else field
        return self._tables()[kind].get(about[field] or "")

    def newest(self, kind: str) -> list[Json]:
        """Every object of that kind, the newest first."""
        return list(reversed(self._tables()[kind].values()))

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
                "capture_method": "automatic",
                "confirmation_method": "automatic",
                "created": self.now,
                "currency": session["currency"],
                "description": session["description"],
                "last_payment_error": None,
                "latest_charge": None,
                "livemode": False,
                "metadata": session["intent_metadata"],
                "payment_method_types": ["card"],
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

    def pay(self, session: Json, then: str | None = None) -> Json:
        """The payer paid at once: the charge."""
        charge = self._succeed(session, then)
        session |= {"status": "complete", "url": None, "in_3d_secure": False}
        self.tell("payment_intent.succeeded", self.intents[charge["payment_intent"]])
        self.tell("checkout.session.completed", session)
        return charge

    def send_debit(self, session: Json, *, arrives: bool) -> None:
        """The payer gave a bank debit: complete now, paid or failed later."""
        self.attempt(session)["status"] = "processing"
        session |= {"status": "complete", "url": None}
        self.plan("debit arrives" if arrives else "debit bounces", session)
        self.tell("checkout.session.completed", session)

    def settle(self, session: Json, *, arrives: bool) -> None:
        """The bank debit came in, or did not."""
        if arrives:
            self._succeed(session, None)
            self.tell("checkout.session.async_payment_succeeded", session)
            return
        problem = {"type": "card_error", "code": "payment_intent_payment_attempt_failed"}
        self.attempt(session).update(
            {"status": "requires_payment_method", "last_payment_error": problem}
        )
        self.tell("checkout.session.async_payment_failed", session)

    def plan(self, what: str, about: Json) -> None:
        """Let time bring it."""
        at = self.now + int(self.settings.settle_after_seconds)
        self.plans.append({"at": at, "what": what, "id": about["id"]})

    def tell(self, kind: str, about: Json) -> None:
        """Put an event into the outbox."""
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
        self.changed()

    def _succeed(self, session: Json, then: str | None) -> Json:
        intent = self.attempt(session)
        amount = intent["amount"]
        if self.toggles.happens_once(WRONG_AMOUNT):
            # Half; a ten is the smallest step that every currency has.
            amount = amount // 20 * 10
        nobody = {"address": None, "email": None, "name": None, "phone": None}
        charge = {
            "id": self.new_id("ch"),
            "object": "charge",
            "amount": amount,
            "amount_captured": amount,
            "amount_refunded": 0,
            "billing_details": nobody,
            "captured": True,
            "created": self.now,
            "currency": intent["currency"],
            "disputed": False,
            "livemode": False,
            "metadata": intent["metadata"],
            "paid": True,
            "payment_intent": intent["id"],
            "refunded": False,
            "status": "succeeded",
            "then": then,
        }
        self.charges[charge["id"]] = charge
        intent |= {
            "status": "succeeded",
            "amount_received": amount,
            "last_payment_error": None,
            "latest_charge": charge["id"],
        }
        session["payment_status"] = "paid"
        return charge

    def _tables(self) -> dict[str, dict[str, Json]]:
        return {
            "checkout.session": self.sessions,
            "payment_intent": self.intents,
            "charge": self.charges,
            "refund": self.refunds,
            "dispute": self.disputes,
        }

    def changed(self) -> None:
        """Write everything to the path, if there is one, and tell who listens."""
        path = self.settings.path
        if path is not None:
            fresh = path.with_suffix(".new")
            write_owned(fresh, json.dumps({name: getattr(self, name) for name in _KEPT}))
            fresh.replace(path)
        for listener in self.listeners:
            listener()

    def _load(self) -> None:
        path = self.settings.path
        if path is not None and path.exists():
            kept = json.loads(path.read_text())
            for name in _KEPT:
                setattr(self, name, kept[name])


_KEPT = (
    *("sessions", "intents", "charges", "refunds", "disputes"),
    *("keys", "outbox", "plans"),
)

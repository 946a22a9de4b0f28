"""The merchant's side of the played Stripe, for the page: refunds and what banks decide.

It adds no rule: what Stripe refuses is refused here in the same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from playground.kit.answers import asked, fresh, refused
from playground.stripe import reversals
from playground.stripe.forms import Json, Refused
from playground.stripe.money import decimals, in_words
from playground.stripe.time import catch_up
from playground.stripe.world import StripeWorld

_SHOWN_MAX = 50
_DISPUTE_WORDS = {
    "warning_needs_response": "Inquiry: the bank asks, nothing is withdrawn",
    "warning_closed": "Inquiry closed",
    "needs_response": "Dispute open, money withdrawn",
    "won": "Dispute won, money back",
    "lost": "Dispute lost",
}
_REFUND_WORDS = {
    "succeeded": "Refunded",
    "pending": "Refund on its way:",
    "failed": "Refund failed:",
}

Act = Callable[[StripeWorld, Json, str], object]


def routes(world: StripeWorld) -> list[BaseRoute]:
    """`/window/stripe/payments`, and `/window/stripe/act` for one of ACTS on one of them."""

    async def payments(_: Request) -> JSONResponse:
        catch_up(world)
        charges = world.newest("charge")[:_SHOWN_MAX]
        shown = [_payment(world, charge) for charge in charges]
        return fresh({"payments": shown, "on_their_way": len(world.outbox)})

    async def act(request: Request) -> JSONResponse:
        body = await asked(request)
        wanted = ACTS.get(str(body.get("act")))
        charge = world.charges.get(str(body.get("payment")))
        if wanted is None or charge is None:
            return refused(f"Send JSON: an act of {', '.join(ACTS)}, and a payment.")
        catch_up(world)
        try:
            wanted(world, charge, str(body.get("amount", "")))
        except Refused as problem:
            return refused(str(problem))
        return fresh({"ok": True})

    return [
        Route("/window/stripe/payments", payments, methods=["GET"]),
        Route("/window/stripe/act", act, methods=["POST"]),
    ]


def _refund(world: StripeWorld, charge: Json, typed: str) -> None:
    amount = _amount(typed, charge["currency"]) if typed else None
    reversals.refund(world, charge, amount, "requested_by_customer")


def _fail(world: StripeWorld, charge: Json, _: str) -> None:
    reversals.fail_refund(world, _last(reversals.refunds_of(world, charge), "refund"))


def _decide(*, won: bool) -> Act:
    def decide(world: StripeWorld, charge: Json, _: str) -> None:
        disputes = reversals.disputes_of(world, charge)
        reversals.close(world, _last(disputes, "dispute"), won=won)

    return decide


def _escalate(world: StripeWorld, charge: Json, _: str) -> None:
    reversals.escalate(world, _last(reversals.disputes_of(world, charge), "inquiry"))


ACTS: dict[str, Act] = {
    "refund": _refund,
    "fail": _fail,
    "dispute": lambda world, charge, _: reversals.dispute(world, charge),
    "inquire": lambda world, charge, _: reversals.dispute(world, charge, inquiry=True),
    "escalate": _escalate,
    "win": _decide(won=True),
    "lose": _decide(won=False),
}


def _last(found: list[Json], what: str) -> Json:
    if not found:
        raise Refused(f"There is no {what}.")
    return found[0]


def _payment(world: StripeWorld, charge: Json) -> Json:
    refunds = reversals.refunds_of(world, charge)
    disputes = reversals.disputes_of(world, charge)
    intent, currency = world.intents[charge["payment_intent"]], charge["currency"]
    told = [
        f"{_REFUND_WORDS[each['status']]} {in_words(each['amount'], currency)}"
        for each in reversed(refunds)
    ]
    told += [_DISPUTE_WORDS[each["status"]] for each in reversed(disputes)]
    return {
        "id": charge["id"],
        "at": charge["created"],
        "amount": in_words(charge["amount"], currency),
        "description": intent["description"],
        "told": told,
        "acts": _possible(charge, refunds, disputes),
    }


def _possible(charge: Json, refunds: list[Json], disputes: list[Json]) -> list[str]:
    """What can happen to it next; the newest dispute says most."""
    status = disputes[0]["status"] if disputes else ""
    left = reversals.left_of(charge) > 0
    if status in reversals.OPEN_DISPUTE:
        return ["win", "lose"]
    failing = ["fail"] if refunds and refunds[0]["status"] != "failed" else []
    if status in reversals.OPEN_INQUIRY:
        return [*(["escalate", "refund"] if left else []), "lose", *failing]
    if status == "lost":
        return failing
    return [*(["refund", "dispute", "inquire"] if left else []), *failing]


def _amount(typed: str, currency: str) -> int:
    """10.5 and usd are 1050. Raises Refused."""
    digits = decimals(currency)
    found = re.fullmatch(r"([0-9]{1,12})(?:\.([0-9]{1,3}))?", typed.strip())
    fraction = (found[2] or "") if found else ""
    if found is None or len(fraction) > digits:
        raise Refused(f"That is no amount such as {in_words(5000, currency).split()[0]}.")
    return int(found[1] + fraction.ljust(digits, "0"))

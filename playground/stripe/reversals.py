"""What goes back of the played Stripe's payments: refunds and disputes, each with its events.

https://docs.stripe.com/refunds, https://docs.stripe.com/disputes/how-disputes-work. It takes no
fee for a dispute.
"""

from __future__ import annotations

from playground.stripe.forms import Json, Refused
from playground.stripe.world import REFUNDS_FAIL, REFUNDS_TAKE_TIME, StripeWorld

OPEN_INQUIRY = frozenset({"warning_needs_response", "warning_under_review"})
OPEN_DISPUTE = frozenset({"needs_response", "under_review"})

_RESPOND_WITHIN_SECONDS = 7 * 24 * 60 * 60


def left_of(charge: Json) -> int:
    """What was not given back of a charge, in its smallest unit."""
    return int(charge["amount"]) - int(charge["amount_refunded"])


def refund(
    world: StripeWorld,
    charge: Json,
    amount: int | None = None,
    reason: str | None = None,
    metadata: Json | None = None,
) -> Json:
    """Give money back; all that is left when no amount is said. Raises Refused."""
    left = left_of(charge)
    wanted = left if amount is None else amount
    _check(world, charge, wanted, left)
    slow = charge["then"] == REFUNDS_TAKE_TIME
    found = {
        "id": world.new_id("re"),
        "object": "refund",
        "amount": wanted,
        "charge": charge["id"],
        "created": world.now,
        "currency": charge["currency"],
        "metadata": metadata or {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "pending" if slow else "succeeded",
    }
    world.refunds[found["id"]] = found
    _count(charge, wanted)
    world.tell("refund.created", found)
    world.tell("charge.refunded", charge)
    if slow:
        world.plan("refund arrives", found)
    elif charge["then"] == REFUNDS_FAIL:
        world.plan("refund fails", found)
    return found


def finish_refund(world: StripeWorld, found: Json) -> None:
    """A refund that was on its way arrived."""
    if found["status"] == "pending":
        found["status"] = "succeeded"
        world.tell("refund.updated", found)


def fail_refund(world: StripeWorld, found: Json) -> None:
    """The payer's bank sent the money home. Raises Refused for one that failed before.

    Stripe says that a refund succeeded and takes that back days later.
    """
    if found["status"] == "failed":
        raise Refused("The refund has already failed.")
    found |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": world.new_id("txn"),
    }
    _count(world.charges[found["charge"]], -found["amount"])
    world.tell("refund.updated", found)
    world.tell("refund.failed", found)


def dispute(
    world: StripeWorld, charge: Json, amount: int | None = None, *, inquiry: bool = False
) -> Json:
    """The payer asks their bank for the money, which is withdrawn unless it is an inquiry.

    Raises Refused where nothing is left or a dispute is open.
    """
    wanted = left_of(charge) if amount is None else amount
    if left_of(charge) == 0 or not 0 < wanted <= charge["amount"]:
        raise Refused("Nothing of that amount is left to dispute.")
    known = {each["status"] for each in disputes_of(world, charge)}
    if known & (OPEN_INQUIRY | OPEN_DISPUTE | {"lost"}):
        raise Refused("The charge has a dispute that is open or lost.")
    due_by = world.now + _RESPOND_WITHIN_SECONDS
    found = {
        "id": world.new_id("du"),
        "object": "dispute",
        "amount": wanted,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.now,
        "currency": charge["currency"],
        "evidence": {},
        "evidence_details": {
            "due_by": due_by, "has_evidence": False, "past_due": False, "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "general" if inquiry else "fraudulent",
        "status": "warning_needs_response" if inquiry else "needs_response",
    }  # fmt: skip
    world.disputes[found["id"]] = found
    charge["disputed"] = True
    if inquiry:
        world.tell("charge.dispute.created", found)
    else:
        _move(world, found, -wanted)
        world.tell("charge.dispute.created", found)
        world.tell("charge.dispute.funds_withdrawn", found)
    return found


def escalate(world: StripeWorld, found: Json) -> None:
    """An inquiry became a dispute, and the money is withdrawn. Raises Refused."""
    if found["status"] not in OPEN_INQUIRY or left_of(world.charges[found["charge"]]) == 0:
        raise Refused("Only an open inquiry into money that is left can become a dispute.")
    found |= {"status": "needs_response", "is_charge_refundable": False, "reason": "fraudulent"}
    _move(world, found, -found["amount"])
    world.tell("charge.dispute.updated", found)
    world.tell("charge.dispute.funds_withdrawn", found)


def close(world: StripeWorld, found: Json, *, won: bool) -> None:
    """The bank decided; an inquiry just ends. Raises Refused when it did before."""
    if found["status"] in OPEN_INQUIRY:
        found["status"] = "warning_closed"
    elif found["status"] in OPEN_DISPUTE and won:
        found["status"] = "won"
        _move(world, found, found["amount"])
        world.tell("charge.dispute.funds_reinstated", found)
    elif found["status"] in OPEN_DISPUTE:
        found["status"] = "lost"
    else:
        raise Refused("This dispute is already closed.")
    world.tell("charge.dispute.closed", found)


def gone(world: StripeWorld, charge: Json) -> tuple[int, int]:
    """What the merchant has no more of a charge, and when something last went back of it."""
    disputes = disputes_of(world, charge)
    moves = [each for dispute in disputes for each in dispute["balance_transactions"]]
    withheld = -sum(each["amount"] for each in moves)
    times = [each["created"] for each in (*moves, *refunds_of(world, charge))]
    return min(charge["amount"], charge["amount_refunded"] + withheld), max(times, default=0)


def refunds_of(world: StripeWorld, charge: Json) -> list[Json]:
    """The charge's refunds, the newest first."""
    return [each for each in world.newest("refund") if each["charge"] == charge["id"]]


def disputes_of(world: StripeWorld, charge: Json) -> list[Json]:
    """The charge's disputes, the newest first."""
    return [each for each in world.newest("dispute") if each["charge"] == charge["id"]]


def _check(world: StripeWorld, charge: Json, wanted: int, left: int) -> None:
    if any(each["status"] in OPEN_DISPUTE | {"lost"} for each in disputes_of(world, charge)):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise Refused(message, code="charge_disputed")
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise Refused(message, code="charge_already_refunded")
    if wanted <= 0:
        message = "Invalid positive integer"
        raise Refused(message, code="parameter_invalid_integer", param="amount")
    if wanted > left:
        message = f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({left})"
        raise Refused(message, param="amount")


def _count(charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = left_of(charge) == 0


def _move(world: StripeWorld, found: Json, amount: int) -> None:
    """Take money out of the merchant's balance, or put it back."""
    found["balance_transactions"].append(
        {
            "id": world.new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": world.now,
            "created": world.now,
            "currency": found["currency"],
            "fee": 0,
            "fee_details": [],
            "net": amount,
            "reporting_category": "dispute" if amount < 0 else "dispute_reversal",
            "source": found["id"],
            "status": "available",
            "type": "adjustment",
        }
    )

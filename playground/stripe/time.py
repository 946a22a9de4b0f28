"""Lets happen what time alone brings to the played Stripe. It never waits."""

from __future__ import annotations

from playground.stripe import reversals
from playground.stripe.forms import Json
from playground.stripe.world import StripeWorld


def catch_up(world: StripeWorld) -> None:
    """Let happen what is due by now."""
    for session in world.sessions.values():
        if session["status"] == "open" and session["expires_at"] <= world.now:
            world.expire(session)
    for plan in [each for each in world.plans if each["at"] <= world.now]:
        world.plans.remove(plan)
        _happen(world, plan)
        world.changed()


def _happen(world: StripeWorld, plan: Json) -> None:
    match plan["what"]:
        case "debit arrives" | "debit bounces" as what:
            world.settle(world.sessions[plan["id"]], arrives=what == "debit arrives")
        case "refund arrives":
            reversals.finish_refund(world, world.refunds[plan["id"]])
        case "refund fails" if world.refunds[plan["id"]]["status"] != "failed":
            reversals.fail_refund(world, world.refunds[plan["id"]])
        case _:
            pass

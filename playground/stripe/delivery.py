"""Delivers the played Stripe's events, signed, until each is taken; and badly, when told to."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass

import httpx

from playground.kit.callbacks import DELAY_SECONDS, Line
from playground.stripe.forms import Json
from playground.stripe.time import catch_up
from playground.stripe.world import StripeWorld

# Stripe itself goes on for three days, ever more slowly.
RETRY_SECONDS = (1, 2, 4, 8, 15, 30, 120, 600, 3_600, 14_400, 43_200)

_LOOK_SECONDS = 0.3


@dataclass(slots=True)
class Delivery:
    """The way of events to the merchant's webhook."""

    world: StripeWorld
    line: Line

    async def run(self) -> None:
        """Deliver what is due, until cancelled."""
        while True:
            await self.work_off()
            await asyncio.sleep(_LOOK_SECONDS)

    async def work_off(self) -> None:
        """Deliver once what is due now."""
        catch_up(self.world)
        toggles = self.line.toggles
        latest = self.world.now - (DELAY_SECONDS if "delay" in toggles.on else 0)
        due = [event for event in self.world.outbox if event["due"] <= latest]
        toggles.happens("delay", len(due))
        if len(due) > 1 and toggles.happens("reorder"):
            due.reverse()
        for event in due:
            await self._see_to(event)
        if due:
            self.world.changed()

    async def _see_to(self, event: Json) -> None:
        body = event["body"].encode()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "stripe-signature": signature(
                self.world.settings.webhook_secret, self.world.now, body
            ),
        }
        taken = httpx.codes.is_success(await self.line.carry(headers, body))
        event["tries"] += 1
        if taken or event["tries"] > len(RETRY_SECONDS):
            self.world.outbox.remove(event)
        else:
            event["due"] = self.world.now + RETRY_SECONDS[event["tries"] - 1]


def signature(secret: str, at: int, body: bytes) -> str:
    """https://docs.stripe.com/webhooks#verify-manually"""
    digest = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"

"""Delivers the played Stripe's events, signed, until each is taken; and badly, when told to."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass, field

import httpx

from playground.stripe_forms import Json
from playground.stripe_time import catch_up
from playground.stripe_world import StripeWorld

# Stripe itself goes on for three days, ever more slowly.
RETRY_SECONDS = (1, 5, 30, 120, 600, 3_600, 14_400, 43_200)

_TIMEOUT_SECONDS = 10.0
_LOOK_SECONDS = 0.3


@dataclass(slots=True)
class Switches:
    """How badly events are delivered: each so many times, late, newest first, or not at all."""

    copies: int = 1
    delay_seconds: int = 0
    newest_first: bool = False
    lost: bool = False


@dataclass(slots=True)
class Delivery:
    """The way of events to the merchant's webhook."""

    world: StripeWorld
    http: httpx.AsyncClient
    switches: Switches = field(default_factory=Switches)

    async def run(self) -> None:
        """Deliver what is due, until cancelled."""
        while True:
            await self.work_off()
            await asyncio.sleep(_LOOK_SECONDS)

    async def work_off(self) -> None:
        """Deliver once what is due now."""
        catch_up(self.world)
        latest = self.world.now - self.switches.delay_seconds
        due = [event for event in self.world.outbox if event["due"] <= latest]
        for event in reversed(due) if self.switches.newest_first else due:
            await self._see_to(event)
        if due:
            self.world.keep()

    async def _see_to(self, event: Json) -> None:
        taken = self.switches.lost
        for _ in range(0 if self.switches.lost else self.switches.copies):
            taken = await self._post(event["body"].encode())
        event["tries"] += 1
        if taken or event["tries"] > len(RETRY_SECONDS):
            self.world.outbox.remove(event)
        else:
            event["due"] = self.world.now + RETRY_SECONDS[event["tries"] - 1]

    async def _post(self, body: bytes) -> bool:
        settings = self.world.settings
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "stripe-signature": signature(settings.webhook_secret, self.world.now, body),
        }
        try:
            answer = await self.http.post(
                settings.webhook_url,
                content=body,
                headers=headers,
                timeout=_TIMEOUT_SECONDS,
                follow_redirects=False,
            )
        except httpx.HTTPError:
            return False
        return answer.is_success


def signature(secret: str, at: int, body: bytes) -> str:
    """https://docs.stripe.com/webhooks#verify-manually"""
    digest = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"

"""Another product's genuine events on our Stripe account: answered, said once, never asked for."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tests.adapters.stripe.test_stripe_bot import place, stripe
from tests.support.bots.bot_place import BotPlace
from tests.support.bots.stripe_place import StripePlace, event

__all__ = ["place", "stripe"]

# As Stripe shows a session that keeps a card for later: nothing of it is a payment.
SETUP: dict[str, Any] = {
    "id": "cs_test_setup",
    "object": "checkout.session",
    "amount_total": None,
    "client_reference_id": None,
    "created": 1_795_608_000,
    "currency": None,
    "expires_at": 1_795_694_400,
    "livemode": False,
    "metadata": {},
    "mode": "setup",
    "payment_intent": None,
    "payment_status": "no_payment_required",
    "status": "complete",
    "url": None,
}
SESSIONS: dict[str, dict[str, Any]] = {
    "kept card": SETUP,
    "metadata null": SETUP | {"metadata": None},
    "subscription": SETUP | {"mode": "subscription", "subscription": "sub_1", "currency": "usd"},
    "our word, their meaning": SETUP | {"metadata": {"top_up": "yes please"}},
    "their shop": SETUP | {"mode": "payment", "currency": "usd", "amount_total": 700,
                           "metadata": {"order": "7"}, "client_reference_id": "order-7"},
}  # fmt: skip
INTENT = {"id": "pi_theirs", "object": "payment_intent", "metadata": {"order": "7"}}
EVENTS: dict[str, dict[str, Any]] = {
    **{f"session, {name}": event("checkout.session.completed", shown)
       for name, shown in SESSIONS.items()},
    "intent without a session": event("payment_intent.payment_failed", INTENT),
    "intent, metadata null": event("payment_intent.payment_failed", INTENT | {"metadata": None}),
    "charge without an intent": event("charge.refunded", {"id": "ch_1", "payment_intent": None}),
    "refund of a charge": event("refund.created", {"id": "re_1", "charge": "ch_1"}),
    "refund of no known form": event("refund.created", {"payment_intent": None}),
    "dispute of an odd intent": event("charge.dispute.created",
                                      {"id": "dp_1", "payment_intent": "pi-odd"}),
    "charge of something else": event("charge.refunded", {"id": "ch", "payment_intent": ["pi_1"]}),
    "connected account": event("checkout.session.completed", SETUP, account="acct_other"),
    "connected, unreadable": event("charge.refunded", {}, account="acct_other"),
    "unknown kind": event("invoice.paid", {"id": "in_1"}),
    "unknown kind, nothing in it": {"object": "event", "type": "account.updated", "data": None},
    "thin": {"id": "evt_1", "object": "v2.core.event", "type": "v2.core.account.updated",
             "livemode": False, "related_object": None, "context": "acct_other"},
    "thin with a word of ours": {"id": "evt_1", "object": "v2.core.event",
                                 "type": "checkout.session.completed", "livemode": False},
}  # fmt: skip


async def test_120_an_alien_event_is_taken_with_one_line(
    place: BotPlace, stripe: StripePlace, caplog: pytest.LogCaptureFixture
) -> None:
    """Signed and not about a top-up: 2xx, one line, nothing stored, nobody asked."""
    caplog.set_level(logging.INFO)
    for name, said in EVENTS.items():
        caplog.clear()
        assert await _posts(place, stripe, said) == 204, name
        assert len(_lines(caplog)) == 1, name
        assert place.rows("deliveries") == place.lanes() == [], name


async def test_120_whose_it_is_comes_before_how_it_reads(
    place: BotPlace, stripe: StripePlace, caplog: pytest.LogCaptureFixture
) -> None:
    """A hint that does not tell leads to another product's session: asked for once, no trouble."""
    caplog.set_level(logging.INFO)
    for number, (name, shown) in enumerate(SESSIONS.items()):
        session = f"cs_test_other{number}"
        stripe.stripe.sessions[session] = {"intent_metadata": {}, **shown, "id": session}
        caplog.clear()
        # Its event leaves out all that would tell.
        told = await _posts(place, stripe, event("checkout.session.completed", {"id": session}))

        assert told == 204, name
        assert _lines(caplog) == ["stripe: a session that is not for us is left aside"], name
        assert not [one for one in caplog.records if one.exc_info], name
        assert place.lanes() == place.rows("payments") == [], name


def _lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name.startswith("adapters.gate")]


async def _posts(place: BotPlace, stripe: StripePlace, said: dict[str, Any]) -> int:
    sent = stripe.signed_bytes(json.dumps(said).encode(), place.clock())
    headers = dict(sent.headers)
    answer = await place.web.post("/webhooks/stripe", content=sent.body, headers=headers)
    await place.quiet()
    return answer.status_code

"""Stripe's callbacks: genuine ones are hints, everything else is refused or left aside."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe

from adapters.gateways.stripe.webhooks import EVENTS
from billing.ports import BadSignature
from tests.support.bots.stripe_place import OLD_SECRET, START, WEBHOOK_SECRET, StripePlace, event
from tests.support.house.source import ROOT

RECORDED = sorted((Path(__file__).parents[2] / "fixtures" / "stripe").glob("*.json"))


@pytest.fixture
def world() -> StripePlace:
    return StripePlace()


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded_callbacks_are_read(world: StripePlace, path: Path) -> None:
    """A delivery as it was sent, headers and all, gives the hint it should."""
    recorded = json.loads(path.read_text(encoding="utf-8"))
    sent = recorded["headers"]["stripe-signature"].split(",")[0].removeprefix("t=")
    at = datetime.fromtimestamp(int(sent), UTC)

    hints = world.gateway.read_webhook(recorded["headers"], recorded["body"].encode(), at)

    assert [hint.checkout_ref for hint in hints] == recorded["hints"]


def test_the_events_that_matter_were_recorded() -> None:
    """There is a recording of each way a payment goes, and of an event we do not know."""
    assert [path.stem for path in RECORDED] == [
        "charge.dispute.created",
        "charge.refunded",
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
        "refund.created",
    ]


def test_stripes_own_library_signs_the_same(world: StripePlace) -> None:
    """What Stripe's library signs is genuine to us, and the other way round."""
    body = json.dumps(event("checkout.session.expired", {"id": "cs_1"}))
    header = stripe.WebhookSignature.generate_signature_header(
        body, WEBHOOK_SECRET, int(START.timestamp())
    )

    hints = world.gateway.read_webhook({"stripe-signature": header}, body.encode(), START)
    ours = world.signed_bytes(body.encode(), START).headers["stripe-signature"]

    assert [hint.checkout_ref for hint in hints] == ["cs_1"]
    assert ours == header


def test_both_secrets_count_while_one_is_changed(world: StripePlace) -> None:
    """While a secret is rolled Stripe signs with both, and we accept either."""
    body = json.dumps(event("checkout.session.expired", {"id": "cs_1"})).encode()
    at = int(START.timestamp())
    signatures = [
        stripe.WebhookSignature._compute_signature(f"{at}.{body.decode()}", secret)
        for secret in ("whsec_aStrangers", OLD_SECRET)
    ]
    header = ",".join([f"t={at}", *(f"v1={each}" for each in signatures), "v0=ignored"])

    hints = world.gateway.read_webhook({"stripe-signature": header}, body, START)

    assert [hint.checkout_ref for hint in hints] == ["cs_1"]


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_every_event_hints_at_its_payment(world: StripePlace, kind: str) -> None:
    """Sessions hint at themselves; charges, refunds and disputes at their payment intent."""
    about = {"id": "ch_1", "payment_intent": "pi_1"}
    if kind.startswith("checkout."):
        about = {"id": "cs_1", "payment_intent": "pi_2"}
    if kind.startswith("payment_intent."):
        about = {"id": "pi_1"}
    callback = world.signed(event(kind, about), world.now)

    (hint,) = world.gateway.read_webhook(callback.headers, callback.body, world.now)

    assert hint.checkout_ref == ("cs_1" if kind.startswith("checkout.") else "pi_1")


def test_an_intent_that_came_with_the_event_is_hinted_at(world: StripePlace) -> None:
    """An endpoint may be sent the whole of it instead of its id."""
    said = event("charge.dispute.created", {"id": "dp_1", "payment_intent": {"id": "pi_1"}})
    callback = world.signed(said, world.now)

    (hint,) = world.gateway.read_webhook(callback.headers, callback.body, world.now)
    assert hint.checkout_ref == "pi_1"


@pytest.mark.parametrize(
    "said",
    [
        event("checkout.session.completed", {"id": "cs_1"}, livemode=True),
        event("checkout.session.completed", {"id": "cs_1"}, account="acct_another"),
        event("charge.refunded", {"id": "ch_1", "payment_intent": None}),
        event("charge.refunded", {"id": "ch_1", "payment_intent": "cs_1"}),
    ],
    ids=["live", "another account", "no intent", "odd intent"],
)
def test_what_is_not_about_us_gives_no_hint(world: StripePlace, said: dict[str, Any]) -> None:
    """Another mode, another account, a charge without an intent: genuine, and not ours."""
    callback = world.signed(said, world.now)

    assert world.gateway.read_webhook(callback.headers, callback.body, world.now) == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"null", b"[" * 100_000, b'{"object":"event"}',
     json.dumps(event("checkout.session.completed", {"id": 7})).encode(),
     json.dumps(event("checkout.session.completed", {"id": "../v1/keys"})).encode(),
     json.dumps(event("charge.refunded", {}) | {"data": None}).encode()],
    ids=lambda body: repr(body[:20] + body[-60:]),
)  # fmt: skip
def test_signed_nonsense_is_refused(world: StripePlace, body: bytes) -> None:
    """A body that is signed and yet not in the known form is refused, with no other error."""
    callback = world.signed_bytes(body, world.now)

    with pytest.raises(BadSignature):
        world.gateway.read_webhook(callback.headers, callback.body, world.now)


def test_the_docs_name_every_event() -> None:
    """Whoever sets up the webhook subscribes to what is read here, and to nothing else."""
    text = (ROOT / "docs" / "adding-a-gateway.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:checkout.session|payment_intent|charge|refund)\.[a-z_.]+)`", text)

    assert set(named) == EVENTS

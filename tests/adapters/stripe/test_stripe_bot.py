"""The whole bot on Stripe: from the chat to the credited card, by way of a played Stripe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.bots.bot_place import BotPlace
from tests.support.bots.paying import DECLINED, PAID, pay_by_card, send_transfer
from tests.support.bots.stripe_bot_place import stripe_bot
from tests.support.bots.stripe_place import STRIPE_URL, StripePlace


@pytest.fixture
def stripe() -> StripePlace:
    return StripePlace()


@pytest.fixture
async def place(tmp_path: Path, stripe: StripePlace) -> AsyncIterator[BotPlace]:
    """A bot whose one gateway is the played Stripe, which calls it back."""
    async with stripe_bot(tmp_path / "bot.db", stripe) as place:
        yield place


async def test_a_payment_is_credited_once(place: BotPlace, stripe: StripePlace) -> None:
    """Each event three times and the newest first: one credit, and the card says so."""
    stripe.delivery.line.toggles.on |= {"duplicate", "reorder"}
    page = await place.checkout(await place.asks_for(line="/topup 50 USD card"))
    await pay_by_card(stripe.client, page, DECLINED)
    await pay_by_card(stripe.client, page, PAID)

    await stripe.wait(0)
    await place.quiet()

    (top_up,) = place.rows("top_ups")
    assert page.startswith(f"{STRIPE_URL}/c/pay/cs_")
    assert (top_up["status"], top_up["method"]) == ("credited", "stripe_simulated")
    assert [row["amount_minor"] for row in place.rows("postings")] == [5_000]
    assert stripe.stripe.outbox == []


async def test_a_debit_is_credited_when_it_arrives(place: BotPlace, stripe: StripePlace) -> None:
    """A completed page is not yet money: the card waits for Stripe's word that it was paid."""
    page = await place.checkout(await place.asks_for())
    await send_transfer(stripe.client, page)
    await stripe.wait(0)
    await place.quiet()
    before = place.rows("top_ups")[0]["status"]

    await stripe.wait(20)
    await place.quiet()

    assert (before, place.rows("top_ups")[0]["status"]) == ("processing", "credited")


async def test_a_lost_callback_is_found_by_asking(place: BotPlace, stripe: StripePlace) -> None:
    """Whoever says that they have paid is believed as far as Stripe confirms it."""
    stripe.delivery.line.toggles.on.add("drop")
    page = await place.checkout(await place.asks_for())
    await pay_by_card(stripe.client, page, PAID)
    await stripe.wait(0)

    await place.presses("ana", "I have paid")

    assert place.rows("top_ups")[0]["status"] == "credited"


async def test_only_the_named_gateway_is_there(place: BotPlace) -> None:
    """A sandbox that is not named is not served, and takes no callbacks."""
    answers = [await place.web.post("/webhooks/sandbox"), await place.web.get("/sandbox/")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert list(place.app.open_gateways) == ["stripe"]

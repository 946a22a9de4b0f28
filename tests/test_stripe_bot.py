"""The whole bot on Stripe: from the chat to the credited card, by way of a played Stripe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.app import build
from bot.app_chats import Chats
from bot.ids import Sources
from bot.settings.stripe import Stripe
from tests.bot_place import (
    PUBLIC_URL,
    START,
    BotPlace,
    Clock,
    Dice,
    config_for,
    empty_database,
    let_in,
)
from tests.paying import DECLINED, PAID, pay_by_card, send_transfer
from tests.pocket_chat import PocketChat
from tests.stripe_place import API_KEY, STRIPE_URL, WEBHOOK_SECRET, StripePlace


@pytest.fixture
def stripe() -> StripePlace:
    return StripePlace()


@pytest.fixture
async def place(tmp_path: Path, stripe: StripePlace) -> AsyncIterator[BotPlace]:
    """A bot whose one gateway is the played Stripe, which calls it back."""
    clock, chat, database = Clock(), PocketChat(), tmp_path / "bot.db"
    assert clock() == START == stripe.now
    database.write_bytes(empty_database())
    config = replace(
        config_for(database),
        gateways=("stripe",),
        stripe=Stripe(SecretStr(API_KEY), SecretStr(WEBHOOK_SECRET), STRIPE_URL),
    )
    app = build(config, Sources(clock, Dice()), Chats((chat,)), reach=stripe.transport)
    await app.store.transact(let_in)
    transport = httpx.ASGITransport(app.web, raise_app_exceptions=False)
    stripe.delivery.line.http = httpx.AsyncClient(transport=transport)
    browser = httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL)
    async with app.running(), browser, stripe.delivery.line.http:
        yield BotPlace(app, chat, database, clock, browser)


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
    assert place.app.sandbox is None

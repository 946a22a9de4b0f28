"""Stripe did what was asked, and its answer never came."""

from __future__ import annotations

from pathlib import Path

import httpx

from service.common.context import context_of
from service.money.account_changes import AccountChange, change_account
from tests.support.bots.bot_place import ACCOUNT
from tests.support.bots.paying import PAID, pay_by_card
from tests.support.bots.stripe_bot_place import stripe_bot
from tests.support.bots.stripe_place import StripePlace
from tests.support.chats.pocket_chat import button


class Deaf(httpx.AsyncBaseTransport):
    """A way to Stripe by which requests arrive; while it is cut no answer comes back."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.is_cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        if self.is_cut:
            raise httpx.ReadTimeout("too slow", request=request)
        return answer


async def test_an_account_may_be_renamed_while_its_page_is_opened(tmp_path: Path) -> None:
    """The next try has another description: it opens another page, and the first stays unseen."""
    stripe = StripePlace()
    line = Deaf(stripe.transport)
    stripe.transport = line
    async with stripe_bot(tmp_path / "bot.db", stripe) as place:
        link = button(await place.asks_for(), "Pay").url or ""
        line.is_cut = True
        lost = await place.web.post(link)
        line.is_cut = False
        renamed = AccountChange("Team Alpha, renamed", reason="a test")
        services = place.app.services
        await place.app.store.transact(
            lambda tx: change_account(context_of(tx, services), ACCOUNT, renamed)
        )
        led = [await place.web.post(link) for _ in range(2)]
        await pay_by_card(stripe.client, led[0].headers["location"], PAID)
        await stripe.wait(0)
        await place.quiet()

        assert lost.status_code == 503
        assert len({answer.headers["location"] for answer in led}) == 1
        assert len(stripe.stripe.sessions) == 2
        assert place.rows("top_ups")[0]["status"] == "credited"
        assert place.rows("tasks") == []

"""Coming back from the gateway's page: it is asked soon, and the page says what is known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from billing.topups import PaymentStatus
from conversations.protocol.places import read_chat
from conversations.protocol.ports import LinkableChat
from service.lanes.keys import LaneKind
from tests.support.bots.bot_place import ANA, PUBLIC_URL, START, BotPlace, bot_place
from tests.support.bots.paying import CALLBACK_LOST, pay_by_card
from tests.support.chats.pocket_chat import button
from tests.support.chats.telegram_bot_api import TOKEN, bot_api
from tests.support.histories.world import World


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path) as made:
        yield made


async def test_119_who_returns_has_the_gateway_asked(place: BotPlace) -> None:
    """The callback is lost: coming back from the page credits what was paid, at once."""
    card = await place.asks_for()
    page = await place.checkout(card)
    answer = await pay_by_card(place.web, page, CALLBACK_LOST)
    assert place.rows("top_ups")[0]["status"] == "awaiting_payment"

    returned = await place.web.get(f"{page}/return", follow_redirects=True)
    await place.quiet()

    assert answer.is_success
    assert "We are asking the payment service" in returned.text
    assert place.rows("top_ups")[0]["status"] == "credited"
    assert "Credited" in place.chat.newest(ANA).view.title


async def test_169_the_page_after_paying_has_amount_and_account(place: BotPlace) -> None:
    """What was paid, for which account, and that it has arrived."""
    card = await place.asks_for()
    link = button(card, "Pay").url or ""
    back = await place.return_address(link)
    await place.pays(card)

    page = await place.web.get(back)

    for told in ("Thank you", "A payment has arrived", "$50.75", "$50.00", "Team Alpha"):
        assert told in page.text
    assert "Total to pay" not in page.text


async def test_159_the_code_is_compared_with_the_chat(place: BotPlace) -> None:
    """Who pays by card must not take it for a code on the card."""
    page = await place.web.get(button(await place.asks_for(), "Pay").url or "")

    assert "the code is the one in your chat" in page.text
    assert "on your card" not in page.text


def test_119_returning_asks_nobody_itself_and_is_paced() -> None:
    """However often the page is loaded: a lane for now, and one ten seconds later."""
    world = World()
    world.does("ana", text="/topup 50 USD card")
    world.works()
    world.does("ana", press=world.chat.tokens[0][1])
    world.works()
    world.posts(world.chat.links[0].removeprefix(PUBLIC_URL))
    (page,) = world.visited
    gateway = world.gateways["wild"]
    gateway.pay(page, PaymentStatus.OPEN)
    path = gateway.asked[page].return_url.removeprefix(PUBLIC_URL)

    def loads() -> int:
        assert world.run(world.browser.get(path)).status_code == 200
        return int(world.tables()["attempts"][0]["asked_at"])

    first = {loads() for _ in range(3)}
    assert len(first) == 1
    assert world.tables()["payments"] == []
    world.works()
    assert len(world.tables()["payments"]) == 1
    again = {loads() for _ in range(3)}
    assert again == {first.pop() + 10_000_000}
    (lane,) = [each for each in world.tables()["lanes"] if each["kind"] == LaneKind.PAYMENTS]
    assert lane["claimable_at"] in again
    world.close()


async def test_168_i_have_paid_is_answered(place: BotPlace) -> None:
    """Nothing is found: the card says so, since when, and what is next; again at each press."""
    card = await place.asks_for()
    await place.checkout(card)
    seen = []
    for _ in range(2):
        place.clock.advance(seconds=61)
        await place.presses(ANA, "I have paid")
        seen.append(place.chat.newest(ANA).view.body[0])

    assert all("the payment service had no payment yet" in each for each in seen)
    assert "12:01" in seen[0]
    assert "12:02" in seen[1]


async def test_169_the_way_back_leads_to_the_chat() -> None:
    """Slack's own link to a conversation, the Telegram bot's own page, a played chat's window."""
    settings = SlackSettings("xoxb-1-1-a", "secret")
    slack = SlackChat(settings, lambda: START)
    assert isinstance(slack, LinkableChat)
    assert slack.link_to(read_chat("slack", "E1.T1", "D1/5.5")) == (
        "https://slack.com/app_redirect?team=T1&channel=D1"
    )
    async with bot_api() as api:
        telegram = TelegramChat(TelegramSettings(TOKEN, f"{api.url}/"))
        played = TelegramChat(TelegramSettings(TOKEN, "http://127.0.0.1:9/telegram", paced=False))
    assert telegram.link_to(read_chat("telegram", "1", "77")) is None
    assert played.link_to(read_chat("telegram", "1", "77")) == "http://127.0.0.1:9/"

"""How many SQL statements and transactions the commonest ways through the bot take, by a table.

Counted and never timed; the bot is worked by hand, one lane after the other.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.storage.store import open_store
from bot.settings.gateways import Gateways
from bot.wiring.app import build
from bot.wiring.chats import Chats
from conversations.protocol.ports import Message
from service.common.context import context_of
from service.common.ids import Sources
from service.money import topups
from service.money.charges import ChargeRequest, charge_account
from service.money.held import Decision, send_back
from service.ports.records import Link, LinkKind
from service.ports.store import Tx
from tests.support.bots.bot_place import ACCOUNT, ANA, START, BotPlace, Dice, changed, config_for
from tests.support.bots.paying import PAID, pay_by_card
from tests.support.bots.steps import BEGIN, Steps, noting, started
from tests.support.bots.stripe_bot_place import PLAYED
from tests.support.bots.stripe_place import StripePlace
from tests.support.chats.pocket_chat import PocketChat, button
from tests.support.chats.slack_adapter_env import read
from tests.support.databases.postgres_server import Server
from tests.support.golden.place import GoldenPlace, golden_place
from tests.support.house.source import ROOT

pytestmark = pytest.mark.xdist_group("postgres")

TABLE = Path("tests/service/statements.txt")
_WIDTH = 120
ENGINES = ("sqlite", "postgres")
_LINE = re.compile(r"(?P<way>\S.*?) +(?P<engine>\w+) +(?P<statements>\d+) +(?P<transactions>\d+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A bot that stands still until it is worked, and what it ran."""

    around: GoldenPlace
    stripe: StripePlace
    steps: Steps

    @property
    def bot(self) -> BotPlace:
        return self.around.bot

    def count_from_here(self) -> None:
        """What ran until now was only to get ready."""
        self.steps.seen.clear()

    async def opens_page(self) -> str:
        """Ana asks for a top-up and continues to the gateway's page: its address."""
        return await self.bot.checkout(await self.bot.asks_for())

    async def has_paid(self) -> str:
        """She pays there, and nobody has told the bot: the checkout."""
        page = await self.opens_page()
        await pay_by_card(self.stripe.client, page, PAID)
        return page.rsplit("/", 1)[1]

    async def is_watched(self) -> None:
        """Her page is open, and the gateway was asked once about it, a while ago."""
        await self.opens_page()
        self.bot.clock.advance(seconds=30)
        await self.bot.quiet()
        self.bot.clock.advance(minutes=1)

    def has_asked(self) -> bool:
        """Whether the gateway answered since."""
        return any(each.startswith("UPDATE attempts") for each in self.steps.seen)

    async def calls_back(self, checkout: str) -> None:
        """The gateway says so, and what follows of it is done."""
        said = self.stripe.callback(checkout, self.bot.clock())
        answer = await self.bot.web.post(
            "/webhooks/stripe", content=said.body, headers=dict(said.headers)
        )
        assert answer.is_success, answer.text
        await self.bot.quiet()

    def card(self) -> Message:
        """What Ana sees of her top-up."""
        return self.bot.chat.newest(ANA)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Either engine."""
    return str(request.param)


@pytest.fixture
async def place(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Place]:
    """A bot with Slack, Telegram and a played Stripe, on a database of its own."""
    stripe, steps, address = StripePlace(), Steps(), f"sqlite:///{tmp_path}/bot.db"
    if engine == "postgres":
        server: Server = request.getfixturevalue("postgres")
        address = server.url(server.fresh())
    with noting(steps):
        async with golden_place(
            tmp_path,
            address,
            "counted",
            reach=stripe.transport,
            steps=steps,
            gateways=Gateways((PLAYED,)),
        ) as around:
            await started()
            await around.bot.app.store.transact(_link)
            await around.bot.quiet()
            yield Place(around, stripe, steps)


def _link(tx: Tx) -> None:
    """People of Slack and Telegram may use the account, and a channel in Slack hears of it."""
    for platform, tenant, kind, name in (
        ("slack", "T1", LinkKind.TEAM, "T1"),
        ("slack", "T1", LinkKind.CHANNEL, "C1"),
        ("telegram", "", LinkKind.PERSON, "77"),
    ):
        tx.accounts.link(Link(ACCOUNT, platform, tenant, kind, name), START)


# --- the ways -----------------------------------------------------------------------------------


async def callback_to_card(place: Place) -> None:
    """Paid, called back, settled, and the card says so."""
    checkout = await place.has_paid()
    place.count_from_here()
    await place.calls_back(checkout)
    assert "Credited" in place.card().view.title


async def turn_in_slack(place: Place) -> None:
    """One line from somebody whom Slack has described before, to the review in a message."""
    await place.around.asks_slack("U1", "help", "trigger.1")
    place.count_from_here()
    await place.around.asks_slack("U1", "50 USD card", "trigger.2")
    assert "Review your top-up" in read(list(place.around.slack.slack.messages.values())[-1])


async def turn_in_telegram(place: Place) -> None:
    """The same from somebody who has written to it before."""
    await place.around.writes(101, "/help")
    place.count_from_here()
    await place.around.writes(102, "/topup 50 USD card")
    assert "Review your top-up" in place.around.telegram.called("sendMessage")[-1]["text"]


async def pay_page(place: Place) -> None:
    """Looked at, and continued to the gateway's page, which is opened for it."""
    pay = button(await place.bot.asks_for(), "Pay").url or ""
    place.count_from_here()
    assert (await place.bot.web.get(pay)).is_success
    assert (await place.bot.web.post(pay)).is_redirect
    await place.bot.quiet()


async def settle_alone(place: Place) -> None:
    """The one transaction of a payment; nobody shows the card that it wants."""
    app, checkout = place.bot.app, await place.has_paid()
    (paid,) = await app.checkouts.gateways["stripe"].fetch(checkout)
    place.count_from_here()
    assert await app.store.transact(
        lambda tx: topups.settle(context_of(tx, app.services), snapshot=paid)
    )


async def reconcile_tick(place: Place) -> None:
    """The gateway is asked about an open page for the second time, and says nothing new."""
    await place.is_watched()
    place.count_from_here()
    await place.bot.quiet()
    assert place.has_asked()


async def alert(place: Place) -> None:
    """A charge takes the account below its threshold, and a channel reads of it."""
    app = place.bot.app
    await app.store.transact(lambda tx: tx.accounts.set_threshold(ACCOUNT, 1_000))
    await place.bot.quiet()
    place.count_from_here()
    drawn = ChargeRequest(ACCOUNT, "3.00", "month-1", overdraw=True)
    await app.store.transact(lambda tx: charge_account(context_of(tx, app.services), wanted=drawn))
    await place.bot.quiet()
    assert "Low balance" in read(list(place.around.slack.slack.messages.values())[-1])


async def cancel(place: Place) -> None:
    """Pressed on the card; the gateway's open page is closed with it."""
    await place.opens_page()
    place.count_from_here()
    await place.bot.presses(ANA, "Cancel")
    assert "Cancelled" in place.card().view.title


async def refund(place: Place) -> None:
    """An operator orders some of a credited payment back, and the card says that it went."""
    app, checkout = place.bot.app, await place.has_paid()
    await place.calls_back(checkout)
    name = next(iter(place.stripe.stripe.intents))
    place.count_from_here()
    await app.store.transact(
        lambda tx: send_back(
            context_of(tx, app.services),
            name=name,
            amount="5.00",
            key="o-1",
            decision=Decision("mail"),
        )
    )
    await place.bot.quiet()
    assert "refund" in place.card().view.title.lower()


async def start(place: Place) -> None:
    """Another bot opens the database, asks about what is watched, and does what is due at once."""
    await place.is_watched()
    steps, config = Steps(resting=frozenset()), config_for(place.bot.database)
    config = changed(config, database_url=place.around.address, gateways=Gateways((PLAYED,)))
    sources, chats = Sources(place.bot.clock, Dice("later")), Chats((PocketChat(),))
    place.count_from_here()
    store = open_store(config.storage.database_url)
    app = await build(config, sources, store, chats, reach=place.stripe.transport)
    steps.seen = place.steps.seen
    async with replace(app, runners=()).running():
        await started()
        await steps.work_off(app.runners)
    assert place.has_asked()


WAYS: Mapping[str, Callable[[Place], Awaitable[None]]] = {
    "callback to card": callback_to_card,
    "turn in Slack": turn_in_slack,
    "turn in Telegram": turn_in_telegram,
    "pay page": pay_page,
    "settle alone": settle_alone,
    "reconcile tick": reconcile_tick,
    "alert": alert,
    "cancel": cancel,
    "refund": refund,
    "start": start,
}


# --- the table ----------------------------------------------------------------------------------


def table() -> dict[tuple[str, str], tuple[int, int]]:
    """Statements and transactions by way and engine. Raises ValueError for an odd line."""
    found = {}
    for line in (ROOT / TABLE).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if (read := _LINE.fullmatch(line)) is None:
            raise ValueError(f"{TABLE}: {line}")
        found[read["way"], read["engine"]] = int(read["statements"]), int(read["transactions"])
    return found


def test_the_table_has_each_way_on_each_engine() -> None:
    """One line for each, in their order, and no other."""
    assert list(table()) == [(way, engine) for way in WAYS for engine in ENGINES]


@pytest.mark.parametrize("way", WAYS)
async def test_a_way_takes_what_the_table_says(way: str, engine: str, place: Place) -> None:
    """No statement and no transaction more; and none less, or the table is lowered with it."""
    await WAYS[way](place)
    seen = list(place.steps.seen)
    took = len(seen) - seen.count(BEGIN), seen.count(BEGIN)

    told = table()[way, engine]
    shown = [each[:_WIDTH] for each in seen]
    line = f"{way:<17} {engine:<9} {took[0]:>10} {took[1]:>12}"
    assert took == told, "\n".join(
        [f"{TABLE} says {told[0]} statements and {told[1]} transactions; now it is", line, *shown]
    )

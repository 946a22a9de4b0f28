"""What happens to the bot whose database is kept: people, gateways and an operator act. No rows.

Whatever is begun here is left in the middle, for later code to go on with.
"""

from __future__ import annotations

from billing.topups import Mode
from service.common.context import Context, context_of
from service.money.charges import ChargeRequest, charge_account, correct_charge
from service.money.held import Decision, send_back
from service.ports.records import Link, LinkKind
from service.ports.store import Account, Tx
from tests.support.bots.bot_place import ACCOUNT, ANA, BEN, EVE, START
from tests.support.bots.paying import send_transfer
from tests.support.chats.pocket_chat import PLATFORM, TENANT, button
from tests.support.golden.place import GoldenPlace, Sent

DORA = "dora"
LOW, LOW_MINOR = "team-b", 1_000
WHY = Decision("asked for by mail")


async def story(place: GoldenPlace) -> Sent:
    """Play it; what people were sent, with the links and tokens among it by what they are for."""
    bot = place.bot
    links: dict[str, str] = {}
    await bot.app.store.transact(_link)
    await bot.pays(await bot.asks_for(ANA))
    for _ in range(3):
        await place.later(minutes=1)
    links |= await _transfer(place) | await _open_page(place) | await _two_links(place)
    await _drafts(place)
    await _home_and_alert(place)
    sent = place.sent()
    sent.links = links
    return sent


def _link(tx: Tx) -> None:
    """People and channels of Slack and Telegram, and an account of each kind."""
    for platform, tenant, kind, id_ in (
        (PLATFORM, TENANT, LinkKind.PERSON, EVE),
        (PLATFORM, TENANT, LinkKind.PERSON, DORA),
        ("slack", "T1", LinkKind.TEAM, "T1"),
        ("telegram", "", LinkKind.PERSON, "77"),
    ):
        tx.accounts.link(Link(ACCOUNT, platform, tenant, kind, id_), START)
    tx.accounts.add(Account("live-a", "Team Ä ✓", "EUR", Mode.LIVE, country="DE"), START)
    tx.accounts.add(Account("yen", "円", "JPY", Mode.SANDBOX, overdraft_minor=500), START)


async def _transfer(place: GoldenPlace) -> dict[str, str]:
    """A bank transfer that was sent and has not arrived."""
    card = await place.bot.asks_for(ANA, "/topup 70 USD bank_transfer")
    page = await place.bot.checkout(card)
    await send_transfer(place.bot.web, page)
    await place.bot.calls_back(page.rsplit("/", 1)[1])
    return {"transfer page": page}


async def _open_page(place: GoldenPlace) -> dict[str, str]:
    """A gateway's page that is open, and the address that leads back from it."""
    bot = place.bot
    card = await bot.asks_for(BEN, "/topup 25 USD card")
    pay = button(card, "Pay").url or ""
    page = await bot.checkout(card)
    back = (await bot.web.get(f"{page}/return")).headers["location"]
    buttons = {label: button(card, label).token or "" for label in ("I have paid", "Cancel")}
    return {"open pay": pay, "open page": page, "open return": back, **buttons}


async def _two_links(place: GoldenPlace) -> dict[str, str]:
    """A pay link that nobody followed yet, and one more whose top-up is to be cancelled."""
    bot = place.bot
    unvisited = await bot.asks_for(EVE, "/topup 15 USD card")
    pay = button(unvisited, "Pay").url or ""
    cancelled = await bot.asks_for(DORA, "/topup 35 USD card")
    return {"new pay": pay, "cancel": button(cancelled, "Cancel").token or ""}


async def _drafts(place: GoldenPlace) -> None:
    """A review in each chat, a question that waits for typed words, and a form that is open."""
    await place.writes(101, "/topup 30 USD card")
    await place.asks_slack("U1", "40 USD card", "trigger.1")
    await place.asks_slack("U2", "", "trigger.2")
    await place.bot.does(ANA, text="/topup new")


async def _home_and_alert(place: GoldenPlace) -> None:
    """A home tab, a refund that went out, a charge that is corrected and one that alerts."""
    bot, services = place.bot, place.bot.app.services
    opened = {"type": "app_home_opened", "user": "U1", "tab": "home"}
    await place.slack.event(opened, "EvHome1")
    (paid,) = {each["top_up"] for each in place.rows()["payments"] if each["disposition"]}
    for work in (
        lambda tx: send_back(
            context_of(tx, services), name=paid, amount="5.00", key="order-1", decision=WHY
        ),
        lambda tx: charge_account(
            context_of(tx, services), wanted=ChargeRequest(ACCOUNT, "3.00", "wrong")
        ),
        lambda tx: _correct_newest(context_of(tx, services)),
        _link_low,
        lambda tx: charge_account(
            context_of(tx, services), wanted=ChargeRequest(LOW, "1.00", "month-1", overdraw=True)
        ),
    ):
        await bot.app.store.transact(work)
        await bot.quiet()


def _link_low(tx: Tx) -> None:
    """An account whose alerts are read in Slack and in Telegram."""
    tx.accounts.add(Account(LOW, "Team Beta", "USD", Mode.SANDBOX), START)
    tx.accounts.set_threshold(LOW, LOW_MINOR)
    for platform, tenant, kind, id_ in (
        ("slack", "T1", LinkKind.CHANNEL, "C1"),
        ("telegram", "", LinkKind.CHANNEL, "-1001"),
        ("telegram", "", LinkKind.PERSON, "77"),
    ):
        tx.accounts.link(Link(LOW, platform, tenant, kind, id_), START)


def _correct_newest(context: Context) -> None:
    newest = context.tx.ledger.newest(ACCOUNT, "USD", 1)[0]
    correct_charge(context, newest.transaction, "asked for")

"""Pay links of another time: settings that name another key, or no such gateway any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.gateways.stripe.settings import OFFICIAL, Stripe
from billing.ports import GatewayError
from billing.topups import Mode, TopUpStatus
from bot.settings.gateways import Gateways
from conversations.messages.pages import UnpayableReason
from service.common.context import context_of
from service.common.services import Merchant
from service.money import attempts, held, pay_links, topups
from service.money.held import Decision
from service.people.terms import top_up_facts
from service.ports.store import Account, Link, LinkKind, TaskKind, Tx
from tests.support.bots.bot_place import ACCOUNT, ANA, BEN, START, BotPlace, bot_place
from tests.support.bots.cashier_place import (
    HOST,
    Told,
    attempt_of,
    checkouts,
    claim_of,
    link_of,
    opened,
    status_of,
)
from tests.support.bots.odd_gateway import OddGateway, site_over
from tests.support.bots.settle_place import GATEWAY, MERCHANT, PAYER, SettlePlace, settle_place
from tests.support.bots.stripe_bot_place import PLAYED, stripe_bot
from tests.support.bots.stripe_place import WEBHOOK_SECRET, StripePlace
from tests.support.chats.pocket_chat import PLATFORM, TENANT, button

LIVE = Stripe(SecretStr("sk_live_forTheTestsOnly"), SecretStr(WEBHOOK_SECRET), OFFICIAL)


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def open_tasks(place: BotPlace) -> list[tuple[str, str, str]]:
    return [
        (each["kind"], each["subject"], each["detail"])
        for each in place.rows("tasks")
        if each["closed_at"] is None
    ]


@pytest.mark.parametrize("opened", [False, True])
async def test_116_no_pay_link_of_a_test_key_opens_a_live_checkout(
    tmp_path: Path, opened: bool
) -> None:
    """It is given up at the start: page, card and operator say so, and no page is opened."""
    database = tmp_path / "bot.db"
    async with stripe_bot(database, StripePlace()) as tried:
        card = await tried.asks_for()
        link = button(card, "Pay").url or ""
        if opened:
            await tried.checkout(card)
    async with stripe_bot(database, StripePlace(), seed="two", use=LIVE) as real:
        pages = [await real.web.get(link), await real.web.post(link)]
        await real.quiet()
        shown = real.chat.newest(ANA).view
        (top_up,), tasks = real.rows("top_ups"), open_tasks(real)

    assert [page.status_code for page in pages] == [409, 409]
    assert all("refuses this payment" in page.text for page in pages)
    assert "Payment failed" in shown.title
    assert any("refuses this payment" in line for line in shown.body)
    assert any("We have seen no payment" in line for line in shown.body) is opened
    assert top_up["status"] == "failed"
    refused = [each for each in tasks if each[0] == "checkout_refused"]
    ((_, subject, detail),) = refused
    assert subject == top_up["id"]
    assert all(word in detail for word in ("(sandbox)", "(live)", "stripe"))


UNREAD = GatewayError("sandbox: answered in no known form", retry=True, unread=True)


async def test_117_an_order_whose_answer_nobody_can_read_is_told_at_once(tmp_path: Path) -> None:
    """No outage that is over in a minute: page and operator say so, until one can be read."""
    async with bot_place(tmp_path) as place:
        link = button(await place.asks_for(), "Pay").url or ""
        odd = OddGateway(place.app.checkouts.gateways["sandbox"], UNREAD)
        async with site_over(place, odd) as browser:
            pages = [await browser.post(link) for _ in range(2)]
            told = open_tasks(place)
            page = await browser.get(link)
            odd.answer = None
            opened = await browser.post(link)
        tasks, (attempt,) = open_tasks(place), place.rows("attempts")

    assert [each.status_code for each in pages] == [503, 503]
    for each in pages:
        assert "something that we cannot read" in each.text
        assert "No money was taken" in each.text
        assert "in a minute" not in each.text
    ((kind, _, detail),) = told
    assert (kind, "in no known form" in detail) == ("answer_unread", True)
    # Whoever comes again may find it mended.
    assert (page.status_code, opened.status_code) == (200, 303)
    assert (tasks, attempt["unread"]) == ([], None)


@pytest.mark.parametrize("then", [f"{HOST}/cs_1", GatewayError("too small", retry=False)])
def test_117_it_is_told_once_and_ends_with_an_answer_that_can_be_read(
    place: SettlePlace, then: str | GatewayError
) -> None:
    """Who closed it is told no more of the same; a refusal can be read, too, and has its own."""
    made, gateway = place.new(), Told(opens=UNREAD)

    def opens() -> str | UnpayableReason:
        return place.runner.run(checkouts(place, gateway).open_page(link_of(made)))

    def kinds() -> list[str]:
        return [each.kind for each in place.do(lambda tx: tx.tasks.open())]

    assert (opens(), kinds()) == (UnpayableReason.UNREAD, [TaskKind.ANSWER_UNREAD])
    place.do(lambda tx: tx.tasks.close(TaskKind.ANSWER_UNREAD, made.id, "seen to", START))
    assert (opens(), kinds()) == (UnpayableReason.UNREAD, [])
    gateway.opens = GatewayError("in another form", retry=True, unread=True)
    assert (opens(), kinds()) == (UnpayableReason.UNREAD, [TaskKind.ANSWER_UNREAD])
    gateway.opens = then
    opens()
    assert kinds() == ([] if isinstance(then, str) else [TaskKind.CHECKOUT_REFUSED])
    assert attempt_of(place, made).unread is None


def test_117_an_odd_answer_to_a_page_that_is_open_meanwhile_is_no_news(
    place: SettlePlace,
) -> None:
    """Another process was quicker; whoever comes again is led there."""
    made = opened(place)
    attempt = replace(attempt_of(place, made), checkout_ref=None)
    place.do(lambda tx: attempts.opened_unread(context_of(tx, place.services), attempt, "odd"))

    assert place.do(lambda tx: tx.tasks.open()) == []
    assert attempt_of(place, made).unread is None


async def test_a_new_key_of_the_same_account_changes_nothing(tmp_path: Path) -> None:
    """Its link leads to the gateway's page as before."""
    stripe, database = StripePlace(), tmp_path / "bot.db"
    async with stripe_bot(database, stripe) as first:
        link = button(await first.asks_for(), "Pay").url or ""
    again = replace(PLAYED, webhook_secret=SecretStr("whsec_anotherOne"))
    async with stripe_bot(database, stripe, seed="two", use=again) as second:
        answer = await second.web.post(link)
        tasks = open_tasks(second)

    assert answer.status_code == 303
    assert tasks == []


OTHERS = [{"mode": Mode.LIVE}, {"merchant_account": "another"}]


@pytest.mark.parametrize("other", OTHERS)
def test_116_a_page_is_opened_only_at_the_account_that_was_meant(
    place: SettlePlace, other: dict[str, str]
) -> None:
    """The gateway is not asked, also by a bot that takes no real money."""
    made = place.new()
    gateway = Told(**other)  # type: ignore[arg-type]  # of both kinds

    for live in (True, False):
        found = place.runner.run(checkouts(place, gateway, live=live).open_page(link_of(made)))
        assert found is UnpayableReason.REFUSED
    assert gateway.asked == []


@pytest.mark.parametrize("other", OTHERS)
def test_what_was_meant_for_another_account_is_given_up_once(
    place: SettlePlace, other: dict[str, str]
) -> None:
    """But not what is over, nor what another gateway may take; a second start changes nothing."""
    merchants = {
        "as it was": Merchant(GATEWAY, MERCHANT, Mode.SANDBOX),
        "another gateway": Merchant("another", MERCHANT, Mode.SANDBOX),
        "changed": replace(Merchant(GATEWAY, MERCHANT, Mode.SANDBOX), **other),
    }
    made, over = place.new(), place.new()
    place.cancel(over)
    statuses: dict[str, str] = {}
    for name, merchant in (*merchants.items(), *merchants.items()):
        _begins(place, merchant)
        statuses.setdefault(name, status_of(place, made))

    assert statuses == {
        "as it was": TopUpStatus.AWAITING_PAYMENT,
        "another gateway": TopUpStatus.AWAITING_PAYMENT,
        "changed": TopUpStatus.FAILED,
    }
    assert status_of(place, over) == TopUpStatus.CANCELLED
    assert [each.subject for each in place.do(lambda tx: tx.tasks.open())] == [made.id]


def _begins(place: SettlePlace, merchant: Merchant) -> None:
    """A bot starts with that one account of ours."""
    services = replace(place.services, merchants=(merchant,))
    place.do(lambda tx: pay_links.give_up_misdirected(context_of(tx, services)))


async def test_a_copy_gives_up_nothing_that_another_bot_may_take_care_of(tmp_path: Path) -> None:
    """As for staging, with a test key: nothing is said of the original's top-ups."""
    database = tmp_path / "bot.db"
    async with stripe_bot(
        database, StripePlace(), use=LIVE, public_url="https://a.example"
    ) as one:
        await one.app.store.transact(_is_for_real_money)
        await one.does(ANA, text="/topup 50 USD card")
        await one.presses(ANA, "Confirm")
    async with stripe_bot(database, StripePlace(), "two", public_url="https://b.example") as copy:
        (top_up,) = copy.rows("top_ups")
        assert (top_up["status"], open_tasks(copy)) == ("awaiting_payment", [])


def _is_for_real_money(tx: Tx) -> None:
    tx.accounts.add(Account("real", "Real Money", "USD", Mode.LIVE), START)
    tx.accounts.unlink(Link(ACCOUNT, PLATFORM, TENANT, LinkKind.PERSON, ANA))
    tx.accounts.link(Link("real", PLATFORM, TENANT, LinkKind.PERSON, ANA), START)


async def test_116_a_gateway_that_the_settings_name_no_more_is_no_outage(tmp_path: Path) -> None:
    """Page, card and operator say that nobody asks there, until the settings name it again."""
    async with bot_place(tmp_path) as before:
        link = button(await before.asks_for(), "Pay").url or ""
        other = button(await before.asks_for(BEN), "Pay").url or ""
        back = await before.return_address(other)
    only, reach = Gateways((PLAYED,)), StripePlace().transport
    async with bot_place(tmp_path, seed="two", reach=reach, gateways=only) as without:
        pages = [await without.web.get(link), await without.web.post(link)]
        returned = await without.web.get(back)
        await without.quiet()
        told = open_tasks(without)
        cards = [without.chat.newest(person).view for person in (ANA, BEN)]
    async with bot_place(tmp_path, seed="three") as again:
        await again.quiet()
        mended, answer = open_tasks(again), await again.web.post(link)
        shown = again.chat.newest(ANA).view

    assert [each.status_code for each in pages] == [503, 503]
    for each in pages:
        assert "This way to pay is closed for now" in each.text
        assert "No money was taken" in each.text
        assert "in a minute" not in each.text
    assert "We cannot ask the payment service" in returned.text
    assert "We are asking" not in returned.text
    ((kind, subject, _),) = told
    assert (kind, subject) == ("checkout_refused", "sandbox")
    assert all("closed for now" in card.body[0] for card in cards)
    assert ["No money was taken" in card.body[0] for card in cards] == [True, False]
    assert (mended, answer.status_code) == ([], 303)
    assert shown.body[0].startswith("Pay on the payment page.")


def test_116_what_a_missing_gateway_may_have_taken_is_a_line_too(place: SettlePlace) -> None:
    """Also where nobody is to pay any more; told once, as long as it is missing."""
    made = opened(place)
    place.cancel(made)
    nobody = checkouts(place)

    def lines() -> list[str]:
        place.runner.run(nobody.settle(claim_of(made)))
        return [each.subject for each in place.do(lambda tx: tx.tasks.open())]

    assert (lines(), lines()) == ([GATEWAY], [GATEWAY])
    place.do(
        lambda tx: held.close_task(context_of(tx, place.services), GATEWAY, Decision("known"))
    )
    assert lines() == []


def test_nobody_is_told_that_we_ask_while_real_money_is_closed(place: SettlePlace) -> None:
    """A bot that may serve a copy asks no gateway about it; its settings need no mending."""
    made = opened(place, Mode.LIVE)
    real = replace(place.services, merchants=(Merchant(GATEWAY, MERCHANT, Mode.LIVE),))
    closed = replace(real, live_open=False)
    place.do(lambda tx: topups.check_top_up(context_of(tx, real), made.id, PAYER))
    asking = place.do(lambda tx: top_up_facts(context_of(tx, real), made)).known
    waiting = place.do(lambda tx: top_up_facts(context_of(tx, closed), made)).known
    place.runner.run(checkouts(place, Told(mode=Mode.LIVE), live=False).settle(claim_of(made)))

    assert (asking.is_asking, waiting.is_asking, waiting.askable) == (True, False, False)
    assert place.do(lambda tx: tx.tasks.open()) == []

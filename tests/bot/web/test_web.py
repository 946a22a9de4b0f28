"""The bot's own pages: they show what is to be paid, lead to the gateway, and change nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from adapters.contracts.gateway import EVIL_PAGES
from billing.ports import GatewayError
from conversations.protocol.ports import Message
from tests.support.bots.bot_place import ANA, PUBLIC_URL, BotPlace, bot_place
from tests.support.bots.odd_gateway import OddGateway, site_over
from tests.support.bots.paying import forms
from tests.support.chats.pocket_chat import button

HEADERS = {
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path) as opened:
        yield opened


def link_on(card: Message) -> str:
    return button(card, "Pay").url or ""


def row(card: Message, label: str) -> str:
    return next(each.value for each in card.view.rows if each.label == label)


async def test_the_page_shows_what_the_card_shows(place: BotPlace) -> None:
    """Account, amount, fee, total, host, expiry, top-up, and the short code of the card."""
    card = await place.asks_for()

    page = await place.web.get(link_on(card))

    assert page.status_code == 200
    shown = (
        "Account",
        "Amount",
        "Fee",
        "Total to pay",
        "Pay by",
        "Top-up",
        "Code on the pay page",
    )
    for label in shown:
        assert row(card, label) in page.text
    assert "Payment page</dt>\n    <dd>bot.test</dd>" in page.text


async def test_pages_are_locked_down(place: BotPlace) -> None:
    """No scripts, frames, caches or search engines; a form leads to the gateway only."""
    card = await place.asks_for()
    link = link_on(card)

    for path in (link, f"{PUBLIC_URL}/pay/unknown", await place.return_address(link)):
        page = await place.web.get(path)
        policy = page.headers["content-security-policy"]
        assert {name: page.headers[name] for name in HEADERS} == HEADERS
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy
        assert "<script" not in page.text
        assert re.findall(r"form-action (.*)", policy)[0] in ("'self'", f"'self' {PUBLIC_URL}")


async def test_32_looking_changes_nothing(place: BotPlace) -> None:
    """A hundred GETs and HEADs, as previews and scanners send them, use nothing up."""
    card = await place.asks_for()
    before = place.facts()

    for method in ("GET", "HEAD") * 50:
        answer = await place.web.request(method, link_on(card))
        assert answer.status_code == 200
    await place.quiet()

    assert place.facts() == before
    assert place.rows("attempts") == []
    assert (await place.web.post(link_on(card))).status_code == 303


async def test_continuing_leads_to_the_gateway(place: BotPlace) -> None:
    """The one button posts to the page itself, and the answer leads to a checkout there."""
    card = await place.asks_for()
    (form,) = forms_of(await place.web.get(link_on(card)))

    answer = await place.web.post(link_on(card))

    assert form == link_on(card)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{PUBLIC_URL}/sandbox/checkout/cs_")
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_21_continuing_twice_opens_one_checkout(place: BotPlace) -> None:
    """Ten taps at once and one later open one checkout, for one attempt."""
    link = link_on(await place.asks_for())

    answers = await asyncio.gather(*(place.web.post(link) for _ in range(10)))
    answers.append(await place.web.post(link))

    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(place.rows("attempts")) == 1
    assert [each["kind"] for each in place.rows("documents")].count("checkout") == 1


async def test_a_paid_top_up_is_not_paid_again(place: BotPlace) -> None:
    """After the payment the link says so, and leads nowhere."""
    card = await place.asks_for()
    await place.pays(card)

    for answer in (await place.web.get(link_on(card)), await place.web.post(link_on(card))):
        assert answer.status_code == 200
        assert "Already paid" in answer.text
        assert "<form" not in answer.text


async def test_a_cancelled_top_up_is_not_paid(place: BotPlace) -> None:
    """A cancelled top-up's link is over, for looking and for paying; no checkout is opened."""
    card = await place.asks_for()
    await place.presses(ANA, "Cancel this top-up")

    for answer in (await place.web.get(link_on(card)), await place.web.post(link_on(card))):
        assert answer.status_code == 410
        assert "This pay link is over" in answer.text
    assert place.rows("attempts") == []


async def test_a_link_ends_on_time(place: BotPlace) -> None:
    """One second before its end a link leads on, at its end no more."""
    link = link_on(await place.asks_for())
    place.clock.advance(minutes=59, seconds=59)
    before = await place.web.get(link)
    place.clock.advance(seconds=1)

    assert before.status_code == 200
    assert (await place.web.post(link)).status_code == 410
    assert place.rows("attempts") == []


@pytest.mark.parametrize("evil", EVIL_PAGES)
async def test_64_a_page_on_a_foreign_host_is_refused(place: BotPlace, evil: str) -> None:
    """Nobody is led off the gateway's own hosts, even if a gateway adapter says so."""
    card = await place.asks_for()
    real = place.app.checkouts.gateways["sandbox"]
    odd = OddGateway(real, evil.format(host="bot.test"))

    async with site_over(place, odd) as browser:
        answer = await browser.post(link_on(card))

    assert (answer.status_code, answer.headers.get("location")) == (409, None)
    assert "No money was taken" in answer.text
    assert [each["url"] for each in place.rows("attempts")] == [None]


@pytest.mark.parametrize("host", ["bot.test:80", "BOT.test"])
async def test_a_host_counts_however_it_is_written(place: BotPlace, host: str) -> None:
    """A page on the gateway's own host is led to, be it with a port or in capitals."""
    card = await place.asks_for()
    page = f"http://{host}/checkout"
    odd = OddGateway(place.app.checkouts.gateways["sandbox"], page)

    async with site_over(place, odd) as browser:
        answer = await browser.post(link_on(card))

    assert (answer.status_code, answer.headers.get("location")) == (303, page)


async def test_61_a_gateway_that_is_down_is_asked_again_by_the_same_key(place: BotPlace) -> None:
    """No answer: the page says so, and the next try uses the same idempotency key."""
    card = await place.asks_for()
    down = OddGateway(
        place.app.checkouts.gateways["sandbox"], GatewayError("no answer", retry=True)
    )

    async with site_over(place, down) as browser:
        answers = [await browser.post(link_on(card)) for _ in range(2)]
    found = await place.web.post(link_on(card))

    assert [answer.status_code for answer in answers] == [503, 503]
    assert "does not answer" in answers[0].text
    assert len({order.attempt for order in down.orders}) == 1
    assert found.status_code == 303
    assert len(place.rows("attempts")) == 1


async def test_the_return_page_credits_nothing(place: BotPlace) -> None:
    """Coming back from the gateway moves no money, whatever the address says."""
    card = await place.asks_for()
    back = await place.return_address(link_on(card))
    before = [place.rows(each) for each in ("top_ups", "transactions", "postings", "accounts")]

    answer = await place.web.get(back, params={"status": "paid", "amount": "5000"})

    await place.quiet()
    after = [place.rows(each) for each in ("top_ups", "transactions", "postings", "accounts")]
    assert "We are asking the payment service" in answer.text
    assert after == before


async def test_a_gateway_never_learns_the_pay_link(place: BotPlace) -> None:
    """The address to come back to opens no pay page, and a pay link is no such address."""
    link = link_on(await place.asks_for())
    back = await place.return_address(link)

    assert (await place.web.get(back)).status_code == 200
    for astray in (back.replace("/paid/", "/pay/"), link.replace("/pay/", "/paid/")):
        assert (await place.web.get(astray)).status_code == 404
    assert link.rsplit("/", 1)[1] not in repr(place.facts())


async def test_health(place: BotPlace) -> None:
    """Alive while it runs; ready while the database answers."""
    assert (await place.web.get("/healthz")).status_code == 200
    assert (await place.web.get("/readyz")).status_code == 200


async def test_not_ready_without_a_database(tmp_path: Path) -> None:
    """Once the store is closed it is alive still, and not ready."""
    async with bot_place(tmp_path) as place:
        app = place.app.web

    browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC_URL)
    assert (await browser.get("/healthz")).status_code == 200
    assert (await browser.get("/readyz")).status_code == 503


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/pay", 404),
        ("GET", "/pay/", 404),
        ("GET", "/pay/a/b", 404),
        ("GET", "/pay/..%2f..%2fetc", 404),
        ("DELETE", "/pay/x", 405),
        ("GET", "/webhooks/sandbox", 405),
        ("POST", "/paid/x", 405),
        ("TRACE", "/healthz", 405),
    ],
)
async def test_what_does_not_exist(place: BotPlace, method: str, path: str, status: int) -> None:
    """A plain answer, and never a redirect that the Host header could bend."""
    answer = await place.web.request(method, path, headers={"host": "evil.example"})

    assert answer.status_code == status
    assert "evil.example" not in answer.text + str(answer.headers)


def forms_of(page: httpx.Response) -> list[str]:
    """Where the forms of a page lead; to the page itself where they do not say."""
    return [form.action or str(page.url) for form in forms(page)]

"""Planted secrets and typed card numbers: in no log, row, file, page, answer or metric."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from adapters.gateways.stripe import webhooks as stripe_webhooks
from conversations.protocol.ports import ChatAdapter
from tests.adapters.slack.test_slack_installs import OF_TEAM, served
from tests.support.bots.paying import DECLINED, PAID, pay_by_card
from tests.support.bots.stripe_place import (
    API_KEY,
    OLD_SECRET,
    STRIPE_URL,
    WEBHOOK_SECRET,
    StripePlace,
    event,
)
from tests.support.chats.slack_adapter_env import SIGNING_SECRET
from tests.support.chats.slack_server import BOT_TOKEN
from tests.support.databases.postgres_server import Server
from tests.support.dialogs.chats import Button, Person, Where
from tests.support.dialogs.places import PLACES, SECRET_KEY, Stage, stage
from tests.support.dialogs.script import AccountLine
from tests.support.dialogs.slack import SlackPlace
from tests.support.dialogs.telegram import TelegramPlace
from tests.support.house.canary import CARD_NUMBERS, Breaking, files, leaks, listening

METRICS_TOKEN, DATABASE_PASSWORD = "canary-of-the-metrics", "canary-of-the-database"
SECRETS = (
    *SlackPlace.secrets,
    *TelegramPlace.secrets,
    SECRET_KEY,
    METRICS_TOKEN,
    DATABASE_PASSWORD,
)
ACCOUNT = AccountLine("acme-cloud", "Acme Cloud", "USD", "22.10", "20", False, False)
LATER = timedelta(minutes=2)
FORGED = json.dumps({"type": "payment.paid", "data": {"checkout": "cs_1", "raw": CARD_NUMBERS[0]}})


@dataclass
class Unsteady(httpx.AsyncBaseTransport):
    """A way to a gateway, with one trouble on it."""

    way: httpx.AsyncBaseTransport
    trouble: Exception | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble
        return await self.way.handle_async_request(request)


@dataclass
class Visit:
    """One run through the main flows, with everything that goes wrong, and what was answered."""

    stage: Stage
    answers: list[str] = field(default_factory=list)
    pay_tokens: set[str] = field(default_factory=set)
    address: httpx.URL = field(default_factory=httpx.URL)

    async def checkout(self, reach: Unsteady) -> str:
        """Up to the gateway's page, which is not to be had at first."""
        await self.stage.open_account(ACCOUNT)
        await self.says("/topup 50 USD")
        await self.presses("Confirm")
        link = self.button("Pay").url
        self.address = httpx.URL(link)
        self.pay_tokens.add(link.rsplit("/", 1)[1])
        for trouble in (httpx.ConnectError(API_KEY), RuntimeError(API_KEY)):
            reach.trouble = trouble
            await self.asks("POST", link)
        return (await self.asks("POST", link)).headers["location"]

    async def stripe_tells(self, secret: str, session: str) -> None:
        about = {"id": session, "object": "checkout.session", "note": CARD_NUMBERS[0]}
        body = json.dumps(event("checkout.session.completed", about)).encode()
        headers = stripe_webhooks.sign(secret, self.stage.clock.at, body)
        await self.asks("POST", "/webhooks/stripe", content=body, headers=headers)
        await self.stage.still()

    async def all(self) -> None:
        """A top-up that is credited in the end, in spite of all."""
        await self.stage.open_account(ACCOUNT)
        await self.says(*CARD_NUMBERS, *(f"/topup {number}" for number in CARD_NUMBERS))
        await self.says("/topup 50 USD card")
        await self.presses("Confirm")
        link = self.button("Pay").url
        self.address = httpx.URL(link)
        self.pay_tokens.add(link.rsplit("/", 1)[1])
        await self.pages(link)
        await self.forged()
        await self.chat_breaks()
        await self.gateway_breaks(link)
        await self.database_breaks(link)
        await self.pays(link)
        await self.says("/topup balance", "/topup history")
        await self.asks("GET", "/metrics", headers={"authorization": f"Bearer {METRICS_TOKEN}"})

    async def says(self, *texts: str) -> None:
        for text in texts:
            await self.stage.chat.say(Person.YOU, text, where=Where.PRIVATE)
            await self.stage.still()

    def button(self, label: str) -> Button:
        seen = self.stage.chat.seen(Person.YOU)
        buttons = [each for message in seen for each in message.buttons]
        return next(each for each in reversed(buttons) if each.label.startswith(label))

    async def presses(self, label: str) -> None:
        await self.stage.chat.press(Person.YOU, self.button(label))
        await self.stage.still()

    async def asks(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Ask the bot over HTTP, and keep all that it answers."""
        address = self.address.join(path)
        answer = await self.stage.browser.request(method, address, **given)
        self.answers.append(f"{answer.status_code} {answer.headers} {answer.text}")
        return answer

    async def pages(self, link: str) -> None:
        for path in (link, f"{link}/qr.png", "/healthz", "/readyz", "/nothing", "/metrics"):
            await self.asks("GET", path, params={"number": CARD_NUMBERS[0]})
        await self.asks("DELETE", link)
        await self.asks("POST", "/pay/x", data={"number": CARD_NUMBERS[0]})

    async def forged(self) -> None:
        for path in ("/webhooks/sandbox", "/webhooks/x", "/slack/events", "/telegram/webhook"):
            for body in (FORGED, "x" * 2_000_000):
                headers = {"webhook-signature": SECRET_KEY, "x-slack-signature": SECRET_KEY}
                await self.asks("POST", path, content=body, headers=headers)

    async def chat_breaks(self) -> None:
        """What a person says cannot be read, their cards cannot be shown; then all is well."""
        watched = self.stage.watched
        whole = watched.inner
        watched.inner = cast(ChatAdapter, Breaking(whole, ("to_event", "show"), SECRETS))
        await self.says("/topup balance")
        self.stage.door.app, door = None, self.stage.door.app
        await self.stage.wait(timedelta(0))
        self.stage.door.app = door
        watched.inner = whole
        await self.stage.wait(LATER)

    async def gateway_breaks(self, link: str) -> None:
        gateways = cast("dict[str, Any]", self.stage.app.checkouts.gateways)
        whole = gateways["sandbox"]
        gateways["sandbox"] = Breaking(whole, ("open_checkout", "fetch"), SECRETS)
        await self.asks("POST", link)
        gateways["sandbox"] = whole

    async def database_breaks(self, link: str) -> None:
        store = cast(Any, self.stage.app.store)
        whole = store.transact
        store.transact = Breaking(store, ("transact",), SECRETS).transact
        for path in (link, "/readyz", "/metrics"):
            await self.asks("GET", path, headers={"authorization": f"Bearer {METRICS_TOKEN}"})
        store.transact = whole
        await self.stage.wait(LATER)

    async def pays(self, link: str) -> None:
        page = (await self.asks("POST", link)).headers["location"]
        browser = self.stage.browser
        for number in (*CARD_NUMBERS, DECLINED, PAID):
            shown = await pay_by_card(browser, page, number)
            self.answers.append(shown.text)
        await self.stage.still()
        back = await self.asks("GET", f"{page}/return")
        await self.asks("GET", back.headers["location"])
        await self.stage.wait(LATER)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the answer of a turn that fails."""
    monkeypatch.setattr("service.chat.inbox.ANSWER_SECONDS", 0.05)


@pytest.mark.parametrize("name", list(PLACES))
async def test_66_no_planted_secret_is_told_anywhere(name: str, tmp_path: Path) -> None:
    """Each chat and the sandbox, at the loudest, while chat, gateway and database break."""
    database = tmp_path / "bot.db"
    with listening(SECRETS) as heard:
        async with stage(name, database, metrics_token=METRICS_TOKEN) as opened:
            heard.louder()
            visit = Visit(opened)
            await visit.all()
            kept = files(database)

    log = heard.text.getvalue()
    kept_from = (*SECRETS, *CARD_NUMBERS, *visit.pay_tokens, PAID, DECLINED)
    assert "bot.db-wal" in kept
    assert leaks(kept_from, log=log, **kept) == []
    # The page shows its own test cards, and the pay page's address is the token.
    assert leaks((*SECRETS, *CARD_NUMBERS), answers="\n".join(visit.answers)) == []
    # It did listen, to us and to others.
    assert "broken by [hidden]" in log
    assert "DEBUG httpcore" in log
    assert "Credited" in repr(opened.chat.seen(Person.YOU))


@pytest.mark.xdist_group("postgres")
async def test_66_postgres_keeps_no_planted_secret(postgres: Server, tmp_path: Path) -> None:
    """The same on PostgreSQL: every row of every table, as a dump would have it."""
    name = postgres.fresh()
    address = postgres.url(name).replace("postgres@", f"postgres:{DATABASE_PASSWORD}@")
    with listening(SECRETS) as heard:
        async with stage(
            "telegram-polling",
            tmp_path / "unused.db",
            metrics_token=METRICS_TOKEN,
            database_url=address,
        ) as opened:
            heard.louder()
            visit = Visit(opened)
            await visit.all()
    dump = postgres.dump(name)
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")

    kept_from = (*SECRETS, *CARD_NUMBERS, *visit.pay_tokens, PAID, DECLINED)
    assert leaks(kept_from, log=heard.text.getvalue(), dump=dump) == []
    assert "acme-cloud" in dump


async def test_66_stripe_is_told_no_planted_secret(tmp_path: Path) -> None:
    """Stripe's key and signing secrets, while Stripe breaks, is not there and is forged."""
    stripe, database = StripePlace(), tmp_path / "bot.db"
    plants = (API_KEY, WEBHOOK_SECRET, OLD_SECRET)
    reach = Unsteady(stripe.transport)
    with listening(plants) as heard:
        async with stage(
            "telegram-polling",
            database,
            reach=reach,
            gateways="stripe",
            stripe_api_key=API_KEY,
            stripe_webhook_secret=f"{WEBHOOK_SECRET},{OLD_SECRET}",
            stripe_api_base_url=STRIPE_URL,
        ) as opened:
            heard.louder()
            stripe.now = opened.clock.at
            visit = Visit(opened)
            page = await visit.checkout(reach)
            for number in (*CARD_NUMBERS, DECLINED, PAID):
                await pay_by_card(stripe.client, page, number)
            for secret in ("whsec_another", WEBHOOK_SECRET):
                await visit.stripe_tells(secret, page.rsplit("/", 1)[1])
            await opened.wait(LATER)
            kept = files(database)

    log = heard.text.getvalue()
    kept_from = (*plants, *CARD_NUMBERS, *visit.pay_tokens, PAID, DECLINED)
    assert leaks(kept_from, log=log, **kept) == []
    assert leaks((*plants, *CARD_NUMBERS), answers="\n".join(visit.answers)) == []
    assert "Credited" in repr(opened.chat.seen(Person.YOU))


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_66_installing_tells_no_planted_secret(tmp_path: Path) -> None:
    """The app's own secret, Slack's code, our state and the token that Slack grants."""
    plants = ("client-secret", SIGNING_SECRET, BOT_TOKEN, "canary-code")
    with listening(plants[:2]) as heard:
        async with served(tmp_path) as place:
            heard.louder()
            place.slack.granted["canary-code"] = OF_TEAM
            state, cookie = await place.begins()
            answers = [
                await place.ends(state, cookie, "wrong-code"),
                await place.ends("forged", cookie, "canary-code"),
                await place.ends(*await place.begins(), "canary-code"),
            ]
            await place.world.command("50 USD card")
            await place.bot.quiet()
            kept = files(place.bot.database)

    told = "\n".join(f"{each.headers} {each.text}" for each in answers)
    assert answers[-1].status_code == 200
    assert leaks((*plants, state), log=heard.text.getvalue(), answers=told, **kept) == []

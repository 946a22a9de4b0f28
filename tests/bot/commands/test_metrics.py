"""What Prometheus reads: counts of what happened, and how full everything is. No secrets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.applications import Starlette

from adapters.gateways import standard_webhooks
from billing.ports import CallbackFlaw
from bot.watch.metrics import FRESH_SECONDS, PrometheusMetrics
from conversations.protocol.ports import ChatError, Verdict
from conversations.protocol.records import Levels
from service.common.metrics import CallbackResult
from tests.support.bots.bot_place import ANA, BotPlace, bot_place, callback_key
from tests.support.bots.paying import PAID, pay_by_card, send_transfer
from tests.support.chats.pocket_chat import PLATFORM
from tests.support.house.source import ROOT

TOKEN = "a-token-for-the-metrics"
NOTHING = Levels({}, {}, {}, 0, 0, {}, [])
BODY = b'{"type": "payment.paid", "data": {"checkout": "cs_0"}}'

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path, metrics_token=SecretStr(TOKEN)) as opened:
        yield opened


async def read(web: httpx.AsyncClient, token: str = TOKEN) -> Samples:
    """Every sample by its name and labels."""
    answer = await web.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(samples: Samples, name: str, **labels: str) -> float:
    """One sample; 0 for one that is not there."""
    return samples.get((f"topup_{name}", tuple(sorted(labels.items()))), 0)


# --- who may read ----------------------------------------------------------------------------


async def test_without_a_token_nothing_is_served(tmp_path: Path) -> None:
    """Not to this machine either: behind a proxy everybody comes from it."""
    async with bot_place(tmp_path) as place:
        assert (await place.web.get("/metrics")).status_code == 404
        headers = {"authorization": "Bearer "}
        assert (await place.web.get("/metrics", headers=headers)).status_code == 404


@pytest.mark.parametrize("given", ["", TOKEN, f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"])
async def test_another_token_reads_nothing(place: BotPlace, given: str) -> None:
    """Only the whole token, as a bearer's, opens it; the answer tells nothing else."""
    answer = await place.web.get("/metrics", headers=[(b"authorization", given.encode())])

    assert answer.status_code == 401
    assert "topup" not in answer.text


def test_metrics_without_a_token_cannot_be_made() -> None:
    """An empty token would be everybody's."""

    async def none() -> Levels:
        return NOTHING

    with pytest.raises(ValueError, match="token"):
        PrometheusMetrics("", none)


# --- what happened ---------------------------------------------------------------------------


async def test_a_payment_that_a_callback_told_of(place: BotPlace) -> None:
    """It counts with the time from the callback to the credit, and the acknowledgement's."""
    await place.pays(await place.asks_for())

    samples = await read(place.web)

    assert of(samples, "callbacks_total", gateway="sandbox", became="stored") == 1
    assert of(samples, "paid_to_credited_seconds_count", gateway="sandbox") == 1
    assert of(samples, "webhook_ack_seconds_count", webhook="sandbox", status="204") == 1
    assert of(samples, "reconcile_saves_total", gateway="sandbox") == 0


async def test_a_payment_that_nobody_told_of(place: BotPlace) -> None:
    """Found by asking, it counts as saved, and only once however often it is looked at."""
    page = await place.checkout(await place.asks_for())
    await pay_by_card(place.web, page, PAID)
    await place.presses(ANA, "I have paid")
    await place.calls_back(page.rsplit("/", 1)[1])

    samples = await read(place.web)

    assert of(samples, "reconcile_saves_total", gateway="sandbox") == 1
    assert of(samples, "paid_to_credited_seconds_count", gateway="sandbox") == 0


async def test_05_08_refused_callbacks_count_by_their_reason(place: BotPlace) -> None:
    """Unsigned, old, forged, unreadable, too large, and for a gateway that there is not."""
    signed = standard_webhooks.sign(callback_key(), "msg_1", place.clock(), BODY)
    old = place.clock() - timedelta(minutes=6)
    sent: list[tuple[str, bytes, dict[str, Any]]] = [
        ("unsigned", BODY, {}),
        ("stale", BODY, standard_webhooks.sign(callback_key(), "msg_1", old, BODY)),
        ("forged", BODY + b" ", signed),
        ("unreadable", b"{}", standard_webhooks.sign(callback_key(), "m", place.clock(), b"{}")),
        ("too_large", b"x" * 300_000, signed),
    ]
    for _, body, headers in sent:
        await place.web.post("/webhooks/sandbox", content=body, headers=headers)
    await place.web.post("/webhooks/another-secret-name", content=BODY, headers=signed)

    samples = await read(place.web)

    for reason, _, _ in sent:
        assert of(samples, "callbacks_total", gateway="sandbox", became=reason) == 1
    assert of(samples, "callbacks_total", gateway="", became="unknown_gateway") == 1
    assert of(samples, "webhook_ack_seconds_count", webhook="sandbox", status="401") == 4
    assert "another-secret-name" not in repr(samples)


@pytest.mark.parametrize("became", [*CallbackResult, *CallbackFlaw])
def test_the_docs_say_what_may_become_of_a_callback(became: str) -> None:
    """Each word of the label `became` stands in the metric's row."""
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `topup_callbacks_total` .+$", text, flags=re.MULTILINE)
    assert f"`{became}`" in row


async def test_a_chat_that_does_not_take_a_message(place: BotPlace) -> None:
    """It counts by platform and verdict, and the card waits."""
    await place.asks_for()

    place.chat.troubles = [ChatError("away", Verdict.OUTAGE)]
    await place.does(ANA, text="/topup balance")

    samples = await read(place.web)

    assert of(samples, "chat_errors_total", platform=PLATFORM, verdict="outage") == 1
    assert of(samples, "cards_waiting", platform=PLATFORM) == 1


# --- how full everything is ------------------------------------------------------------------


async def test_the_gauges_are_the_rows(place: BotPlace) -> None:
    """A transfer on its way is stuck money, a second payment is held, poison is quarantined."""
    card = await place.asks_for(line="/topup 50 USD bank_transfer")
    page = await place.checkout(card)
    await send_transfer(place.web, page)
    await place.calls_back(page.rsplit("/", 1)[1])
    await place.calls_back("cs_00000000000000000000000000000000")

    samples = await read(place.web)

    assert of(samples, "rows_read") == 1
    assert of(samples, "stuck_top_ups", status="processing", age="1h") == 1
    assert of(samples, "quarantined_deliveries") == 1
    assert of(samples, "held_payments") == 0
    assert of(samples, "lanes_due", kind="turns") == 0


async def test_rows_are_read_once_in_a_few_seconds() -> None:
    """However many ask at once; and what happened is told while the database is away."""
    asked, at = 0, 0.0

    async def ask() -> Levels:
        nonlocal asked
        asked += 1
        if asked > 2:
            raise OSError("the disk is gone")
        return NOTHING

    metrics = PrometheusMetrics(TOKEN, ask, lambda: at)
    transport = httpx.ASGITransport(Starlette(routes=[metrics.route]))
    metrics.count_chat_failure(PLATFORM, "outage")
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as web:
        await read(web)
        await read(web)
        assert asked == 1
        at += FRESH_SECONDS
        assert of(await read(web), "rows_read") == 1
        at += FRESH_SECONDS
        samples = await read(web)

    assert of(samples, "rows_read") == 0
    assert of(samples, "chat_errors_total", platform=PLATFORM, verdict="outage") == 1


async def test_two_bots_in_one_process_count_apart(tmp_path: Path) -> None:
    """Each has a registry of its own, and nothing of the process is in it."""
    async with _two(tmp_path) as (one, other):
        await one.pays(await one.asks_for())

        assert of(await read(one.web), "callbacks_total", gateway="sandbox", became="stored") == 1
        assert (
            of(await read(other.web), "callbacks_total", gateway="sandbox", became="stored") == 0
        )
        assert {name.partition("_")[0] for name, _ in await read(one.web)} == {"topup"}


@asynccontextmanager
async def _two(folder: Path) -> AsyncIterator[tuple[BotPlace, BotPlace]]:
    (folder / "one").mkdir()
    (folder / "other").mkdir()
    token = SecretStr(TOKEN)
    async with (
        bot_place(folder / "one", metrics_token=token) as one,
        bot_place(folder / "other", metrics_token=token) as other,
    ):
        yield one, other


async def test_the_docs_name_every_metric(place: BotPlace) -> None:
    """docs/metrics.md has a row for each, and none for what is not measured."""
    await place.asks_for()
    told = (await place.web.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})).text
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")

    documented = set(re.findall(r"^\| `(topup_\w+)` \|", text, flags=re.MULTILINE))

    assert documented == set(re.findall(r"^# HELP (topup_\w+) ", told, flags=re.MULTILINE))

"""Counts what use cases report, and serves it to Prometheus at `/metrics`.

It is served only with METRICS_TOKEN, also to this machine: behind a proxy everybody comes from it.
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from billing.ports import CallbackFlaw
from conversations.protocol.records import Levels
from service.common.metrics import CallbackResult, Owner

PATH = "/metrics"
FRESH_SECONDS = 5.0
# A payment waits for people and banks; an acknowledgement for a disk.
_CREDIT_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 86_400)
_ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 2, 3, 5, 10)
log = logging.getLogger(__name__)


class PrometheusMetrics:
    """It is `Metrics`. `read` looks at the rows, which is remembered for a few seconds."""

    def __init__(
        self,
        token: str,
        read: Callable[[], Awaitable[Levels]],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        if not token:
            raise ValueError("metrics are served only with a token")
        self._token = token
        self._levels = _RowCollector(read, ticks)
        self._registry = CollectorRegistry()
        self._registry.register(self._levels)
        self._callbacks = self._counter(
            "callbacks", "Callbacks of gateways, by what became of them.", "gateway", "became"
        )
        about = "From a webhook's headers to its answer."
        self._acknowledged = self._histogram(
            "webhook_ack_seconds", about, _ACK_BUCKETS, "webhook", "status"
        )
        self._credited = self._histogram(
            "paid_to_credited_seconds",
            "From the first callback about a payment to its credit.",
            _CREDIT_BUCKETS,
            "gateway",
        )
        self._saves = self._counter(
            "reconcile_saves",
            "Payments credited because the bot asked, and no callback told.",
            "gateway",
        )
        self._left_aside = self._counter(
            "left_aside", "Checkouts of others on our gateway account.", "gateway", "whose"
        )
        self._chat_errors = self._counter(
            "chat_errors", "Messages that a chat platform did not take.", "platform", "verdict"
        )
        self._dropped = self._counter(
            "rows_dropped", "Rows that were kept for long enough.", "table"
        )

    @property
    def route(self) -> Route:
        """Where Prometheus asks."""
        return Route(PATH, self._serve, methods=["GET"])

    def count_callback(self, gateway: str, became: CallbackResult | CallbackFlaw) -> None:
        """A gateway's callback came."""
        self._callbacks.labels(gateway, became).inc()

    def observe_acknowledgement(self, webhook: str, status: int, seconds: float) -> None:
        """A webhook was answered."""
        self._acknowledged.labels(webhook, status).observe(seconds)

    def observe_credit(self, gateway: str, after: timedelta | None) -> None:
        """A payment was credited."""
        if after is None:
            self._saves.labels(gateway).inc()
        else:
            self._credited.labels(gateway).observe(after.total_seconds())

    def count_left_aside(self, gateway: str, whose: Owner) -> None:
        """A checkout was asked about that is not for us to take in."""
        self._left_aside.labels(gateway, whose).inc()

    def count_chat_failure(self, platform: str, verdict: str) -> None:
        """A chat platform did not take a message."""
        self._chat_errors.labels(platform, verdict).inc()

    def count_dropped_rows(self, table: str, rows: int) -> None:
        """Rows were kept for long enough."""
        self._dropped.labels(table).inc(rows)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"topup_{name}", about, labels, registry=self._registry)

    def _histogram(
        self, name: str, about: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(f"topup_{name}", about, labels, buckets=buckets, registry=self._registry)

    async def _serve(self, request: Request) -> Response:
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
            refusal = {"WWW-Authenticate": "Bearer"}
            return PlainTextResponse("not with that token\n", 401, headers=refusal)
        await self._levels.refresh()
        text = generate_latest(self._registry)
        return Response(
            text, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
        )


class _RowCollector:
    """What the rows said when they were last asked; a collector of prometheus_client."""

    def __init__(self, read: Callable[[], Awaitable[Levels]], ticks: Callable[[], float]) -> None:
        self._read, self._ticks = read, ticks
        self._asking = asyncio.Lock()
        self._asked_at: float | None = None
        self._found: Levels | None = None

    async def refresh(self) -> None:
        """Ask once, however many want to know; a database that is away leaves the counts."""
        async with self._asking:
            now = self._ticks()
            if self._asked_at is not None and now - self._asked_at < FRESH_SECONDS:
                return
            try:
                self._found = await self._read()
            except Exception as error:  # the counts matter most when the database is away
                log.warning("levels_unknown error=%s", type(error).__name__)
                self._found = None
            self._asked_at = now

    def collect(self) -> Iterable[Metric]:
        """The gauges, and whether they could be read."""
        found = self._found
        yield _gauge("rows_read", "1 when the gauges below could be read.", {(): bool(found)})
        if found is not None:
            yield from _gauges(found)


def _gauges(found: Levels) -> Iterable[Metric]:
    yield _gauge(
        "cards_waiting",
        "Messages that do not show yet what they should.",
        {(platform,): count for platform, count in found.cards_waiting.items()},
        "platform",
    )
    refused = "Messages that only a person can help."
    yield _gauge("cards_refused", refused, found.cards_refused, "platform", "why")
    yield _gauge(
        "stuck_top_ups",
        "Top-ups whose money is on its way or taken, and not credited, by age.",
        found.stuck,
        "status",
        "age",
    )
    yield _gauge("held_payments", "Payments held for the operator.", {(): found.held})
    yield _gauge(
        "operator_tasks",
        "What else waits for the operator.",
        {(kind,): count for kind, count in found.tasks.items()},
        "kind",
    )
    yield _gauge("quarantined_deliveries", "Deliveries set aside unread.", {(): found.quarantined})
    yield _gauge(
        "lanes_due",
        "Pieces of work that are due.",
        {(each.kind,): each.due for each in found.lanes},
        "kind",
    )
    yield _gauge(
        "lanes_oldest_due_seconds",
        "How long the oldest of them has been due.",
        {(each.kind,): each.oldest.total_seconds() for each in found.lanes},
        "kind",
    )


def _gauge(
    name: str, about: str, values: Mapping[tuple[str, ...], float], *labels: str
) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(f"topup_{name}", about, labels=labels)
    for these, value in values.items():
        gauge.add_metric(these, value)
    return gauge

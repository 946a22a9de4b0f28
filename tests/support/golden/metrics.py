"""The metrics page once everything on it was measured: names, types and labels. No values."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from bot.watch.metrics import PATH, PrometheusMetrics
from conversations.protocol.records import LaneLevel, Levels
from service.common.metrics import CallbackResult, Owner

_TOKEN = "a-token-for-the-golden-metrics"
_WHERE_BUCKETS_END = "le"
# When each began: of the library, and nobody watches it.
_BEGAN = "_created"
_FULL = Levels(
    {"slack": 1},
    {("slack", "gone"): 1},
    {("paid", "1h"): 1},
    1,
    1,
    {"watch_ended": 1},
    [LaneLevel("turns", 1, timedelta(1))],
)


def families() -> dict[str, tuple[str, list[str]]]:
    """By name: the type, and every label in order."""
    found = {}
    for family in text_string_to_metric_families(asyncio.run(_page())):
        labels = {name for sample in family.samples for name in sample.labels}
        if not family.name.endswith(_BEGAN):
            found[family.name] = (family.type, sorted(labels - {_WHERE_BUCKETS_END}))
    return found


async def _page() -> str:
    async def read() -> Levels:
        return _FULL

    metrics = PrometheusMetrics(_TOKEN, read)
    metrics.count_callback("sandbox", CallbackResult.STORED)
    metrics.observe_acknowledgement("sandbox", 204, 1.0)
    metrics.observe_credit("sandbox", timedelta(1))
    metrics.observe_credit("sandbox", None)
    metrics.count_left_aside("sandbox", Owner.UNMARKED)
    metrics.count_chat_failure("slack", "gone")
    metrics.count_dropped_rows("cards", 1)
    transport = httpx.ASGITransport(Starlette(routes=[metrics.route]))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as web:
        answer = await web.get(PATH, headers={"authorization": f"Bearer {_TOKEN}"})
    return answer.text

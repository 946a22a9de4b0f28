"""News that the Slack app was uninstalled: stored like all else, and dated."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.chat.slack.payloads import uninstall_body
from tests.adapters.slack.test_slack_installs import OF_ORGANISATION, OF_TEAM, Served, _served
from tests.support.chats.slack_adapter_env import NOW
from tests.support.chats.slack_server import Json

__all__ = ["_served"]

# The SDK sends the app's own secret in a way that aiohttp will drop in its next major version.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

NEWS: list[Json] = [
    {"type": "app_uninstalled"},
    {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}},
]


async def tells(served: Served, number: int, event: Json, at: int, **more: Any) -> None:
    """Slack tells of something that happened at that second."""
    envelope = {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": f"Ev{number}",
        "event_time": at,
        "event": event,
        **more,
    }
    answer = await served.world.send(json.dumps(envelope).encode(), "application/json")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("granted", "tenant", "more"),
    [
        (OF_TEAM, "T1", {}),
        (OF_ORGANISATION, "E1.T1", {"team_id": "E1", "enterprise_id": "E1"}),
        (
            OF_ORGANISATION,
            "E1.T2",
            {"authorizations": [{"enterprise_id": "E1", "is_enterprise_install": True}]},
        ),
    ],
)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1)])
async def test_107_news_of_an_uninstallation_ends_only_what_is_older(
    served: Served, granted: Json, tenant: str, more: Json, order: tuple[int, ...]
) -> None:
    """Installed, uninstalled, installed again: the news comes late, twice, in any order."""
    first = int(NOW.timestamp())
    await served.installs(granted)
    again = NOW + timedelta(minutes=2)
    served.clock.at = again
    served.world.later(120)
    steps = [
        lambda: tells(served, 1, NEWS[0], first + 60, **more),
        lambda: tells(served, 2, NEWS[1], first + 60, **more),
        lambda: served.installs(granted),
    ]
    for step in order:
        await steps[step]()
    await served.bot.quiet()
    assert await served.installed.find(tenant) is not None
    await tells(served, 3, NEWS[0], first + 120, **more)
    assert await served.installed.find(tenant) is None


async def test_107_uninstalling_is_a_delivery_like_any_other(served: Served) -> None:
    """Stored before it is acknowledged, worked off once however often it comes, with no secret."""
    await served.installs(OF_TEAM)
    for _ in range(2):
        await tells(served, 1, NEWS[0], int(NOW.timestamp()))
    (stored,) = served.bot.rows("deliveries")
    assert stored["done_at"] is not None
    acts = [row["act"] for row in served.bot.rows("audit")]
    assert acts.count("app_uninstalled") == 1
    await tells(served, 2, NEWS[0], 10**30)
    await tells(served, 3, NEWS[0], -1)
    assert all(row["done_at"] for row in served.bot.rows("deliveries"))


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"event_time": 1_795_000_000}, 1_795_000_000),
        ({"event_time": 1_795_000_000.25}, 1_795_000_000),
        ({"event_time": "1795000000"}, 1_795_000_000),
        ({"event_time": "1795000000.000100"}, 1_795_000_000),
        ({"event": {"type": "app_uninstalled", "event_ts": "1795000000.000100"}}, 1_795_000_000),
        ({"event_time": "soon"}, None),
        ({"event_time": True}, None),
        ({"event_time": float("inf")}, None),
        ({"event_time": -1}, None),
        ({"event_time": "\u0661" * 10}, None),
        ({}, None),
    ],
    ids=str,
)
def test_112_the_time_of_an_uninstall_is_read_in_whatever_form(more: Json, at: int | None) -> None:
    """Old news must not be taken for new; what has no time is of the moment it is first seen."""
    now = datetime.fromtimestamp(1_795_009_999, UTC)
    payload = {"team_id": "T1", "event": {"type": "app_uninstalled"}, **more}
    body = uninstall_body(payload, now)
    assert body is not None
    assert int(body["at"]) == (1_795_009_999 if at is None else at)

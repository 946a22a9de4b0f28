"""Socket Mode on a real socket: an envelope is acknowledged only after it is stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from conversations.protocol.actions import Slot
from conversations.protocol.views import FormErrors, PrivateReply, View
from tests.adapters.slack.test_slack_events import COMMAND, MESSAGE, SUBMISSION
from tests.support.chats.slack_adapter_env import NOW, Received
from tests.support.chats.slack_server import APP_TOKEN, BOT_TOKEN, FakeSlack, Planned

_PATIENCE_SECONDS = 60


class Wired:
    """The adapter connected to a small Slack, and what the bot received."""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack
        self.received = Received()
        settings = SlackSettings(BOT_TOKEN, "", slack.base_url, APP_TOKEN)
        self.adapter = SlackChat(settings, now=lambda: NOW)

    async def sends(self, kind: str, payload: dict[str, Any], envelope: str = "e1") -> None:
        await self.slack.send_envelope(
            {
                "type": kind,
                "envelope_id": envelope,
                "accepts_response_payload": True,
                "payload": payload,
            }
        )

    async def acknowledgements(self, number: int) -> list[dict[str, Any]]:
        await until(lambda: len(self.slack.acknowledged) >= number)
        return self.slack.acknowledged


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not true():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def wired() -> AsyncIterator[Wired]:
    slack = FakeSlack()
    async with slack.serving():
        place = Wired(slack)
        async with place.adapter.listening(place.received):
            yield place


@pytest.fixture
async def place() -> AsyncIterator[Wired]:
    async with wired() as opened:
        yield opened


async def test_an_envelope_is_stored_then_acknowledged(place: Wired) -> None:
    """The answer to a command rides on the acknowledgement, as it does over HTTP."""
    place.received.says = lambda delivery: (PrivateReply(View("Help", "Help: type /topup.")),)
    await place.sends("slash_commands", COMMAND)
    (acknowledged,) = await place.acknowledgements(1)
    assert acknowledged["envelope_id"] == "e1"
    assert acknowledged["payload"]["text"] == "Help: type /topup."
    assert [one.body["text"] for one in place.received.deliveries] == ["50 USD card"]


async def test_what_was_not_stored_is_not_acknowledged(place: Wired) -> None:
    """Slack keeps the envelope and sends it again; then it is taken."""
    place.received.broken = True
    await place.sends("events_api", MESSAGE, "lost")
    await until(lambda: place.received.asked == 1)
    place.received.broken = False
    await place.sends("events_api", {**MESSAGE, "event_id": "Ev2"}, "kept")
    await place.acknowledgements(1)
    await place.sends("events_api", MESSAGE, "lost")
    acknowledged = await place.acknowledgements(2)
    assert [one["envelope_id"] for one in acknowledged] == ["kept", "lost"]
    assert len(place.received.deliveries) == 2


async def test_an_envelope_that_comes_again_is_one_delivery(place: Wired) -> None:
    """Told apart by Slack's own id of the request, whatever the envelope is called."""
    for envelope in ("e1", "e2", "e3"):
        await place.sends("slash_commands", COMMAND, envelope)
    acknowledged = await place.acknowledgements(3)
    assert {one["envelope_id"] for one in acknowledged} == {"e1", "e2", "e3"}
    assert len(place.received.deliveries) == 1


async def test_field_errors_ride_on_the_acknowledgement(place: Wired) -> None:
    """A modal stays open with a sentence under the field."""
    place.received.says = lambda delivery: (FormErrors(((Slot.AMOUNT, "Use 5.00 to 500.00."),)),)
    view = {"type": "modal", **SUBMISSION["view"]}
    await place.sends("interactive", {**SUBMISSION, "view": view})
    (acknowledged,) = await place.acknowledgements(1)
    assert acknowledged["payload"] == {
        "response_action": "errors",
        "errors": {"amount": "Use 5.00 to 500.00."},
    }


async def test_a_lost_connection_is_opened_again(place: Wired) -> None:
    """Slack asks for a new connection now and then; nothing is missed afterwards."""
    await place.slack.send_envelope({"type": "disconnect", "reason": "refresh_requested"})
    await until(lambda: len(place.slack.sockets) == 2)
    await place.sends("events_api", MESSAGE)
    await place.acknowledgements(1)
    assert len(place.received.deliveries) == 1


async def test_no_request_is_served_over_http(place: Wired) -> None:
    """One app is reached one way only."""
    assert place.adapter.routes == []


async def test_a_slack_that_is_away_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """The bot starts all the same, tries again, and logs no token, address or ticket."""
    slack = FakeSlack()
    async with slack.serving():
        slack.plan("apps.connections.open", Planned("invalid_auth"))
        place = Wired(slack)
        with caplog.at_level(logging.DEBUG, logger="adapters"):
            async with place.adapter.listening(place.received):
                await until(lambda: "Failed to connect: invalid_auth" in caplog.text)
    assert "Socket Mode" in caplog.text
    for secret in (APP_TOKEN, BOT_TOKEN, "ticket", slack.base_url):
        assert secret not in caplog.text

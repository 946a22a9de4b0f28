"""Socket Mode of the emulated Slack, with the real slack-bolt handler and with a bare client."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.chats.slack_emulator import ANA, APP_TOKEN, DM, MODAL, Town, refusal, slack_town


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with slack_town(ack_seconds=0.2) as running:
        running.change(socket_mode=True)
        yield running


@asynccontextmanager
async def bolt(town: Town) -> AsyncIterator[AsyncSocketModeHandler]:
    """The bot of the town, connected by Bolt's own handler."""
    web = AsyncWebClient(base_url=f"{town.base_url}/slack/api/", retry_handlers=[])
    # A short interval, since the handler sleeps that long before it sees that it was closed.
    handler = AsyncSocketModeHandler(town.bot.app(), APP_TOKEN, web_client=web, ping_interval=1)
    # Bolt leaves these without types.
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await until(lambda: len(town.window.sockets) == 1)
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # as above


@asynccontextmanager
async def bare(town: Town) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection that has been greeted, and that acknowledges only what the test says."""
    async with aiohttp.ClientSession() as session, session.ws_connect(await address(town)) as link:
        assert (await heard(link))["type"] == "hello"
        yield link


async def address(town: Town) -> str:
    opened = await town.client.apps_connections_open(app_token=APP_TOKEN)
    url: str = opened["url"]
    return url


async def heard(link: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    message: dict[str, Any] = await link.receive_json(timeout=2)
    return message


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not reached():
            await asyncio.sleep(0.01)


async def test_everything_comes_through_bolts_own_handler(town: Town) -> None:
    """Commands, forms and events; an acknowledgement says what a reply over HTTP would."""
    async with bolt(town):
        await town.window.say(ANA, DM, "/topup 50 USD")
        assert town.texts() == ["You said 50 USD"]
        await town.window.say(ANA, DM, "/topup")
        view_id = town.window.state(ANA)["modal"]["id"]
        wrong = await town.window.submit_view(ANA, view_id, {"amount": {"typed": "lots"}})
        assert wrong["errors"] == {"amount": "Use 5.00 to 2,000.00."}
        await town.window.say(ANA, DM, "hello")
        await town.window.settle()
        assert town.texts()[-1] == "done"
    assert town.bot.retries == []
    assert {entry["via"] for entry in town.world.journal if entry["sender"] == "slack"} == {
        "socket"
    }


async def test_envelopes_are_slacks(town: Town) -> None:
    """Type, payload, whether an answer is taken; only events say how often they were tried."""
    sent = await town.client.chat_postMessage(channel=ANA, text="Card", blocks=[_pay()])
    async with bare(town) as link:
        command = asyncio.create_task(town.window.say(ANA, DM, "/topup 5"))
        first = await heard(link)
        assert (first["type"], first["accepts_response_payload"]) == ("slash_commands", True)
        assert first["payload"]["text"] == "5"
        await link.send_json({"envelope_id": first["envelope_id"], "payload": {"text": "Fine"}})
        await command
        press = asyncio.create_task(town.window.press(ANA, DM, sent["ts"], "pay", "card"))
        second = await heard(link)
        assert (second["type"], second["accepts_response_payload"]) == ("interactive", False)
        assert "retry_attempt" not in second
        await link.send_json({"envelope_id": second["envelope_id"]})
        assert await press == {"ok": True}
        await town.window.open_home(ANA)
        third = await heard(link)
        assert (third["type"], third["retry_attempt"]) == ("events_api", 0)
        await link.send_json({"envelope_id": third["envelope_id"]})
        await town.window.settle()
    assert town.texts()[-1] == "Fine"


async def test_an_event_without_acknowledgement_comes_again(town: Town) -> None:
    """After a bounded time, with its number and reason, under the same event id."""
    async with bare(town) as link:
        await town.window.open_home(ANA)
        first, second = await heard(link), await heard(link)
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
        assert second["payload"]["event_id"] == first["payload"]["event_id"]
        await link.send_str("not an acknowledgement")
        await link.send_json({"envelope_id": second["envelope_id"]})
        await town.window.settle()
        assert link.closed is False


async def test_a_silent_bot_times_a_command_out(town: Town) -> None:
    """The person reads operation_timeout; with no connection at all, dispatch_failed."""
    async with bare(town):
        await town.window.say(ANA, DM, "/topup 5")
    assert "operation_timeout" in town.texts()[-1]
    await until(lambda: len(town.window.sockets) == 0)
    await town.window.say(ANA, DM, "/topup 5")
    assert "dispatch_failed" in town.texts()[-1]
    assert town.bot.heard == []


async def test_a_connection_that_drops_fails_what_it_had(town: Town) -> None:
    """Nobody waits three seconds for a connection that is gone."""
    async with bare(town) as link:
        command = asyncio.create_task(town.window.say(ANA, DM, "/topup 5"))
        await heard(link)
        await link.close()
        await command
    assert "dispatch_failed" in town.texts()[-1]


async def test_bolt_comes_back_after_a_refresh(town: Town) -> None:
    """Slack asks for a new connection now and then; nothing is lost on the way."""
    async with bolt(town):
        told = await town.post("/window/slack/refresh-sockets")
        assert told == {"ok": True, "connections": 1}
        await town.window.say(ANA, DM, "hello")
        await town.window.settle()
        await until(lambda: len(town.window.sockets) == 1)
        await town.window.say(ANA, DM, "/topup still there")
    assert town.texts()[-1] == "You said still there"
    assert "done" in town.texts()


async def test_connections_take_turns(town: Town) -> None:
    """Two connections get every second envelope each."""
    async with bare(town) as one, bare(town) as other:
        for link in (one, other, one):
            command = asyncio.create_task(town.window.say(ANA, DM, "/topup 5"))
            envelope = await heard(link)
            await link.send_str(json.dumps({"envelope_id": envelope["envelope_id"]}))
            await command


async def test_an_address_is_good_once_and_only_for_the_app(town: Town) -> None:
    """Tokens are checked, tickets are used up, and Socket Mode must be on."""
    used = await address(town)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(used):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(used)
    for token, error in (
        ("xapp-other", "invalid_auth"),
        ("xoxb-playground", "not_allowed_token_type"),
    ):
        reply = await refusal(town.client.apps_connections_open(app_token=token))
        assert reply["error"] == error
    with_app_token = await refusal(town.client_for(APP_TOKEN).auth_test())
    assert with_app_token["error"] == "not_allowed_token_type"
    town.change(socket_mode=False)
    off = await refusal(town.client.apps_connections_open(app_token=APP_TOKEN))
    assert off["error"] == "access_denied"


async def test_ten_connections_are_enough(town: Town) -> None:
    """The eleventh is told too_many_websockets, and let go."""
    async with aiohttp.ClientSession() as session:
        links = [await session.ws_connect(await address(town)) for _ in range(11)]
        told = [await heard(link) for link in links]
        assert [message["type"] for message in told] == ["hello"] * 10 + ["disconnect"]
        assert told[-1]["reason"] == "too_many_websockets"
        assert (await links[-1].receive(timeout=2)).type is aiohttp.WSMsgType.CLOSE
        for link in links:
            await link.close()


async def test_a_form_opened_by_a_shortcut_in_socket_mode(town: Town) -> None:
    """The trigger of an envelope opens a modal as one of a request does."""
    async with bolt(town):
        assert await town.window.run_shortcut(ANA, "topup_begin") == {"ok": True}
    assert town.window.state(ANA)["modal"]["title"] == MODAL["title"]


def _pay() -> dict[str, Any]:
    pay = {"type": "button", "action_id": "pay", "text": {"type": "plain_text", "text": "Pay"}}
    return {"type": "actions", "block_id": "card", "elements": [pay]}

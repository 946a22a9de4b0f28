"""The page's own calls, the journal, the snapshot and the event stream."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from playground.kit.live import Live
from playground.slack.window.window import SlackWindow
from playground.slack.world.records import SlackSettings
from playground.slack.world.seed import default_world
from tests.support.chats.slack_emulator import ANA, BEN, DM, TOKEN, Town, serving, slack_town


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with slack_town() as running:
        yield running


async def test_the_page_can_do_all_over_http(town: Town) -> None:
    """say, press, submit, close and home are JSON posts; refusals come back as words."""
    said = await town.post("/window/slack/say", user=ANA, channel=DM, text="/topup")
    assert said == {"ok": True}
    view_id = town.window.state(ANA)["modal"]["id"]
    bare = await town.post("/window/slack/submit", user=ANA, view=view_id, values={})
    assert bare["errors"]
    assert (await town.post("/window/slack/close", user=ANA, view=view_id))["ok"]
    assert (await town.post("/window/slack/home", user=ANA))["ok"]
    elsewhere = await town.post("/window/slack/say", user=ANA, channel="D0BEN", text="hi")
    assert elsewhere == {"ok": False, "error": "channel_not_found"}
    assert (await town.post("/window/slack/press", user=ANA))["error"] == "invalid_arguments"


async def test_a_foreign_page_cannot_post_a_form(town: Town) -> None:
    """Only JSON is taken, which a browser does not send elsewhere without asking."""
    async with httpx.AsyncClient(trust_env=False) as http:
        reply = await http.post(f"{town.base_url}/window/slack/say", data={"user": ANA})
        page_reply = await http.get(f"{town.base_url}/")
    assert reply.status_code == 415
    assert "script-src 'self'" in page_reply.headers["content-security-policy"]


async def test_faults_can_be_planned_from_the_page(town: Town) -> None:
    """A fault panel names method and kind; an unknown kind is refused."""
    path = "/window/slack/fault"
    planned = await town.post(path, method="chat.update", kind="server_error", times=2)
    assert planned["planned"] == 2
    assert (await town.post(path, method="*", kind="fire"))["error"] == "unknown_fault"


async def test_the_journal_holds_both_ways_without_secrets(town: Town) -> None:
    """Requests of both sides are kept with their timing; tokens and hooks are not."""
    await town.window.say(ANA, DM, "/topup xoxb-typed-by-mistake")
    await town.client.auth_test()
    entries = list(town.world.journal)
    assert [(e["sender"], e["what"]) for e in entries] == [
        ("slack", "command /topup"),
        ("bot", "auth.test"),
    ]
    assert all(e["status"] == 200 and e["milliseconds"] >= 0 for e in entries)
    kept = json.dumps(entries)
    assert "xoxb-" not in kept
    assert town.window.hooks.issue(ANA, DM).rsplit("/", 1)[1] not in kept


async def test_the_world_outlives_a_restart(tmp_path: Path) -> None:
    """Messages come back and their times go on growing; ephemeral ones are gone."""
    path = tmp_path / "slack.json"
    settings = SlackSettings("http://127.0.0.1:9/slack/events", "hush", TOKEN)
    before = default_world(settings, path=path)
    async with httpx.AsyncClient() as http:
        await SlackWindow(before, "http://127.0.0.1:9", http=http).say(BEN, "C0GENERAL", "kept")
        await SlackWindow(before, "http://127.0.0.1:9", http=http).say(BEN, "C0GENERAL", "/no")
    after = default_world(settings, path=path)
    assert [m.text for m in after.messages["C0GENERAL"]] == ["kept"]
    assert after.next_ts() > before.messages["C0GENERAL"][0].ts
    assert after.channels == before.channels


async def test_pages_hear_of_changes_and_the_stream_ends_at_once(town: Town) -> None:
    """One event per topic however often it changes, and close() lets the server go."""
    heard: list[str] = []
    async with (
        httpx.AsyncClient(trust_env=False) as http,
        http.stream("GET", f"{town.base_url}/live") as stream,
    ):
        lines = stream.aiter_lines()
        while not (await anext(lines)).startswith(": open"):
            pass
        for _ in range(3):
            town.live.publish("slack")
        town.live.publish("world")
        while len(heard) < 2:
            line = await anext(lines)
            heard += [line] if line.startswith("event:") else []
        town.live.close()
        async with asyncio.timeout(60):
            rest = [line async for line in lines]
    assert heard == ["event: slack", "event: world"]
    assert not any(line.startswith("event:") for line in rest)


async def test_the_stream_ends_when_the_server_is_stopping() -> None:
    """`is_stopping` is enough: nobody has to call close()."""
    stopping = asyncio.Event()
    live = Live(stopping.is_set, heartbeat_seconds=0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/live"
        app = Starlette(routes=[live.route()])
        async with (
            serving(app, listener),
            httpx.AsyncClient(trust_env=False) as http,
            http.stream("GET", url) as stream,
        ):
            lines = stream.aiter_lines()
            async with asyncio.timeout(60):
                while "still here" not in await anext(lines):
                    pass
                stopping.set()
                assert all("event" not in line for line in [line async for line in lines])
    with pytest.raises(ValueError, match="no such topic"):
        live.publish("weather")

"""A form whose content is late: opened empty while the trigger lives, then filled in its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.chat.slack import listener
from tests.adapters.slack.test_slack_adapter import FORM, HELP
from tests.support.chats.slack_adapter_env import SlackWorld, slack_world
from tests.support.chats.slack_server import Json, Planned


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlackWorld]:
    """Where what is asked for comes only after an empty form was opened."""
    monkeypatch.setattr(listener, "_SKELETON_SECONDS", 0.01)
    async with slack_world() as opened:
        opened.received.says = lambda delivery: (FORM,)
        opened.received.ready = lambda: bool(opened.slack.called("views.open"))
        yield opened


async def called(world: SlackWorld, method: str) -> Json:
    async with asyncio.timeout(60):
        while not world.slack.called(method):
            await asyncio.sleep(0.01)
    return world.slack.called(method)[0]


async def test_a_late_form_is_filled_in_its_place(world: SlackWorld) -> None:
    """First a word that it is coming, with nothing to send; then the form, if still unchanged."""
    await world.command("")
    skeleton = (await called(world, "views.open"))["view"]
    filled = await called(world, "views.update")
    assert "submit" not in skeleton
    assert "One moment" in str(skeleton["blocks"])
    assert (filled["view_id"], filled["hash"]) == ("V1", "h1")
    assert filled["view"]["private_metadata"] == "draft-1 C1"


async def test_a_form_in_time_is_opened_at_once(
    world: SlackWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No skeleton flickers before it."""
    monkeypatch.setattr(listener, "_SKELETON_SECONDS", 60)
    world.received.ready = lambda: True
    await world.command("")
    assert (await called(world, "views.open"))["view"]["private_metadata"] == "draft-1 C1"
    assert world.slack.called("views.update") == []


async def test_typed_words_open_no_empty_form(world: SlackWorld) -> None:
    """What they answer is seldom a form; a late one still opens when it comes."""
    looks = iter(range(20))
    world.received.ready = lambda: next(looks, None) is None
    await world.command("50 USD card")
    (opened,) = world.slack.called("views.open")
    assert opened["view"]["private_metadata"] == "draft-1 C1"


async def test_an_empty_form_that_stays_empty_says_where_it_goes_on(world: SlackWorld) -> None:
    """Open business came first: the person is not left before an empty window."""
    world.received.says = lambda delivery: (HELP,)
    answer = await world.command("")
    filled = await called(world, "views.update")
    assert "as a message" in str(filled["view"])
    assert answer.json()["text"] == HELP.view.fallback


async def test_a_form_that_was_closed_meanwhile_becomes_a_card(world: SlackWorld) -> None:
    """The stale hash is refused by Slack, and the question comes as a message."""
    world.slack.plan("views.update", Planned("hash_conflict"))
    await world.command("")
    await called(world, "views.update")
    async with asyncio.timeout(60):
        while len(world.received.deliveries) < 2:
            await asyncio.sleep(0.01)
    assert world.received.deliveries[1].body["type"] == "form_missed"


async def test_a_trigger_that_is_over_becomes_a_card(world: SlackWorld) -> None:
    """Neither the empty form nor the full one opens; nothing is lost."""
    world.slack.plan("views.open", Planned("expired_trigger_id"))
    world.slack.plan("views.open", Planned("exchanged_trigger_id"))
    await world.command("")
    assert world.received.deliveries[1].body["type"] == "form_missed"


async def test_146_a_choice_in_the_form_shows_it_anew(world: SlackWorld) -> None:
    """Where it stood, and only if it is still what the person sees; refused, it stays so."""
    world.received.ready = lambda: True
    view = {
        "id": "V7",
        "hash": "h7",
        "callback_id": "topup_form",
        "private_metadata": "draft-1 C1",
        "state": {"values": {"account": {"account": {"selected_option": {"value": "team-b"}}}}},
    }
    acts = [{"action_id": "account", "block_id": "account", "selected_option": {"value": "b"}}]
    for refused in (False, True):
        if refused:
            world.slack.plan("views.update", Planned("hash_conflict"))
        answer = await world.interaction(
            "block_actions", view=view, actions=acts, trigger_id=f"{refused}"
        )
        assert (answer.status_code, answer.text) == (200, "")
    first, _ = world.slack.called("views.update")
    assert (first["view_id"], first["hash"]) == ("V7", "h7")
    assert first["view"]["private_metadata"] == "draft-1 C1"
    stored = [(each.body["type"], each.body["values"]) for each in world.received.deliveries]
    assert stored == [("choice", {"account": "team-b"})] * 2

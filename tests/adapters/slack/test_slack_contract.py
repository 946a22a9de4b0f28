"""The Slack adapter keeps the contract of every chat adapter."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from adapters.contracts.chat import ChatContract, example
from conversations.protocol.ports import ChatError, Message, Verdict
from conversations.protocol.views import View
from tests.support.chats.slack_adapter_env import SlackWorld, slack_world
from tests.support.chats.slack_server import Planned

_PERSON = {"team": "T1", "user": "U1", "name": "ana", "channel": "D1"}


class TestSlackContract(ChatContract):
    """Slack, played by a small server on a real socket."""

    def world(self) -> AbstractAsyncContextManager[SlackWorld]:
        return slack_world()

    def said(self, text: str) -> Mapping[str, Any]:
        return {"type": "message", **_PERSON, "text": text}

    def pressed(self, token: str) -> Mapping[str, Any]:
        return {"type": "press", **_PERSON, "button": token}


@pytest.mark.parametrize("code", ["cant_delete_message", "compliance_exports_prevent_deletion"])
async def test_150_what_slack_keeps_is_edited(code: str) -> None:
    """Where a workspace lets nobody delete, the message says where it goes on."""
    away = Message(View("Continued below", "Continued below.", away=True))
    async with slack_world() as world:
        ref = await world.adapter.show(world.chat, example(), replacing=None)
        world.slack.plan("chat.delete", Planned(code))
        assert await world.adapter.show(world.chat, away, replacing=ref) == ref
        (text,) = world.texts()

    assert "Continued below" in text


async def test_150_a_wait_to_delete_is_passed_on() -> None:
    """Told to wait, nothing else is tried: it is deleted later."""
    away = Message(View("Continued below", "Continued below.", away=True))
    async with slack_world() as world:
        ref = await world.adapter.show(world.chat, example(), replacing=None)
        world.slack.plan("chat.delete", Planned("ratelimited", 429, {"Retry-After": "7"}))
        with pytest.raises(ChatError) as caught:
            await world.adapter.show(world.chat, away, replacing=ref)

    assert caught.value.verdict is Verdict.OUTAGE
    assert "chat.update" not in [method for method, _ in world.slack.calls]

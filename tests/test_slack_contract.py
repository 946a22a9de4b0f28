"""The Slack adapter keeps the contract of every chat adapter."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from adapters.contracts.chat import ChatContract
from tests.slack_place import SlackWorld, slack_world

_PERSON = {"team": "T1", "user": "U1", "name": "ana", "channel": "D1"}


class TestSlackContract(ChatContract):
    """Slack, played by a small server on a real socket."""

    def world(self) -> AbstractAsyncContextManager[SlackWorld]:
        return slack_world()

    def said(self, text: str) -> Mapping[str, Any]:
        return {"type": "message", **_PERSON, "text": text}

    def pressed(self, token: str) -> Mapping[str, Any]:
        return {"type": "press", **_PERSON, "button": token}

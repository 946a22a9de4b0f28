"""The emulated Slack as dialogs use it: one workspace, three people, one channel. No rules."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.routing import BaseRoute

from billing.records import Link, LinkKind
from bot.config import Config, Slack
from playground import slack_api
from playground.live import Live
from playground.slack_blocks import interactive
from playground.slack_delivery import Delivery
from playground.slack_payloads import interaction, message_surface
from playground.slack_records import Message, SlackSettings
from playground.slack_seed import default_world
from playground.slack_window import SlackWindow
from tests.dialog_chats import TRUST, Button, Person, Seen, readable
from tests.dialog_script import AccountLine

_MRKDWN = re.compile(r"^([*`])(.*)\1$", re.DOTALL)
_SECRET, _TOKEN = "8f742231b10e8888abcd99yyyzzz85a5", "xoxb-dialogs"
_TEAM, _CHANNEL = "T0ACME", "C0BILLING"
_PEOPLE = {Person.YOU: "U0ANA", Person.OTHER: "U0BEN", Person.STRANGER: "U0CLEO"}
_DIRECT = {Person.YOU: "D0ANA", Person.OTHER: "D0BEN", Person.STRANGER: "D0CLEO"}


class SlackPlace:
    """A Slack workspace: signed requests to the bot, its Web API for the bot."""

    platform = "slack"
    forms = True

    def __init__(self, address: str, now: Callable[[], datetime]) -> None:
        self._address = address
        numbers = count(1)
        self._world = default_world(
            SlackSettings(f"{address}/slack/events", _SECRET, _TOKEN),
            now=now,
            new_id=lambda prefix: f"{prefix}{next(numbers):010d}",
        )
        self._http = httpx.AsyncClient(verify=TRUST, trust_env=False)
        self._window = SlackWindow(self._world, address, http=self._http, retry_delays=())
        self._filled: dict[str, str] = {}

    def configured(self, config: Config) -> Config:
        slack = Slack(
            SecretStr(_TOKEN), SecretStr(_SECRET), f"{self._address}/slack/api/"
        )
        return replace(config, slack=slack)

    def routes(self) -> Sequence[BaseRoute]:
        return slack_api.routes(self._world, self._window, Live())

    def links(self, account: AccountLine) -> Sequence[Link]:
        return [Link(account.id, "slack", _TEAM, LinkKind.CHANNEL, _CHANNEL)]

    def seen(self, who: Person) -> list[Seen]:
        user = _PEOPLE[who]
        shown = [
            _seen_in_slack(message)
            for channel in self._world.channels.values()
            if user in channel.members
            for message in self._world.messages.get(channel.id, [])
            if message.user == self._world.settings.bot_user_id
            if message.ephemeral_to in ("", user)
        ]
        return sorted(shown, key=lambda one: one.order)

    def quiet(self) -> bool:
        return True

    async def say(self, who: Person, text: str, *, channel: bool) -> None:
        place = _CHANNEL if channel else _DIRECT[who]
        if text.startswith("/") and not text.startswith("/topup"):
            text = f"/topup {text[1:]}"
        await self._window.say(_PEOPLE[who], place, text)
        await self._window.settle()

    async def press(self, who: Person, button: Button) -> None:
        channel, ts, block, action = button.place
        user = _PEOPLE[who]
        if user in self._world.channels[channel].members:
            answer = await self._window.press(user, channel, ts, action, block)
            assert answer == {"ok": True}, answer
        else:
            await self._press_crafted(who, button)

    async def _press_crafted(self, who: Person, button: Button) -> None:
        """What nobody's Slack would send: a press on somebody else's message."""
        channel, ts, block, action = button.place
        world, user = self._world, self._world.users[_PEOPLE[who]]
        surface = message_surface(world, world.channels[channel], world.message(channel, ts))
        pressed = {"type": "button", "action_id": action, "block_id": block, "value": button.token}
        payload = interaction(
            world,
            "block_actions",
            user,
            **surface,
            response_url=self._window.hooks.issue(user.id, _DIRECT[who]),
            trigger_id=world.issue_trigger(user.id),
            actions=[pressed],
        )
        answer = await Delivery(world, self._http, ()).interaction(payload)
        assert not answer.error, answer

    async def submit(self, values: Mapping[str, str]) -> dict[str, str]:
        opened = self._world.modals.get(_PEOPLE[Person.YOU])
        assert opened, "no form is open"
        self._filled |= values
        filled = {slot: {slot: value} for slot, value in self._filled.items()}
        answer = await self._window.submit_view(
            _PEOPLE[Person.YOU], opened[-1].id, filled
        )
        assert answer["ok"] or "errors" in answer, answer
        if answer["ok"]:
            self._filled.clear()
        return dict(answer.get("errors", {}))

    async def close(self) -> None:
        await self._window.aclose()


def _seen_in_slack(message: Message) -> Seen:
    lines = [line for block in message.blocks for line in _block_lines(block)]
    buttons = tuple(
        Button(
            element["text"]["text"],
            (message.channel, message.ts, block["block_id"], element["action_id"]),
            element.get("value", ""),
            element.get("url", ""),
        )
        for block, element in interactive(message.blocks)
    )
    return Seen(
        id=f"{message.channel}:{message.ts}",
        order=float(message.ts),
        lines=tuple(lines) or readable(message.text),
        buttons=buttons,
        card=any(block["type"] == "header" for block in message.blocks),
        channel=message.channel == _CHANNEL and not message.ephemeral_to,
    )


def _block_lines(block: Mapping[str, Any]) -> list[str]:
    if "fields" in block:
        texts = [_plain(field) for field in block["fields"]]
        return [
            line
            for label, value in zip(texts[::2], texts[1::2], strict=True)
            for line in readable(f"{label}: {value}")
        ]
    if block["type"] == "context":
        return [line for element in block["elements"] for line in readable(_plain(element))]
    return list(readable(_plain(block["text"]))) if "text" in block else []


def _plain(text: Mapping[str, Any]) -> str:
    if text["type"] == "plain_text":
        return str(text["text"])
    return html.unescape(_MRKDWN.sub(r"\2", text["text"]))

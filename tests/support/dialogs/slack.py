"""The emulated Slack as dialogs use it: one workspace, three people, one channel."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import httpx
from starlette.routing import BaseRoute

from playground.kit.live import Live
from playground.slack import app as slack_api
from playground.slack.blocks.blocks import interactive
from playground.slack.events.payloads import interaction, message_surface
from playground.slack.window.window import SlackWindow
from playground.slack.world.records import Blocks, Message, SlackSettings, View
from playground.slack.world.seed import default_world
from service.ports.records import Link, LinkKind
from tests.support.dialogs.chats import TRUST, Button, Person, Seen, Where, label_of, readable
from tests.support.dialogs.script import AccountLine

_PATIENCE_SECONDS = 60.0
_MRKDWN = re.compile(r"^([*`])(.*)\1$", re.DOTALL)
_SECRET, _TOKEN = "8f742231b10e8888abcd99yyyzzz85a5", "xoxb-dialogs"
_APP_TOKEN = "xapp-dialogs"
_TEAM, _CHANNEL = "T0ACME", "C0BILLING"
_PEOPLE = {Person.YOU: "U0ANA", Person.OTHER: "U0BEN", Person.STRANGER: "U0DAN"}
_PEOPLE[Person.GUEST] = "U0DANA"
_DIRECT = {who: f"D{user[1:]}" for who, user in _PEOPLE.items()}
_LOCALES = {"en": "en-US", "de": "de-DE"}
_HOME = "home"


class SlackPlace:
    """A Slack workspace: its requests to the bot, signed or by socket, and its Web API."""

    platform = "slack"
    forms = True
    channel = _CHANNEL
    secrets: tuple[str, ...] = (_SECRET, _TOKEN, _APP_TOKEN)

    def __init__(self, address: str, now: Callable[[], datetime], *, socket: bool = False) -> None:
        self._address, self._socket = address, socket
        numbers = count(1)
        app = SlackSettings(f"{address}/slack/events", _SECRET, _TOKEN)
        by_socket = replace(app, app_token=_APP_TOKEN, socket_mode=True)
        self._world = default_world(
            by_socket if socket else app,
            now=now,
            new_id=lambda prefix: f"{prefix}{next(numbers):010d}",
        )
        self._http = httpx.AsyncClient(verify=TRUST, trust_env=False)
        self._window = SlackWindow(
            self._world, address, http=self._http, retry_delays=(), ack_seconds=_PATIENCE_SECONDS
        )
        self._filled: dict[str, str] = {}
        self._add_people()

    def settings(self) -> dict[str, str]:
        way = (
            {"slack_app_token": _APP_TOKEN} if self._socket else {"slack_signing_secret": _SECRET}
        )
        return {
            **way,
            "slack_bot_token": _TOKEN,
            "slack_api_base_url": f"{self._address}/slack/api/",
        }

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
        homes = [_seen_at_home(view) for view in self._world.homes.values() if view.user == user]
        return [*homes, *sorted(shown, key=lambda one: one.order)]

    def quiet(self) -> bool:
        return len(self._window.sockets) > 0 if self._socket else True

    def speak(self, who: Person, language: str) -> None:
        user = self._world.users[_PEOPLE[who]]
        self._world.users[user.id] = replace(user, locale=_LOCALES[language])

    async def say(self, who: Person, text: str, *, where: Where) -> None:
        place = _DIRECT[who] if where is Where.PRIVATE else _CHANNEL
        if text.startswith("/") and not text.startswith("/topup"):
            text = f"/topup {text[1:]}"
        await self._window.say(_PEOPLE[who], place, text)
        await self._window.settle()

    async def press(self, who: Person, button: Button) -> None:
        channel, ts, block, action = button.place
        user = _PEOPLE[who]
        if channel == _HOME:
            answer = await self._window.press_in_view(user, ts, action, block)
            assert answer == {"ok": True}, answer
        elif user in self._world.channels[channel].members:
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
        answer = await self._window.delivery.interaction(payload)
        assert not answer.error, answer

    async def submit(self, values: Mapping[str, str]) -> dict[str, str]:
        opened = self._world.modals.get(_PEOPLE[Person.YOU])
        assert opened, "no form is open"
        self._filled |= values
        filled = {slot: {slot: value} for slot, value in self._filled.items()}
        for block in opened[-1].body["blocks"]:
            if block.get("dispatch_action") and block["block_id"] in values:
                await self._choose(opened[-1], block["block_id"], filled)
        answer = await self._window.submit_view(_PEOPLE[Person.YOU], opened[-1].id, filled)
        assert answer["ok"] or "errors" in answer, answer
        if answer["ok"]:
            self._filled.clear()
        return dict(answer.get("errors", {}))

    async def _choose(
        self, form: View, slot: str, filled: Mapping[str, Mapping[str, str]]
    ) -> None:
        """A choice that the bot hears of at once: the form follows it."""
        chosen = filled[slot][slot]
        you = _PEOPLE[Person.YOU]
        answer = await self._window.press_in_view(
            you, form.id, slot, slot, value=chosen, values=filled
        )
        assert answer == {"ok": True}, answer
        (followed,) = [one for one in self._world.modals[you] if one.id == form.id]
        assert followed.hash != form.hash, "the form did not follow"

    async def open_home(self) -> None:
        await self._window.open_home(_PEOPLE[Person.YOU])
        await self._window.settle()

    async def run_shortcut(self, name: str) -> None:
        [found] = [one for one in self._world.settings.shortcuts if one.name == name]
        bot = self._world.settings.bot_user_id
        told = [one.ts for one in self._world.messages.get(_CHANNEL, []) if one.user == bot]
        where = (_CHANNEL, told[-1]) if found.kind == "message" else ("", "")
        answer = await self._window.run_shortcut(_PEOPLE[Person.YOU], found.callback_id, *where)
        assert answer == {"ok": True}, answer

    async def block(self, *, blocked: bool) -> None:
        raise AssertionError("Slack has no blocking")

    async def close(self) -> None:
        await self._window.aclose()

    def _add_people(self) -> None:
        """Dan joins the company but not the channel, and all have the same clock."""
        world = self._world
        ben, direct = world.users["U0BEN"], world.channels["D0BEN"]
        world.users["U0DAN"] = replace(ben, id="U0DAN", name="dan", real_name="Dan Roy")
        members = ("U0DAN", world.settings.bot_user_id)
        world.channels["D0DAN"] = replace(direct, id="D0DAN", members=members)
        for user in world.users.values():
            world.users[user.id] = replace(user, tz="Etc/UTC")


def _seen_in_slack(message: Message) -> Seen:
    return Seen(
        id=f"{message.channel}:{message.ts}",
        order=float(message.ts),
        lines=_lines(message.blocks) or readable(message.text),
        buttons=_buttons(message.blocks, message.channel, message.ts),
        card=any(block["type"] == "header" for block in message.blocks),
        channel=message.channel == _CHANNEL and not message.ephemeral_to,
    )


def _seen_at_home(view: View) -> Seen:
    """The home tab is beside all messages, so it counts as the oldest."""
    blocks = view.body["blocks"]
    return Seen(_HOME, 0.0, _lines(blocks), _buttons(blocks, _HOME, view.id))


def _buttons(blocks: Blocks, *place: str) -> tuple[Button, ...]:
    return tuple(
        Button(
            label_of(element["text"]["text"]),
            (*place, block["block_id"], element["action_id"]),
            element.get("value", ""),
            element.get("url", ""),
        )
        for block, element in interactive(blocks)
    )


def _lines(blocks: Blocks) -> tuple[str, ...]:
    return tuple(line for block in blocks for line in _block_lines(block))


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

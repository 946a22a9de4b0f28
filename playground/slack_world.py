"""The state of the emulated Slack and how it changes; it checks no request and sends none."""

import json
import os
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playground.slack_records import (
    Blocks,
    Channel,
    Command,
    Fault,
    FaultKind,
    Json,
    Message,
    SlackError,
    SlackSettings,
    Team,
    Trigger,
    User,
    View,
)

_TRIGGER_SECONDS = 3
_MAX_MESSAGES = 500
_MAX_EARLIER = 5
_MAX_JOURNAL = 400
_MICROS = 1_000_000


def utc_now() -> datetime:
    return datetime.now(UTC)


def random_id(prefix: str) -> str:
    """A fresh id as Slack's look: the prefix (C, D, V, …), then ten capitals and digits."""
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    return prefix + "".join(secrets.choice(alphabet) for _ in range(10))


@dataclass(slots=True)
class SlackWorld:
    """One workspace with one app. `path` keeps a snapshot, written at every change."""

    settings: SlackSettings
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[str], str] = random_id
    path: Path | None = None
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    messages: dict[str, list[Message]] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    journal: deque[Json] = field(default_factory=lambda: deque(maxlen=_MAX_JOURNAL))
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _triggers: dict[str, Trigger] = field(default_factory=dict)
    _earlier: dict[tuple[str, str], list[Blocks]] = field(default_factory=dict)
    _last_micros: int = 0

    # -- messages

    def next_ts(self) -> str:
        """A message time `seconds.micros`, later than every one before it."""
        micros = int(self.now().timestamp() * _MICROS)
        self._last_micros = max(micros, self._last_micros + 1)
        return f"{self._last_micros // _MICROS}.{self._last_micros % _MICROS:06d}"

    def add_message(self, message: Message) -> Message:
        kept = self.messages.setdefault(message.channel, [])
        kept.append(message)
        del kept[:-_MAX_MESSAGES]
        self.changed()
        return message

    def message(self, channel_id: str, ts: str) -> Message:
        """The message, ephemeral ones too; SlackError message_not_found."""
        for message in reversed(self.messages.get(channel_id, [])):
            if message.ts == ts:
                return message
        raise SlackError("message_not_found")

    def replace_message(self, new: Message) -> Message:
        """Put an edited message in the place of the old one, remembering the old one's blocks."""
        kept = self.messages[new.channel]
        place = next(i for i, message in enumerate(kept) if message.ts == new.ts)
        earlier = self._earlier.setdefault((new.channel, new.ts), [])
        earlier.insert(0, kept[place].blocks)
        del earlier[_MAX_EARLIER:]
        kept[place] = replace(new, revision=kept[place].revision + 1)
        self.changed()
        return kept[place]

    def earlier_blocks(self, message: Message) -> list[Blocks]:
        """The blocks of a message now and before its last edits, newest first."""
        return [message.blocks, *self._earlier.get((message.channel, message.ts), [])]

    def remove_message(self, channel_id: str, ts: str) -> None:
        kept = self.messages.get(channel_id, [])
        self.messages[channel_id] = [message for message in kept if message.ts != ts]
        self.changed()

    def open_im(self, user_id: str) -> Channel:
        """The direct message of this person and the bot, made when there is none yet."""
        if user_id not in self.users or self.users[user_id].is_bot:
            raise SlackError("user_not_found")
        for channel in self.channels.values():
            if channel.is_im and user_id in channel.members:
                return channel
        members = (user_id, self.settings.bot_user_id)
        channel = Channel(self.new_id("D"), "directmessage", members, is_im=True)
        self.channels[channel.id] = channel
        self.changed()
        return channel

    # -- views

    def views(self) -> list[View]:
        return [*self.homes.values(), *(view for stack in self.modals.values() for view in stack)]

    def replace_view(self, new: View) -> View:
        """Put a view in the place of the one with its id, under a new hash."""
        new = replace(new, hash=self._hash())
        self._put_view(new)
        self.changed()
        return new

    def keep_values(self, view: View, values: Json) -> View:
        """Remember what a person has filled in; the bot's hash for this view stays good."""
        filled = replace(view, values=values)
        self._put_view(filled)
        return filled

    def _put_view(self, new: View) -> None:
        for user_id, stack in self.modals.items():
            self.modals[user_id] = [new if view.id == new.id else view for view in stack]
        if new.user in self.homes and self.homes[new.user].id == new.id:
            self.homes[new.user] = new

    def new_view(self, user_id: str, body: Json, below: View | None = None) -> View:
        view_id = self.new_id("V")
        root_id, previous_id = (below.root_id, below.id) if below else (view_id, "")
        return View(view_id, user_id, body, self._hash(), root_id, previous_id)

    def _hash(self) -> str:
        return f"{self.next_ts().split('.')[0]}.{self.new_id('h')}"

    # -- triggers and faults

    def issue_trigger(self, user_id: str, view_id: str = "") -> str:
        now = self.now()
        limit = now - timedelta(seconds=60)
        self._triggers = {k: t for k, t in self._triggers.items() if t.expires_at > limit}
        trigger_id = f"{self.next_ts()}.{self.new_id('t')}"
        expires_at = now + timedelta(seconds=_TRIGGER_SECONDS)
        self._triggers[trigger_id] = Trigger(trigger_id, user_id, expires_at, view_id)
        return trigger_id

    def take_trigger(self, trigger_id: str) -> Trigger:
        """Use a trigger up; SlackError invalid_, expired_ or exchanged_trigger_id."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.user == "":
            raise SlackError("exchanged_trigger_id")
        if self.now() >= trigger.expires_at:
            raise SlackError("expired_trigger_id")
        self._triggers[trigger_id] = replace(trigger, user="")
        return trigger

    def fail_next(
        self, method: str, kind: FaultKind, times: int = 1, retry_after_seconds: int = 1
    ) -> None:
        """Make the next `times` calls of a Web API method fail; `*` is any method."""
        self.faults.extend(Fault(method, kind, retry_after_seconds) for _ in range(times))

    def take_fault(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.method in (method, "*"):
                self.faults.remove(fault)
                return fault
        return None

    # -- change, snapshot, restore

    def changed(self) -> None:
        """Keep the snapshot and tell the pages."""
        if self.path is not None:
            _write(self.path, self.snapshot())
        for listener in self.listeners:
            listener()

    def snapshot(self) -> Json:
        """What outlives a restart: people, channels, real messages and App Homes."""
        lasting = [m for kept in self.messages.values() for m in kept if not m.ephemeral_to]
        return {
            "teams": [asdict(team) for team in self.teams.values()],
            "users": [asdict(user) for user in self.users.values()],
            "channels": [asdict(channel) for channel in self.channels.values()],
            "messages": [asdict(message) for message in lasting],
            "homes": [asdict(view) for view in self.homes.values()],
            "last_micros": self._last_micros,
        }

    def restore(self, data: Json) -> None:
        self.teams = {row["id"]: Team(**row) for row in data["teams"]}
        self.users = {row["id"]: User(**row) for row in data["users"]}
        self.channels = {row["id"]: _channel(row) for row in data["channels"]}
        self.messages = {}
        for row in data["messages"]:
            self.messages.setdefault(row["channel"], []).append(Message(**row))
        self.homes = {row["user"]: View(**row) for row in data["homes"]}
        self._last_micros = int(data["last_micros"])


def _channel(row: dict[str, Any]) -> Channel:
    return Channel(**{**row, "members": tuple(row["members"])})


def _write(path: Path, data: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".new")
    scratch.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    os.replace(scratch, path)

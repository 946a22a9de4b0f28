"""The state of the emulated Slack and how it changes; it checks no request and sends none."""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from playground.kit.chat_faults import ChatFaults
from playground.slack.world.records import (
    Blocks,
    Channel,
    Command,
    Fault,
    FaultKind,
    Installation,
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
    """Workspaces with one app.

    `announcers` are called with what the app is to hear of its own life: installation, event.
    """

    settings: SlackSettings
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[str], str] = random_id
    teams: dict[str, Team] = field(default_factory=dict)
    apps: dict[str, Installation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    messages: dict[str, list[Message]] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    chat_faults: ChatFaults = field(default_factory=lambda: ChatFaults(("chat.", "views.")))
    journal: deque[Json] = field(default_factory=lambda: deque(maxlen=_MAX_JOURNAL))
    listeners: list[Callable[[], None]] = field(default_factory=list)
    announcers: list[Callable[[Installation, Json], None]] = field(default_factory=list)
    journal_listeners: list[Callable[[], None]] = field(default_factory=list)
    dead_tokens: dict[str, str] = field(default_factory=dict)
    last_micros: int = 0
    _triggers: dict[str, Trigger] = field(default_factory=dict)
    _earlier: dict[tuple[str, str], list[Blocks]] = field(default_factory=dict)

    # -- installations, by team id or, for a whole organisation, by enterprise id

    def home(self) -> Installation:
        """The app in the settings' own workspace; SlackError app_not_found."""
        return self.app_of(self.settings.bot_user_id)

    def app_of(self, bot_user_id: str) -> Installation:
        """The installation whose bot this is; SlackError app_not_found."""
        for app in self.apps.values():
            if app.bot_user_id == bot_user_id:
                return app
        raise SlackError("app_not_found")

    def app_for(self, team_id: str) -> Installation | None:
        """The installation that serves a workspace, its own before its organisation's."""
        team = self.teams.get(team_id)
        return self.apps.get(team_id) or self.apps.get(team.enterprise_id if team else "")

    def serves(self, app: Installation, team_id: str) -> bool:
        """Whether a workspace is one of those in which this is installed."""
        if app.team_id:
            return app.team_id == team_id
        team = self.teams.get(team_id)
        return team is not None and team.enterprise_id == app.enterprise_id

    # -- messages

    def next_ts(self) -> str:
        """A message time `seconds.micros`, later than every one before it."""
        micros = int(self.now().timestamp() * _MICROS)
        self.last_micros = max(micros, self.last_micros + 1)
        return f"{self.last_micros // _MICROS}.{self.last_micros % _MICROS:06d}"

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

    def replies(self, message: Message) -> list[Message]:
        """What everybody sees below a message, oldest first."""
        kept = self.messages.get(message.channel, [])
        return [m for m in kept if m.thread_ts == message.ts and not m.ephemeral_to]

    def thread_of(self, channel_id: str, ts: str) -> str:
        """The parent of a thread, given it or one of its replies; SlackError thread_not_found."""
        try:
            message = self.message(channel_id, ts)
        except SlackError:
            raise SlackError("thread_not_found") from None
        return message.thread_ts or message.ts

    def earlier_blocks(self, message: Message) -> list[Blocks]:
        """The blocks of a message now and before its last edits, newest first."""
        return [message.blocks, *self._earlier.get((message.channel, message.ts), [])]

    def remove_message(self, channel_id: str, ts: str) -> None:
        kept = self.messages.get(channel_id, [])
        self.messages[channel_id] = [message for message in kept if message.ts != ts]
        self.changed()

    def open_im(self, app: Installation, user_id: str) -> Channel:
        """The direct message of this person and a bot, made when there is none yet."""
        user = self.users.get(user_id)
        if user is None or user.is_bot or not (user.is_stranger or self.serves(app, user.team_id)):
            raise SlackError("user_not_found")
        for channel in self.channels.values():
            if channel.is_im and {user_id, app.bot_user_id} <= set(channel.members):
                return channel
        members = (user_id, app.bot_user_id)
        team_id = app.team_id or user.team_id
        channel = Channel(self.new_id("D"), "directmessage", members, team_id, is_im=True)
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

    def new_view(self, user_id: str, bot: str, body: Json, below: View | None = None) -> View:
        view_id = self.new_id("V")
        root_id, previous_id = (below.root_id, below.id) if below else (view_id, "")
        return View(view_id, user_id, bot, body, self._hash(), root_id, previous_id)

    def _hash(self) -> str:
        return f"{self.next_ts().split('.')[0]}.{self.new_id('h')}"

    # -- triggers and faults

    def issue_trigger(self, user_id: str, view_id: str = "", bot: str = "") -> str:
        """A trigger for the installation whose bot this is; without one, for that at home."""
        now = self.now()
        limit = now - timedelta(seconds=60)
        self._triggers = {k: t for k, t in self._triggers.items() if t.expires_at > limit}
        trigger_id = f"{self.next_ts()}.{self.new_id('t')}"
        expires_at = now + timedelta(seconds=_TRIGGER_SECONDS)
        self._triggers[trigger_id] = Trigger(
            trigger_id, user_id, bot or self.settings.bot_user_id, expires_at, view_id
        )
        return trigger_id

    def take_trigger(self, trigger_id: str, app: Installation) -> Trigger:
        """Use a trigger up; SlackError invalid_, expired_ or exchanged_trigger_id."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.bot != app.bot_user_id:
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
        """Make the next `times` calls of a Web API method fail; `*` is any method.

        `ack_ignored` is for deliveries instead: command, interaction, event, or `*`.
        """
        self.faults.extend(Fault(method, kind, retry_after_seconds) for _ in range(times))

    def take_fault(self, method: str, *, delivery: bool = False) -> Fault | None:
        """The planned fault of a Web API call, or of a delivery; it is planned no more."""
        for fault in self.faults:
            meant = (fault.kind == "ack_ignored") == delivery
            if meant and fault.method in (method, "*"):
                self.faults.remove(fault)
                return fault
        kind = None if delivery else self.chat_faults.take(method)
        return Fault(method, kind) if kind else None

    # -- change

    def announce(self, app: Installation, event: Json) -> None:
        """Have the app hear of its own life, as of its removal."""
        for announcer in self.announcers:
            announcer(app, event)

    def changed(self) -> None:
        """Tell who listens: the snapshot, the pages."""
        for listener in self.listeners:
            listener()

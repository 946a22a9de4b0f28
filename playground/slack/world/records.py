"""What the emulated Slack remembers, as plain records; no rules live here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from playground.kit.chat_faults import ChatFault

Json = dict[str, Any]
Blocks = list[Json]
FaultKind = Literal[ChatFault, "ack_ignored"]

SLACKBOT = "USLACKBOT"


class SlackError(Exception):
    """A refusal in Slack's own words: `code` as in `{"ok": false, "error": code}`.

    `messages` are its explanations, `more` what else stands in the answer.
    """

    def __init__(self, code: str, messages: tuple[str, ...] = (), **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages
        self.more = more


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A global or a message shortcut as the app's manifest declares it."""

    callback_id: str
    name: str
    description: str
    kind: Literal["global", "message"] = "global"


_SHORTCUTS = (
    Shortcut("topup_begin", "Top up a balance", "Add money to an account"),
    Shortcut("topup_about", "Top up this account", "From a low-balance alert", kind="message"),
)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """One app, as its pages at api.slack.com say it. `bot_url` receives every signed request.

    With an empty `bot_token` it is installed nowhere at first. With `socket_mode` nothing goes to
    `bot_url`. `install_url` is the bot's own page that begins an installation.
    """

    bot_url: str
    signing_secret: str = field(repr=False)
    bot_token: str = field(repr=False)
    team_id: str = "T0ACME"
    api_app_id: str = "A0TOPUP"
    bot_user_id: str = "U0TOPUP"
    app_token: str = field(default="", repr=False)
    socket_mode: bool = False
    client_id: str = "10203.40506"
    client_secret: str = field(default="", repr=False)
    install_url: str = ""
    shortcuts: tuple[Shortcut, ...] = _SHORTCUTS

    @property
    def bot_id(self) -> str:
        return bot_id_of(self.bot_user_id)


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one workspace, or in every workspace of an organisation (`team_id` is empty).

    No scopes means that none are checked: the app was there before anybody asked for some.
    """

    team_id: str
    bot_user_id: str
    bot_token: str = field(repr=False)
    scopes: tuple[str, ...] = ()
    installed_by: str = ""
    enterprise_id: str = ""

    @property
    def bot_id(self) -> str:
        return bot_id_of(self.bot_user_id)

    @property
    def is_enterprise_install(self) -> bool:
        return not self.team_id


def bot_id_of(bot_user_id: str) -> str:
    """Slack's other name of a bot user, as in a message's `bot_id`."""
    return "B" + bot_user_id[1:]


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace, in an organisation when it has an enterprise; outside ones have no window."""

    id: str
    name: str
    domain: str
    enterprise_id: str = ""
    enterprise_name: str = ""
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """A person or the bot. A stranger belongs to another company (Slack Connect)."""

    id: str
    team_id: str
    name: str
    real_name: str
    initials: str
    colour: str
    tz: str = "Etc/UTC"
    locale: str = "en-US"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A public channel (C…), or a direct message between one person and the bot (D…).

    `connected` are the other companies that see it too (Slack Connect).
    """

    id: str
    name: str
    members: tuple[str, ...]
    team_id: str
    is_im: bool = False
    connected: tuple[str, ...] = ()
    topic: str = ""

    @property
    def is_ext_shared(self) -> bool:
        return bool(self.connected)


@dataclass(frozen=True, slots=True)
class Message:
    """`ts` names a message within its channel; `revision` counts the edits, for the page only.

    A reply's `thread_ts` is its parent's `ts`; a broadcast reply is shown in the channel too.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: Blocks = field(default_factory=list)
    thread_ts: str = ""
    broadcast: bool = False
    edited_ts: str = ""
    ephemeral_to: str = ""
    metadata: Json | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """A modal or an App Home as a person has it before them; `body` is what the bot sent."""

    id: str
    user: str
    bot: str
    body: Json
    hash: str
    root_id: str
    previous_id: str = ""
    values: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as the app's manifest declares it, slash included."""

    name: str
    usage_hint: str
    description: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """The right of one installation to open one modal for one person, for three seconds."""

    id: str
    user: str
    bot: str
    expires_at: datetime
    view_id: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next call of `method`, or the next delivery of that kind (`*`: any)."""

    method: str
    kind: FaultKind
    retry_after_seconds: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered; `error` is empty for success, else the word Slack shows for it."""

    status: int | None = None
    content_type: str = ""
    body: str = ""
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

"""What the emulated Slack remembers, as plain records; no rules live here."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
Blocks = list[Json]
FaultKind = Literal["rate_limited", "server_error", "reply_lost"]

SLACKBOT = "USLACKBOT"


class SlackError(Exception):
    """A refusal in Slack's own words: `code` as in `{"ok": false, "error": code}`."""

    def __init__(self, code: str, messages: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """One installed app. `bot_url` is the whole address that receives every Slack request."""

    bot_url: str
    signing_secret: str = field(repr=False)
    bot_token: str = field(repr=False)
    team_id: str = "T0ACME"
    api_app_id: str = "A0TOPUP"
    bot_user_id: str = "U0TOPUP"

    @property
    def bot_id(self) -> str:
        return "B" + self.bot_user_id[1:]


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str
    domain: str


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
    is_stranger: bool = False
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A public channel (C…), or a direct message between one person and the bot (D…)."""

    id: str
    name: str
    members: tuple[str, ...]
    is_im: bool = False
    is_ext_shared: bool = False
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """`ts` names a message within its channel; `revision` counts the edits, for the page only."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: Blocks = field(default_factory=list)
    thread_ts: str = ""
    edited_ts: str = ""
    ephemeral_to: str = ""
    metadata: Json | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """A modal or an App Home as a person has it before them; `body` is what the bot sent."""

    id: str
    user: str
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
    """The right to open one modal for one person, for three seconds."""

    id: str
    user: str
    expires_at: datetime
    view_id: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next call of `method` (`*` is any)."""

    method: str
    kind: FaultKind
    retry_after_seconds: int = 1

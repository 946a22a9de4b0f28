"""What Slack has, for use cases. Every command reads it, so it loads no library."""

from __future__ import annotations

import re

from conversations.protocol.events import ConversationKey
from conversations.protocol.installations import BETWEEN
from service.common.errors import OperatorError
from service.ports.chats import ChatTraits, LinkOption
from service.ports.records import LinkKind

PLATFORM = "slack"
EVENTS_PATH = "/slack/events"
_TEAM_FLAG = "--slack-team"
# A workspace, perhaps behind the organisation that installed the bot as a whole.
_WORKSPACE = rf"(?:E[A-Z0-9]+{re.escape(BETWEEN)})?T[A-Z0-9]+"
_TEAM = re.compile(_WORKSPACE)
_CHANNEL = re.compile(rf"(?P<team>{_WORKSPACE})/(?P<channel>[CG][A-Z0-9]+)")
_ORGANISATION = re.compile(r"E[A-Z0-9]+")


def _option_for(key: ConversationKey) -> str:
    return f"{_TEAM_FLAG} {key.tenant}"


def _team(typed: str) -> tuple[str, str]:
    if _ORGANISATION.fullmatch(typed):
        raise OperatorError(
            f"{typed}: an organisation is linked workspace by workspace, such as "
            f"{typed}{BETWEEN}T0A. The bot tells strangers theirs."
        )
    if not _TEAM.fullmatch(typed):
        raise OperatorError(
            f"{typed}: a Slack team is an id such as T0A. The bot tells strangers theirs."
        )
    return typed, typed


def _channel(typed: str) -> tuple[str, str]:
    found = _CHANNEL.fullmatch(typed)
    if found is None:
        raise OperatorError(
            f"{typed}: a Slack channel is written as team/channel, such as T0A/C0B."
        )
    return found["team"], found["channel"]


TRAITS = ChatTraits(
    PLATFORM,
    threads=True,
    person_example="T1/U1",
    webhook_path=EVENTS_PATH,
    link_options=(
        LinkOption(_TEAM_FLAG, LinkKind.TEAM, "Everybody of this workspace: T…", _team),
        LinkOption(
            "--slack-channel", LinkKind.CHANNEL, "Alerts, and its members: T…/C…", _channel
        ),
    ),
    option_for=_option_for,
)

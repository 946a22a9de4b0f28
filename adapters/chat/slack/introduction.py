"""Asks Slack once, at the start, whose token ours is, and logs the answer."""

from __future__ import annotations

import logging

from adapters.chat.slack.errors import SlackRefused
from adapters.chat.slack.web import SlackWeb
from conversations.protocol.ports import ChatError

_log = logging.getLogger(__name__)


async def log_identity(web: SlackWeb) -> None:
    """One line: who we are in which workspace, that the token is refused, or that nobody answers.

    Whatever it is, the bot goes on: a token may be let in again, and other chats are served.
    """
    try:
        me = await web.whoami()
    except SlackRefused as refused:
        _log.error(
            "Slack refuses SLACK_BOT_TOKEN (%s): take the Bot User OAuth Token of the page "
            '"OAuth & Permissions", after the app is installed.',
            refused.code,
        )
    except ChatError as error:
        _log.warning("Slack was not reached at the start, and is tried again: %s", error)
    else:
        _log.info("Slack: the bot is %a of the workspace %a (%s).", me.name, me.team, me.tenant)

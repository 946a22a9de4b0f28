"""Whom an operator links to an account, as they type it and as the bot prints it for them.

An id that no platform writes so would be stored and let nobody in, ever: it is refused.
"""

from __future__ import annotations

import re

from conversations.protocol.events import ConversationKey
from conversations.protocol.installations import BETWEEN
from service.common.refused import Refused
from service.ports.store import Link, LinkKind, Tx

# A workspace, perhaps behind the organisation that installed the bot as a whole.
_WORKSPACE = rf"(?:E[A-Z0-9]+{re.escape(BETWEEN)})?T[A-Z0-9]+"
_TEAM = re.compile(_WORKSPACE)
_CHANNEL = re.compile(rf"(?P<team>{_WORKSPACE})/(?P<channel>[CG][A-Z0-9]+)")
_ORGANISATION = re.compile(r"E[A-Z0-9]+")
# Telegram's numbers have at most 52 bits. https://core.telegram.org/bots/api#user
_NUMBER = "[1-9][0-9]{0,15}"
_PERSON = re.compile(_NUMBER)
_PHONE = re.compile(r"[+0][0-9 ()/.-]+")
# A group, and perhaps the topic in it that reads the alerts.
_GROUP = re.compile(rf"-{_NUMBER}(?:/[1-9][0-9]{{0,9}})?")
# What copied text has in the place of a minus.
_MINUSES = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{NON-BREAKING HYPHEN}", "-"))


def link_of(account: str, platform: str, kind: LinkKind, who: str) -> Link:
    """A link from an operator's words: a channel is `T…/C…`, a group `-100…`. Raises Refused."""
    typed = who.strip()
    match kind:
        case LinkKind.CHANNEL if platform == "telegram":
            return Link(account, platform, "", kind, _group(typed))
        case LinkKind.CHANNEL:
            found = _CHANNEL.fullmatch(typed)
            if found is None:
                raise Refused(
                    f"{who}: a Slack channel is written as team/channel, such as T0A/C0B."
                )
            return Link(account, platform, found["team"], kind, found["channel"])
        case LinkKind.TEAM:
            team = _team(typed)
            return Link(account, platform, team, kind, team)
        case LinkKind.PERSON if platform == "console":
            return Link(account, platform, "", kind, typed)
        case LinkKind.PERSON:
            return Link(account, platform, "", kind, _person(typed))


def stored_link(tx: Tx, account: str, platform: str, kind: LinkKind, who: str) -> Link:
    """A link that exists, however it is spelled, such as one of an earlier version's.

    Raises Refused.
    """
    for link in tx.accounts.links(account):
        if (link.platform, link.kind) == (platform, kind) and who in (
            link.external_id,
            named(link),
        ):
            return link
    return link_of(account, platform, kind, who)


def named(link: Link) -> str:
    """Who is linked, as it is typed: a Slack channel with its team."""
    team = f"{link.tenant}/" if link.tenant and link.kind is LinkKind.CHANNEL else ""
    return f"{team}{link.external_id}"


def spelled(link: Link) -> str:
    """A link in words: platform, kind and who it is, as it is typed."""
    return f"{link.platform} {link.kind} {named(link)}"


def link_command(key: ConversationKey) -> str:
    """What an operator types to let this person in."""
    match key.platform:
        case "slack":
            return f"topup-bot accounts link ACCOUNT --slack-team {key.tenant}"
        case "telegram" if key.chat.startswith("-"):
            return f"topup-bot accounts link ACCOUNT --telegram-group {key.chat}"
        case _:
            return f"topup-bot accounts link ACCOUNT --{key.platform}-person {key.person}"


def _group(typed: str) -> str:
    group = typed.translate(_MINUSES)
    if not _GROUP.fullmatch(group):
        raise Refused(
            f"{typed}: a Telegram group is a number below zero, such as -1001234567890, and a "
            "topic in it -1001234567890/7. /help there tells it."
        )
    return group


def _team(typed: str) -> str:
    if _ORGANISATION.fullmatch(typed):
        raise Refused(
            f"{typed}: an organisation is linked workspace by workspace, such as "
            f"{typed}{BETWEEN}T0A. The bot tells strangers theirs."
        )
    if not _TEAM.fullmatch(typed):
        raise Refused(
            f"{typed}: a Slack team is an id such as T0A. The bot tells strangers theirs."
        )
    return typed


def _person(typed: str) -> str:
    if _PHONE.fullmatch(typed):
        raise Refused(
            f"{typed}: this looks like a phone number. A Telegram person has a number of their "
            "own, such as 123456789. The bot tells strangers theirs."
        )
    if not _PERSON.fullmatch(typed):
        raise Refused(
            f"{typed}: a Telegram person is a number such as 123456789. The bot tells strangers "
            "theirs."
        )
    return typed

"""Reads and writes account links in an operator's words."""

from __future__ import annotations

from conversations.protocol.events import ConversationKey
from service.common.errors import OperatorError
from service.ports.chats import ChatTraits
from service.ports.store import Link, LinkKind, Tx


def parse_link(account: str, traits: ChatTraits, kind: LinkKind, who: str) -> Link:
    """A link from an operator's words, written as the platform does. Raises OperatorError."""
    for option in traits.link_options:
        if option.kind is kind:
            tenant, external_id = option.parse(who.strip())
            return Link(account, traits.platform, tenant, kind, external_id)
    raise OperatorError(f"{who}: on {traits.platform} no {kind} is linked.")


def stored_link(tx: Tx, account: str, traits: ChatTraits, kind: LinkKind, who: str) -> Link:
    """A link that exists, however it is spelled, such as one of an earlier version's.

    Raises OperatorError.
    """
    for link in tx.accounts.links(account):
        if (link.platform, link.kind) == (traits.platform, kind) and who in (
            link.external_id,
            linked_name(link),
        ):
            return link
    return parse_link(account, traits, kind, who)


def linked_name(link: Link) -> str:
    """Who is linked, as it is typed: a channel with the team that it needs to be found."""
    team = f"{link.tenant}/" if link.tenant and link.kind is LinkKind.CHANNEL else ""
    return f"{team}{link.external_id}"


def describe_link(link: Link) -> str:
    """A link in words: platform, kind and who it is, as it is typed."""
    return f"{link.platform} {link.kind} {linked_name(link)}"


def link_command(key: ConversationKey, traits: ChatTraits) -> str:
    """What an operator types to let this person in, on a platform of these traits."""
    return f"topup-bot accounts link ACCOUNT {traits.option_for(key)}"

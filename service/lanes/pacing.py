"""Keeps the rate limits of chat platforms, for all bots on one database together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from conversations.protocol.pacing import OWN, Bucket, Pace, close_bucket, reserve_slot
from conversations.protocol.places import Chat, read_chat, without_thread, write_place
from service.ports.store import Tx

_SEPARATOR = "|"


def reserve_send(tx: Tx, chat: Chat, paces: Sequence[Pace], now: datetime) -> datetime | None:
    """None: a message may go out in the chat now, and is counted. Else when to ask again."""
    names = {of: _name(chat, of) for of in (OWN, *(pace.of for pace in paces))}
    kept = tx.buckets.lock(names.values(), now)
    at, changed = reserve_slot({of: kept[name] for of, name in names.items()}, paces, now)
    for of, bucket in changed.items():
        tx.buckets.save(names[of], bucket)
    if kept[names[OWN]] == Bucket():
        # As often as a chat is new, so that there are never many to forget.
        tx.buckets.forget_idle(now)
    return at if at > now else None


def apply_platform_wait(
    tx: Tx, chat: Chat, paces: Sequence[Pace], told: tuple[str, timedelta], now: datetime
) -> None:
    """The platform told us to wait, for the limit that it named or for this chat alone.

    When it makes a second chat wait while a first one waits, it means all of them.
    """
    limit, wait = told
    name = _name(chat, limit)
    names = {name}
    beginning = write_own_prefix(chat.platform, chat.tenant)
    if limit == OWN and tx.buckets.is_another_closed(name, beginning, now):
        names |= {_name(chat, pace.of) for pace in paces}
    for name, bucket in tx.buckets.lock(names, now).items():
        tx.buckets.save(name, close_bucket(bucket, now + wait))


def write_own_prefix(platform: str, tenant: str) -> str:
    """What the names of the buckets begin with that one token's chats have of their own."""
    return _SEPARATOR.join((platform, tenant, OWN, ""))


def read_own_name(name: str) -> Chat | None:
    """The chat that a bucket is of; None for a limit of a token."""
    match name.split(_SEPARATOR, 3):
        case [platform, tenant, of, own] if of == OWN and own:
            return read_chat(platform, tenant, own)
        case _:
            return None


def _name(chat: Chat, of: str) -> str:
    """What a thread shows counts for its chat, and a limit of the token for no chat alone."""
    if of == OWN:
        own = write_place(without_thread(chat.place))
        return f"{write_own_prefix(chat.platform, chat.tenant)}{own}"
    return _SEPARATOR.join((chat.platform, chat.tenant, of, ""))

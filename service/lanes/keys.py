"""Names of pending work: the kinds of lanes, and how the key of each is written and read.

Kinds and keys are stored: work under a name that nobody makes any more is never found again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from conversations.protocol.events import ConversationKey
from conversations.protocol.places import Chat, read_chat

# The keys of the two kinds that have one lane each.
AUDIT_TRAIL, ALL_ROWS = "audit", "all"
_BETWEEN_KIND_AND_PLATFORM = ":"
_BETWEEN_NAMES = ":"
_BETWEEN = "|"


class LaneKind(StrEnum):
    """What is done in a lane. A key is the id of a top-up or a refund, or is written below."""

    TURNS = "turns"
    # Never alone: each platform has a kind of its own, which `show_kind` writes.
    SHOW = "show"
    PAYMENTS = "payments"
    RECONCILE = "reconcile"
    EXPIRE = "expire"
    HAND_OVER = "hand_over"
    POLL = "poll"
    REFUND = "refund"
    HOME = "home"
    RECOVER = "recover"
    SEAL = "seal"
    RETAIN = "retain"


SHOW_PREFIX = f"{LaneKind.SHOW}{_BETWEEN_KIND_AND_PLATFORM}"


def show_kind(platform: str) -> str:
    """The kind of the lanes in which a platform's cards are shown.

    Each has its own, so that one that does not answer holds up no other.
    """
    return f"{SHOW_PREFIX}{platform}"


def stored_kinds(kind: LaneKind, platforms: Iterable[str]) -> tuple[str, ...]:
    """A kind as lanes are stored under it, with these platforms."""
    return tuple(map(show_kind, platforms)) if kind is LaneKind.SHOW else (kind,)


def read_kind(stored: str) -> LaneKind:
    """The kind of a stored lane, whatever its platform. Raises ValueError."""
    return LaneKind.SHOW if stored.startswith(SHOW_PREFIX) else LaneKind(stored)


def write_person_key(platform: str, tenant: str, person: str) -> str:
    """The key of `turns` and `home`: one person, who is "" where nobody is named."""
    return _BETWEEN_NAMES.join((platform, tenant, person))


def read_person_key(key: str) -> ConversationKey | None:
    """Their private conversation; None for who is no person (`clock`)."""
    match key.split(_BETWEEN_NAMES):
        case [platform, tenant, person]:
            return ConversationKey(platform, tenant, person, person)
        case _:
            return None


def write_bot_key(platform: str, bot: str) -> str:
    """The key of `poll`: one bot."""
    return _BETWEEN_NAMES.join((platform, bot))


def write_chat_key(chat: Chat) -> str:
    """The key under which one chat's cards are shown, in order."""
    return _BETWEEN.join((chat.platform, chat.tenant, chat.id))


def read_chat_key(key: str) -> Chat:
    """The chat whose cards are shown, with whatever stands in its id. Raises ValueError."""
    platform, tenant, chat = key.split(_BETWEEN, 2)
    return read_chat(platform, tenant, chat)


def write_checkout_key(gateway: str, checkout_ref: str) -> str:
    """The key of `payments`: one checkout."""
    return _BETWEEN.join((gateway, checkout_ref))


def read_checkout_key(key: str) -> tuple[str, str]:
    """The gateway, and the checkout's reference there. Raises ValueError."""
    gateway, checkout_ref = key.split(_BETWEEN, 1)
    return gateway, checkout_ref


def write_recovery_key(since: datetime, done: int) -> str:
    """The key of `recover`: the time a restore went back to, and how many looks there were."""
    return _BETWEEN.join((since.isoformat(), str(done)))


def read_recovery_key(key: str) -> tuple[datetime, int]:
    """From when on, and how many looks there were. Raises ValueError."""
    since, done = key.split(_BETWEEN)
    return datetime.fromisoformat(since), int(done)

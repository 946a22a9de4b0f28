"""Who is in which group at this moment, remembered for a minute. What is not known is a no."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

from adapters.chat.telegram.errors import is_no_member, without_token
from adapters.chat.telegram.places import place_of

_REMEMBERED_SECONDS = 60.0
_REMEMBERED_MAX = 10_000
_IN = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER})

log = logging.getLogger(__name__)


class Members:
    """`ask` is getChatMember of a chat and a person, unread; `clock` counts seconds."""

    def __init__(
        self,
        ask: Callable[[str, int], Awaitable[Any]],
        clock: Callable[[], float],
        token: str,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._token = token
        self._known: dict[tuple[str, str], tuple[bool, float]] = {}

    async def shared(self, person: str, channels: frozenset[str]) -> frozenset[str]:
        """Those of these groups (or topics of groups) that the person is in."""
        if not person.isdigit():
            return frozenset()
        ordered = sorted(channels)
        found = await asyncio.gather(*(self._is_in(_group(each), person) for each in ordered))
        return frozenset(each for each, there in zip(ordered, found, strict=True) if there)

    async def _is_in(self, group: str | None, person: str) -> bool:
        if group is None:
            return False
        known = self._known.get((group, person))
        if known is not None and self._clock() < known[1]:
            return known[0]
        try:
            there = _counts(await self._ask(group, int(person)))
        except Exception as error:  # an outage, an odd answer: nobody is let in on a guess
            if not is_no_member(error):
                said = error if isinstance(error, TelegramError) else type(error).__name__
                log.warning(
                    "Telegram did not tell who is in group %s, so nobody is: %s",
                    group,
                    without_token(str(said), self._token),
                )
                return False
            there = False
        self._remember(group, person, there)
        return there

    def _remember(self, group: str, person: str, there: bool) -> None:
        if len(self._known) >= _REMEMBERED_MAX:
            self._known.clear()
        self._known[group, person] = (there, self._clock() + _REMEMBERED_SECONDS)


def _counts(member: Any) -> bool:
    """Left and banned people do not; restricted ones as long as they have not left."""
    if member["status"] == ChatMemberStatus.RESTRICTED:
        return member.get("is_member") is True
    return member["status"] in _IN


def _group(channel: str) -> str | None:
    try:
        place = place_of(channel)
    except ValueError:
        return None
    return place.chat if place.group else None

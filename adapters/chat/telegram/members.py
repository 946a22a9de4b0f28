"""Looks up who is in which group, and remembers it for a minute.

Telegram promises the answer only to bots that are administrators of the group.
https://core.telegram.org/bots/api#getchatmember
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, ChatMigrated, Forbidden

from adapters.chat.telegram.errors import chat_error, is_no_member, without_token
from adapters.chat.telegram.places import is_group, number_of, topic_of
from conversations.protocol.places import read_place
from conversations.protocol.ports import ChatError, Verdict

_REMEMBERED_SECONDS = 60.0
_REMEMBERED_MAX = 10_000
_STANDINGS = frozenset(ChatMemberStatus)
_IN = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER})


class GroupMembers:
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

    def was_in(self, person: str, channels: frozenset[str]) -> dict[str, bool]:
        """What is remembered of these groups (or topics of groups), and what needs no asking."""
        found = {each: self._recall(_group(each), person) for each in channels}
        return {each: there for each, there in found.items() if there is not None}

    async def is_in(self, person: str, channel: str) -> bool:
        """Ask Telegram. Raises ChatError: shut out where it will not say."""
        group = _group(channel)
        if group is None or not person.isdigit():
            return False
        try:
            there = _counts(await self._asked(group, int(person)))
        except (Forbidden, BadRequest) as error:
            if not is_no_member(error):
                said = without_token(str(error), self._token)
                raise ChatError(f"telegram getChatMember: {said}", Verdict.SHUT_OUT) from None
            there = False
        except ChatError:
            raise
        except Exception as error:  # an outage, or an odd answer
            raise chat_error(error, self._token) from None
        self._remember(group, person, there)
        return there

    async def _asked(self, group: str, person: int) -> Any:
        try:
            return await self._ask(group, person)
        except ChatMigrated as moved:
            # The same group under its new id, until an update or a message tells us to go there.
            return await self._ask(str(moved.new_chat_id), person)

    def _recall(self, group: str | None, person: str) -> bool | None:
        if group is None or not person.isdigit():
            return False
        there, until = self._known.get((group, person), (None, 0.0))
        return there if self._clock() < until else None

    def _remember(self, group: str, person: str, there: bool) -> None:
        if len(self._known) >= _REMEMBERED_MAX:
            self._known.clear()
        self._known[group, person] = (there, self._clock() + _REMEMBERED_SECONDS)


def _counts(member: Any) -> bool:
    """Left and banned people do not; restricted ones as long as they have not left.

    Raises ChatError for what is none of Telegram's six standings: it says nothing of anybody.
    """
    status = member["status"]
    told = member["is_member"] if status == ChatMemberStatus.RESTRICTED else status in _IN
    if status not in _STANDINGS or not isinstance(told, bool):
        raise ChatError("telegram getChatMember: an answer that says nothing of membership")
    return told


def _group(channel: str) -> str | None:
    place = read_place(channel)
    try:
        topic_of(place)
    except ValueError:
        return None
    return number_of(place) if is_group(place) else None

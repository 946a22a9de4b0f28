"""Telegram's rate limits, as it writes itself; an edit counts as a message.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this, and for edits
https://github.com/tdlib/td/issues/3034. It counts nothing.
"""

from __future__ import annotations

from datetime import timedelta

from adapters.chat.telegram.places import is_group
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Place

_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_IN_CHAT = Pace(times=1, within=_SECOND)
_IN_GROUP = Pace(times=20, within=_MINUTE)
_OVERALL = Pace("overall", 30, _SECOND)
# Ours: whatever there is to tell groups, ten messages a second are left for people who wait.
_ALL_GROUPS = Pace("groups", 20, _SECOND)
# Ours too: Telegram names no limit for questions, and they leave as much for messages.
LOOK_UPS = (Pace("getChatMember", 20, _SECOND), _OVERALL)


def paces(place: Place) -> tuple[Pace, ...]:
    """What holds for a card in this place."""
    groups = (_IN_GROUP, _ALL_GROUPS) if is_group(place) else ()
    return (_IN_CHAT, *groups, _OVERALL)

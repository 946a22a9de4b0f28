"""Slack's rate limits, as it writes itself.

https://docs.slack.dev/apis/web-api/rate-limits: each method by app and workspace; posts also by
channel, about one a second, and "several hundred" a minute in a workspace.
"""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from conversations.protocol.pacing import Pace
from conversations.protocol.places import HomeTab, Place, Thread, WholeChat

# Channels and private channels; everything else is one person's own.
CHANNELS = ("C", "G")

_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_IN_CHANNEL = Pace(times=1, within=_SECOND)
_POSTS = Pace("chat.postMessage", 200, _MINUTE)
# Tier 3, and tier 4.
_EDITS = Pace("chat.update", 50, _MINUTE)
_HOMES = Pace("views.publish", 100, _MINUTE)
# Asked about a channel every ten minutes at most, so that only Slack's own waits count.
_LOOKS = Pace("conversations.info")
# Tier 4, for the channels of a workspace together.
LOOK_UPS = (Pace("conversations.members", 100, _MINUTE),)


def paces(place: Place, *, edit: bool) -> tuple[Pace, ...]:
    """What holds for a card in this place: posted, edited, or published as a home."""
    match place:
        case HomeTab():
            return (_HOMES,)
        case WholeChat(channel) | Thread(channel):
            looks = (_LOOKS,) if channel.startswith(CHANNELS) else ()
            return (_EDITS, *looks) if edit else (_IN_CHANNEL, _POSTS, *looks)
        case _:
            assert_never(place)

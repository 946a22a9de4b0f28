"""Which fault a call of a played chat's API meets, of those switched on. It answers no call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from playground.kit.toggles import Toggles

ChatFault = Literal["outage", "rate_limited", "server_error", "reply_lost"]
CHAT_FAULTS: tuple[ChatFault, ...] = get_args(ChatFault)


@dataclass(slots=True)
class ChatFaults:
    """`writes` is how calls begin that write or edit; `asking` is the call that waits for news.

    A reply gets lost once, and only to a call that writes: a bot that never hears of its messages
    would write for ever. Nothing but an outage reaches the call that waits.
    """

    writes: tuple[str, ...]
    asking: str = ""
    toggles: Toggles = field(default_factory=Toggles)

    def take(self, method: str) -> ChatFault | None:
        """What happens to this call."""
        name = method.lower()
        if self.toggles.happens("outage"):
            return "outage"
        if name == self.asking:
            return None
        if self.toggles.happens("rate_limited"):
            return "rate_limited"
        if self.toggles.happens("server_error"):
            return "server_error"
        if name.startswith(self.writes) and self.toggles.happens_once("reply_lost"):
            return "reply_lost"
        return None

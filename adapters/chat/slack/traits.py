"""What Slack has, for use cases. It loads no library, so that every command may read it."""

from __future__ import annotations

from service.ports.chats import ChatTraits

PLATFORM = "slack"
TRAITS = ChatTraits(PLATFORM, threads=True)

"""What Telegram has, for use cases. It loads no library, so that every command may read it."""

from __future__ import annotations

from service.ports.chats import ChatTraits

PLATFORM = "telegram"
TRAITS = ChatTraits(PLATFORM, menu_commands=True, signup=True, members_told_to_admins=True)

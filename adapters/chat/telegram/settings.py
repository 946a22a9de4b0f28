"""How this bot reaches Telegram, and what Telegram lets it send; it reads no environment."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

OFFICIAL_API = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """Raises ValueError, naming the setting, for a token that cannot be one."""

    token: str = field(repr=False)
    api_base_url: str = OFFICIAL_API
    public_url: str = ""

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise ValueError(
                "TELEGRAM_BOT_TOKEN does not look like a token: BotFather's are 123456:ABC-DEF."
            )

    @property
    def bot_id(self) -> str:
        """The bot's own number, which stands before the colon of its token."""
        return self.token.partition(":")[0]

    @property
    def official(self) -> bool:
        """Whether the Bot API is Telegram's own, with all its rules."""
        return urlsplit(self.api_base_url).hostname == urlsplit(OFFICIAL_API).hostname

    @property
    def link_buttons(self) -> bool:
        """Whether buttons may open our pages: Telegram refuses any but public https links."""
        ours = urlsplit(self.public_url)
        return not self.official or (ours.scheme == "https" and "." in (ours.hostname or ""))

"""How this bot reaches Telegram, and what Telegram lets it send."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from adapters.chat.telegram.traits import WEBHOOK_PATH

OFFICIAL_API = "https://api.telegram.org"
# Names that mean something on one machine or in one network only.
_AT_HOME = (".localhost", ".local", ".internal")
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
# https://core.telegram.org/bots/api#setwebhook
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """Updates come by webhook where there is a `webhook_secret`, else by polling.

    What is not `paced` is sent as fast as it comes: a played Telegram has no limits.

    Raises ValueError, naming the setting, for a token or a secret that cannot be one.
    """

    token: str = field(repr=False)
    api_base_url: str = OFFICIAL_API
    public_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    paced: bool = True

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise ValueError(
                "TELEGRAM_BOT_TOKEN does not look like a token: BotFather's are 123456:ABC-DEF."
            )
        if self.webhook_secret and not _SECRET.fullmatch(self.webhook_secret):
            raise ValueError("TELEGRAM_WEBHOOK_SECRET has 1 to 256 of A-Z, a-z, 0-9, _ and -.")

    @property
    def bot_id(self) -> str:
        """The bot's own number, which stands before the colon of its token."""
        return self.token.partition(":")[0]

    @property
    def webhook_url(self) -> str:
        """Where Telegram posts updates to, if it does."""
        return self.public_url.rstrip("/") + WEBHOOK_PATH

    @property
    def link_buttons(self) -> bool:
        """Whether buttons may open our pages: Telegram refuses any but public https links.

        Whoever's Bot API server it is that passes them on; a played Telegram alone takes all.
        """
        return not self.paced or is_public_https(self.public_url)


def is_public_https(url: str) -> bool:
    """Whether a link leads to a host that others can reach, by https."""
    link = urlsplit(url)
    host = link.hostname or ""
    if link.scheme != "https" or "." not in host or host.endswith(_AT_HOME):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return True

"""What every group of settings shares: where they are read, how one is refused, addresses."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from bot.clock import on_this_machine

NO_SECRET = SecretStr("")
# Blanks around a value are a slip of the editor: a token with a newline at its end opens nothing.
SOURCE = SettingsConfigDict(
    env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
)


class Misconfigured(Exception):
    """A setting is missing or wrong; the message names it and says what would be right."""


def read_url(name: str, value: str) -> str:
    """The address without its trailing slash. Raises Misconfigured."""
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and parts.netloc and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise Misconfigured(f"{name} is no address such as https://pay.example.com.")
    return value.rstrip("/")


def check_local(name: str, url: str) -> str:
    """The address of something in a playground. Raises Misconfigured where it is elsewhere."""
    if not on_this_machine(read_url(name, url)):
        raise Misconfigured(f"{name} is only for the playground, but is not on this machine.")
    return url

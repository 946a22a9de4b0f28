"""What every group of settings shares: where they are read, how one is refused, addresses."""

from __future__ import annotations

import math
import re
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from billing.origins import origin_of
from service.common.clock import is_local_address

ENV_FILE = ".env"
NO_SECRET = SecretStr("")
# Blanks around a value are a slip of the editor: a token with a newline at its end opens nothing.
SOURCE = SettingsConfigDict(
    env_file=ENV_FILE,
    env_file_encoding="utf-8-sig",
    extra="ignore",
    frozen=True,
    str_strip_whitespace=True,
    coerce_numbers_to_str=True,
)


HOST_MAX = 253
_NOT_IN_URL = re.compile(r"[<>\"^`{}|]")


class Misconfigured(Exception):
    """A setting is missing or wrong; the message names it and says what would be right."""


def read_url(name: str, value: str) -> str:
    """The address without its trailing slash. Raises Misconfigured."""
    try:
        origin_of(value)
        parts = urlsplit(value)
        plain = not (parts.query or parts.fragment or _NOT_IN_URL.search(value))
        whole = plain and parts.port != 0 and len(parts.hostname or "") <= HOST_MAX
    except ValueError:
        whole = False
    if not whole:
        raise Misconfigured(f"{name} is no address such as https://pay.example.com.")
    return value.rstrip("/")


def check_token(name: str, secret: SecretStr) -> str:
    """The secret's text, which goes into headers. Raises Misconfigured."""
    text = secret.get_secret_value()
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise Misconfigured(f"{name} holds a blank or a character that no such secret has.")
    return text


def read_number(name: str, value: str, least: int, most: int) -> float:
    """A number between two others. Raises Misconfigured."""
    try:
        number = float(value) if value.isascii() else math.nan
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise Misconfigured(f"{name} is a number from {least} to {most}.")
    return number


def check_local(name: str, url: str) -> str:
    """The address of something in a playground. Raises Misconfigured where it is elsewhere."""
    if not is_local_address(read_url(name, url)):
        raise Misconfigured(f"{name} is only for the playground, but is not on this machine.")
    return url

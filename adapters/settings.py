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


HOST_MAX, LABEL_MAX = 253, 63
# An empty query or fragment, which a parser drops, would swallow the path of each link.
_NOT_IN_URL = re.compile(r"[<>\"^`{}|?#*]")
_IN_TOKEN = re.compile(r"[A-Za-z0-9._-]*")
# As `docker --env-file` and others hand them over, and as examples have them.
_QUOTED = re.compile(r"(['\"]).*\1", re.DOTALL)
_PLACEHOLDER = re.compile(r"<[^<>]*>|\$\w+|\$\{[^{}]*\}")


class Misconfigured(Exception):
    """A setting is missing or wrong; the message names it and says what would be right."""


def read_url(name: str, value: str) -> str:
    """The address without its trailing slash. Raises Misconfigured."""
    try:
        origin_of(value)
        parts = urlsplit(value)
        plain = not (_NOT_IN_URL.search(value) or parts.netloc.endswith(":"))
        whole = plain and parts.port != 0 and is_host_name(parts.hostname or "")
    except ValueError:
        whole = False
    if not whole:
        raise Misconfigured(f"{name} is no address such as https://pay.example.com.")
    return value.rstrip("/")


def is_host_name(host: str) -> bool:
    """Whether it is as long as a host's name may be, and has no part that is empty."""
    parts = host.split(".")
    return len(host) <= HOST_MAX and all(0 < len(part) <= LABEL_MAX for part in parts)


def check_no_slip(name: str, value: str) -> None:
    """Quotes around the value, or a placeholder in its stead. Raises Misconfigured."""
    if _QUOTED.fullmatch(value):
        raise Misconfigured(f"{name} has quotes around it. Leave them out.")
    if _PLACEHOLDER.fullmatch(value):
        raise Misconfigured(f"{name} holds a placeholder. Put the value itself there.")


def check_token(name: str, secret: SecretStr) -> str:
    """The secret's text, which goes into headers. Raises Misconfigured."""
    text = secret.get_secret_value()
    if not _IN_TOKEN.fullmatch(text):
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

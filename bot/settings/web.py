"""Where the bot listens, where browsers find it, and who may read its metrics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from adapters.settings import NO_SECRET, SOURCE, Misconfigured, is_host_name, read_url

METRICS_TOKEN_MIN = 16
PORT_USUAL, PORT_MAX = 8080, 65_535
_PORT_WRONG = f"PORT is a whole number from 0 to {PORT_MAX}."
_PORT_DIGITS = 5
_NEAR = "http://127.0.0.1"
_HOST = re.compile(r"[A-Za-z0-9._-]+")


class WebVariables(BaseSettings):
    """The web settings as text."""

    model_config = SOURCE

    public_url: str = ""
    host: str = "127.0.0.1"
    port: str = str(PORT_USUAL)
    metrics_token: SecretStr = NO_SECRET


@dataclass(frozen=True, slots=True)
class Web:
    """What the web server needs. `public_url` has no trailing slash."""

    public_url: str
    host: str
    port: int
    metrics_token: SecretStr = NO_SECRET


def read_web(found: WebVariables) -> Web:
    """The web settings, checked. Raises Misconfigured."""
    port = _read_port(found.port)
    return Web(
        # Port 0 is any free one, which nobody knows before the bot listens.
        public_url=read_url("PUBLIC_URL", found.public_url or f"{_NEAR}:{port or PORT_USUAL}"),
        host=_read_host(found.host),
        port=port,
        metrics_token=_check_metrics_token(found.metrics_token),
    )


def _read_port(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) <= _PORT_DIGITS):
        raise Misconfigured(_PORT_WRONG)
    port = int(value)
    if port > PORT_MAX:
        raise Misconfigured(_PORT_WRONG)
    return port


def _read_host(value: str) -> str:
    """The address to listen at. A blank one would mean all of them."""
    if not value:
        raise Misconfigured("HOST is empty: 127.0.0.1 is this machine only, 0.0.0.0 everybody.")
    named = _HOST.fullmatch(value) and is_host_name(value)
    if not (named or _is_ipv6(value)):
        raise Misconfigured("HOST is no address to listen at, such as 127.0.0.1 or 0.0.0.0.")
    return value


def _is_ipv6(value: str) -> bool:
    try:
        IPv6Address(value)
    except ValueError:
        return False
    return True


def _check_metrics_token(token: SecretStr) -> SecretStr:
    """Empty, so that nothing is served, or long enough and sendable in a header."""
    given = token.get_secret_value()
    whole = given.isascii() and given.isprintable() and " " not in given
    if given and not (whole and len(given) >= METRICS_TOKEN_MIN):
        raise Misconfigured(
            f"METRICS_TOKEN has at least {METRICS_TOKEN_MIN} characters, ASCII and no blank. "
            'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return token

"""Where the bot listens, where browsers find it, and who may read its metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from bot.settings.checks import NO_SECRET, SOURCE, Misconfigured, read_url

METRICS_TOKEN_MIN = 16


class WebEnvironment(BaseSettings):
    """The web settings as text."""

    model_config = SOURCE

    public_url: str = "http://127.0.0.1:8080"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    metrics_token: SecretStr = NO_SECRET


@dataclass(frozen=True, slots=True)
class Web:
    """What the web server needs. `public_url` has no trailing slash."""

    public_url: str
    host: str
    port: int
    metrics_token: SecretStr = NO_SECRET


def read_web(found: WebEnvironment) -> Web:
    """The web settings, checked. Raises Misconfigured."""
    return Web(
        public_url=read_url("PUBLIC_URL", found.public_url),
        host=_read_host(found.host),
        port=found.port,
        metrics_token=_check_metrics_token(found.metrics_token),
    )


def _read_host(value: str) -> str:
    """The address to listen at. A blank one would mean all of them."""
    if not value:
        raise Misconfigured("HOST is empty: 127.0.0.1 is this machine only, 0.0.0.0 everybody.")
    return value


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

"""Checks once, at the start, whether PUBLIC_URL leads to this bot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx

from adapters.outgoing import HostAllowlist, http_client
from bot.web.app import ALIVE, HEALTH_PATH

_PATIENCE_SECONDS = 10
_LOOK_SECONDS = 0.05


async def tell_where_links_lead(
    public_url: str, serves: Callable[[], bool], tell: Callable[[str], object]
) -> None:
    """Once the bot `serves`, follow its own address as browsers do, and `tell` of a dead end."""
    while not serves():  # noqa: ASYNC110 (uvicorn tells nobody when it has begun)
        await asyncio.sleep(_LOOK_SECONDS)
    wrong = await _what_is_wrong(public_url)
    if wrong is not None:
        tell(
            f"PUBLIC_URL is {public_url}, and {wrong}. Pay links lead there: unless others can "
            "reach it, nobody can pay."
        )


async def _what_is_wrong(public_url: str) -> str | None:
    """Why the address is not this bot's, as far as can be seen from here; None if it is."""
    try:
        async with http_client(HostAllowlist("PUBLIC_URL", public_url)) as client:
            answer = await client.get(f"{public_url}{HEALTH_PATH}", timeout=_PATIENCE_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return f"nobody answers there ({type(error).__name__})"
    # Whoever leads browsers on, from http to https perhaps, leads them somewhere.
    if answer.is_redirect or (answer.is_success and answer.text.strip() == ALIVE):
        return None
    return f"another program answers there (HTTP {answer.status_code})"

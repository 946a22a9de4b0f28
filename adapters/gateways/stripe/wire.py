"""Lets Stripe's library speak over our HTTP client, and translates its errors."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx
import stripe
from stripe import _util

from adapters.gateways.refusals import DENIED, is_refusal
from billing.ports import AttemptReused, GatewayError

Answer = TypeVar("Answer")
Listed = TypeVar("Listed", stripe.Refund, stripe.Dispute, stripe.checkout.Session)


_TIMEOUT_SECONDS = 20.0
_WORD = re.compile(r"[A-Za-z0-9_-]{1,200}")

# What the library logs below a warning has whole answers in it; and it would tell Stripe how
# long each call took and on what machine.
logging.getLogger("stripe").setLevel(logging.WARNING)
stripe.enable_telemetry = False
# Where the environment has STRIPE_LOG, the library prints all that past every log handler.
_util.STRIPE_LOG = None


class StripeHttpClient(stripe.HTTPClient):
    """The library's own client takes no transport, follows proxies and cannot be closed by us."""

    name = "httpx"

    def __init__(self, client: httpx.AsyncClient) -> None:
        super().__init__()
        self._client = client

    async def request_async(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: str | None = None,
    ) -> tuple[bytes, int, httpx.Headers]:
        """One request, once. The library lets httpx.HTTPError and GatewayError through."""
        response = await self._client.request(
            method,
            url,
            headers=dict(headers),
            content=post_data,
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
        )
        body = _readable(response.content, is_success=response.is_success)
        return body, response.status_code, response.headers


def _readable(body: bytes, *, is_success: bool) -> bytes:
    """The body where it has the form that the library takes for granted, else nothing.

    Raises GatewayError for a success that is JSON and yet no object: no proxy's page is that.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return b""
    match found:
        case {"error": error} if not (is_success or isinstance(error, dict)):
            return b""
        case {}:
            return body
        case _ if is_success:
            raise GatewayError("stripe: answered with no object", retry=True, unread=True)
        case _:
            return b""


def stripe_client(http: httpx.AsyncClient, api_key: str, base_url: str) -> stripe.StripeClient:
    """Stripe's client, with its retries off: only our own job knows what was asked before."""
    return stripe.StripeClient(
        api_key,
        base_addresses={"api": base_url},
        http_client=StripeHttpClient(http),
        max_network_retries=0,
    )


async def await_answer(asking: Awaitable[Answer]) -> Answer:
    """What Stripe answers. Raises GatewayError, without anything that Stripe or a proxy wrote."""
    try:
        return await asking
    except httpx.HTTPError as error:
        raise GatewayError(f"stripe: no answer ({type(error).__name__})", retry=True) from None
    except stripe.StripeError as error:
        raise _failure(error) from None


async def list_all(
    ask: Callable[[Any], Awaitable[stripe.ListObject[Listed]]], asked: Mapping[str, Any]
) -> Sequence[object]:
    """All entries of a list as JSON values, page after page, odd ones too. Raises GatewayError."""
    found: dict[str, object] = {}
    nameless: list[object] = []
    more: dict[str, Any] = dict(asked)
    while True:
        entries, has_more = read_page(await await_answer(ask(more)))
        named = {name: each for each in entries if (name := name_of(each))}
        if has_more and entries and not named:
            raise GatewayError("stripe: a list goes on unread", retry=True, unread=True)
        nameless += [each for each in entries if not name_of(each)]
        fresh = named.keys() - found.keys()
        found |= named
        # A page without anything new would come again for ever.
        if not has_more or not fresh:
            return [*found.values(), *nameless]
        more["starting_after"] = list(named)[-1]


def read_page(answered: stripe.ListObject[Listed]) -> tuple[list[object], bool]:
    """What is on one page of a list, and whether there is another. Raises GatewayError."""
    match answered.to_dict(for_json=True):
        case {"data": list(entries), "has_more": bool(has_more)}:
            return entries, has_more
        case _:
            raise GatewayError(
                "stripe: answered with a list in no known form", retry=True, unread=True
            )


def name_of(entry: object) -> str | None:
    """The id of a list's entry; None for what has none."""
    match entry:
        case {"id": str(name)} if _WORD.fullmatch(name):
            return name
        case _:
            return None


def _failure(error: stripe.StripeError) -> GatewayError:
    # What cannot be read is a proxy's page, perhaps: it says nothing of Stripe.
    status, said = error.http_status or 0, error.json_body
    told = (error.headers or {}).get("stripe-should-retry")
    again = not is_refusal(status, said) or told == "true"
    if isinstance(error, stripe.IdempotencyError) and not again:
        return AttemptReused("stripe")
    code, request = _word(_code(said)), _word(error.request_id)
    why = f"stripe: answered {status} {code} (request {request})"
    return GatewayError(why, retry=again, denied=status in DENIED)


def _code(said: object) -> object:
    # The library keeps it for some of its errors only.
    match said:
        case {"error": {"code": code}}:
            return code
        case _:
            return None


def _word(text: object) -> str:
    """Text that is one word: nothing else of an answer belongs in a log."""
    return text if isinstance(text, str) and _WORD.fullmatch(text) else "unnamed"

"""The played Stripe's API and its hosted page: forms in, JSON out, strict. It delivers nothing.

Errors, idempotency and limits are as https://docs.stripe.com/api has them, but for the smallest
amounts: those depend on a country that nobody plays here.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from playground import stripe_forms as forms
from playground.stripe_forms import Json, Refused, read, required
from playground.stripe_world import StripeWorld, shown

_LIFE_MIN_SECONDS, _LIFE_MAX_SECONDS = 30 * 60, 24 * 60 * 60
_BODY_BYTES_MAX = 100_000
_KEY_LENGTH_MAX = 255
_THOUSANDTHS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
_WHOLE_ONLY = frozenset({"isk", "ugx"})
_CURRENCY = re.compile(r"[a-z]{3}")
_ADDRESS = re.compile(r"https?://[^\s]+")

Work = Callable[[StripeWorld, Request, Json], Json]


def routes(world: StripeWorld) -> list[BaseRoute]:
    """The endpoints below /v1."""

    def route(path: str, method: str, shape: Json, work: Work) -> Route:
        async def answer(request: Request) -> Response:
            try:
                return await _answer(world, request, shape, work)
            except Refused as refused:
                return JSONResponse({"error": refused.error}, refused.status)

        return Route(path, answer, methods=[method])

    sessions = "/v1/checkout/sessions"
    return [
        route(sessions, "POST", forms.SESSION_CREATE, _create),
        route(sessions, "GET", forms.SESSION_LIST, _list),
        route(sessions + "/{id}", "GET", forms.SESSION_RETRIEVE, _retrieve),
        route(sessions + "/{id}/expire", "POST", forms.SESSION_RETRIEVE, _expire),
        route("/v1/refunds", "POST", forms.REFUND_CREATE, _refund),
    ]


async def _answer(world: StripeWorld, request: Request, shape: Json, work: Work) -> Response:
    _authorize(world, request)
    if request.method == "GET":
        return JSONResponse(work(world, request, read(request.url.query, shape)))
    body = await request.body()
    if len(body) > _BODY_BYTES_MAX:
        raise Refused("The request is too large.", status=413)
    text = body.decode(errors="replace")
    key = request.headers.get("idempotency-key", "")
    if len(key) > _KEY_LENGTH_MAX:
        raise Refused("Idempotency keys have 255 characters at most.", type="idempotency_error")
    params = read(text, shape)
    asked = json.dumps([request.url.path, params], sort_keys=True)
    known = world.keys.get(key)
    if known is not None and known["asked"] != asked:
        message = "Keys for idempotent requests can only be used with the same parameters."
        raise Refused(message, type="idempotency_error")
    if known is not None:
        return JSONResponse(known["answer"], headers={"idempotent-replayed": "true"})
    found = work(world, request, params)
    if key:
        # What was refused is not kept: the same key may be used once it is mended.
        world.keys[key] = {"asked": asked, "answer": found}
    world.keep()
    return JSONResponse(found)


def _authorize(world: StripeWorld, request: Request) -> None:
    given = request.headers.get("authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {world.settings.api_key}".encode()):
        raise Refused("Invalid API Key provided.", status=401)


def _create(world: StripeWorld, _request: Request, params: Json) -> Json:
    if required(params, "mode") != "payment":
        raise Refused("Only mode payment is played here.", param="mode")
    items = required(params, "line_items")
    currency, total = _price(items)
    expires_at = params.get("expires_at", world.now + _LIFE_MAX_SECONDS)
    if not _LIFE_MIN_SECONDS <= expires_at - world.now <= _LIFE_MAX_SECONDS:
        message = "The `expires_at` timestamp must be 30 minutes to 24 hours from now."
        raise Refused(message, param="expires_at")
    for name in ("success_url", "cancel_url"):
        if not _ADDRESS.fullmatch(required(params, name)):
            raise Refused("Not a valid URL", code="url_invalid", param=name)
    id = world.new_id("cs")
    intent = params.get("payment_intent_data", {})
    session = {
        "id": id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": params["cancel_url"],
        "client_reference_id": params.get("client_reference_id"),
        "created": world.now,
        "currency": currency,
        "expires_at": expires_at,
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "mode": "payment",
        "payment_intent": None,
        "payment_status": "unpaid",
        "status": "open",
        "success_url": params["success_url"],
        "url": world.page(id),
        "description": intent.get("description") or items[0]["price_data"]["product_data"]["name"],
        "intent_metadata": intent.get("metadata", {}),
        "in_3d_secure": False,
    }
    world.sessions[id] = session
    return _expanded(world, session, params)


def _price(items: list[Json]) -> tuple[str, int]:
    currencies, total = set(), 0
    for item in items:
        currency = str(required(item, "price_data.currency"))
        amount = required(item, "price_data.unit_amount") * required(item, "quantity")
        required(item, "price_data.product_data.name")
        if not _CURRENCY.fullmatch(currency):
            raise Refused(f"Invalid currency: {currency}", param="line_items[0]")
        uneven = (currency in _THOUSANDTHS and amount % 10) or (
            currency in _WHOLE_ONLY and amount % 100
        )
        if amount <= 0 or uneven:
            raise Refused(f"Invalid amount in {currency}: {amount}", param="line_items[0]")
        currencies.add(currency)
        total += amount
    if len(currencies) != 1:
        raise Refused("All prices must use the same currency.", param="line_items")
    return currencies.pop(), total


def _retrieve(world: StripeWorld, request: Request, params: Json) -> Json:
    return _expanded(world, world.session(request.path_params["id"]), params)


def _list(world: StripeWorld, request: Request, params: Json) -> Json:
    world.as_of_now()
    wanted = params.get("payment_intent")
    found = [
        session
        for session in reversed(world.sessions.values())
        if wanted is None or session["payment_intent"] == wanted
    ]
    inner = {"expand": [each.removeprefix("data.") for each in params.get("expand", [])]}
    limit = params.get("limit", 10)
    return {
        "object": "list",
        "url": request.url.path,
        "has_more": len(found) > limit,
        "data": [_expanded(world, session, inner) for session in found[:limit]],
    }


def _expire(world: StripeWorld, request: Request, params: Json) -> Json:
    session = world.session(request.path_params["id"])
    if session["status"] != "open":
        raise Refused("Only Checkout Sessions with a status of open can be expired.")
    world.expire(session)
    return _expanded(world, session, params)


def _refund(world: StripeWorld, _request: Request, params: Json) -> Json:
    wanted = required(params, "payment_intent")
    if wanted not in world.intents:
        message = f"No such payment_intent: '{wanted}'"
        raise Refused(message, status=404, code="resource_missing", param="payment_intent")
    intent = world.intents[wanted]
    return world.refund(intent, params.get("amount"), params.get("metadata", {}))


def _expanded(world: StripeWorld, session: Json, params: Json) -> Json:
    """The session, with the intent and its charge in place of their ids where asked for."""
    expand: list[str] = params.get("expand", [])
    unknown = set(expand) - {"payment_intent", "payment_intent.latest_charge"}
    if unknown:
        raise Refused(f"This property cannot be expanded ({unknown.pop()}).", param="expand")
    answer: dict[str, Any] = dict(shown(session))
    intent = world.intents.get(session["payment_intent"] or "")
    if expand and intent is not None:
        charge = world.charges.get(intent["latest_charge"] or "")
        whole = "payment_intent.latest_charge" in expand and charge is not None
        answer["payment_intent"] = {**intent, "latest_charge": charge} if whole else dict(intent)
    return answer

"""The played Stripe's API and its hosted page: forms in, JSON out, strict.

Errors, idempotency and limits are as https://docs.stripe.com/api has them, but for the smallest
amounts: those depend on a country that nobody plays here.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from playground.kit.journal import Journal
from playground.stripe import forms, orders, reversals
from playground.stripe.forms import Json, Refused, read
from playground.stripe.shown import expanded, page_of
from playground.stripe.time import catch_up
from playground.stripe.world import StripeWorld

_BODY_BYTES_MAX = 100_000
_KEY_LENGTH_MAX = 255

Work = Callable[[StripeWorld, Request, Json], Json]


def routes(world: StripeWorld, journal: Journal | None = None) -> list[BaseRoute]:
    """The endpoints below /v1; what is asked there is noted in the journal, if any."""

    def route(path: str, method: str, shape: Json, work: Work) -> Route:
        async def answer(request: Request) -> Response:
            began = time.perf_counter()
            try:
                response = await _answer(world, request, shape, work)
            except Refused as refused:
                response = JSONResponse({"error": refused.error}, refused.status)
            if journal is not None:
                await _note(journal, request, response, time.perf_counter() - began)
            return response

        return Route(path, answer, methods=[method])

    sessions = "/v1/checkout/sessions"
    return [
        route(sessions, "POST", forms.SESSION_CREATE, _create),
        route(sessions, "GET", forms.SESSION_LIST, _listed("checkout.session")),
        route(sessions + "/{id}", "GET", forms.RETRIEVE, _retrieved("checkout.session")),
        route(sessions + "/{id}/expire", "POST", forms.RETRIEVE, _expire),
        route("/v1/payment_intents/{id}", "GET", forms.RETRIEVE, _retrieved("payment_intent")),
        route("/v1/charges/{id}", "GET", forms.RETRIEVE, _retrieved("charge")),
        route("/v1/refunds", "POST", forms.REFUND_CREATE, _refund),
        route("/v1/refunds", "GET", forms.REVERSAL_LIST, _listed("refund")),
        route("/v1/refunds/{id}", "GET", forms.RETRIEVE, _retrieved("refund")),
        route("/v1/disputes", "GET", forms.REVERSAL_LIST, _listed("dispute")),
        route("/v1/disputes/{id}", "GET", forms.RETRIEVE, _retrieved("dispute")),
        route("/v1/disputes/{id}/close", "POST", forms.RETRIEVE, _close),
    ]


async def _note(journal: Journal, request: Request, response: Response, seconds: float) -> None:
    form = (await request.body()).decode(errors="replace") or request.url.query
    asked = dict(parse_qsl(form, keep_blank_values=True))
    if "idempotency-key" in request.headers:
        asked["(Idempotency-Key)"] = request.headers["idempotency-key"]
    journal.add(
        direction="from the bot",
        method=f"{request.method} {_path(request)}",
        request=asked,
        status=response.status_code,
        response=bytes(response.body).decode(),
        milliseconds=seconds * 1000,
    )


def _path(request: Request) -> str:
    """Below the base address, wherever that is mounted."""
    return request.url.path.removeprefix(request.scope.get("root_path", ""))


async def _answer(world: StripeWorld, request: Request, shape: Json, work: Work) -> Response:
    _authorize(world, request)
    catch_up(world)
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
    asked = json.dumps([_path(request), params], sort_keys=True)
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
    world.changed()
    return JSONResponse(found)


def _authorize(world: StripeWorld, request: Request) -> None:
    given = request.headers.get("authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {world.settings.api_key}".encode()):
        raise Refused("Invalid API Key provided.", status=401)


def _create(world: StripeWorld, _request: Request, params: Json) -> Json:
    return _shown(world, orders.create(world, params), params)


def _expire(world: StripeWorld, request: Request, params: Json) -> Json:
    session = world.session(request.path_params["id"])
    if session["status"] != "open":
        raise Refused("Only Checkout Sessions with a status of open can be expired.")
    world.expire(session)
    return _shown(world, session, params)


def _refund(world: StripeWorld, _request: Request, params: Json) -> Json:
    if ("charge" in params) == ("payment_intent" in params):
        raise Refused("Exactly one of charge and payment_intent is needed.", param="charge")
    charge = _charge(world, params)
    amount, reason = params.get("amount"), params.get("reason")
    found = reversals.refund(world, charge, amount, reason, params.get("metadata"))
    return _shown(world, found, params)


def _charge(world: StripeWorld, params: Json) -> Json:
    if "charge" in params:
        return world.found("charge", params["charge"])
    intent = world.found("payment_intent", params["payment_intent"])
    charge = world.behind(intent, "latest_charge")
    if charge is None:
        raise Refused("This PaymentIntent does not have a successful charge to refund.")
    return charge


def _close(world: StripeWorld, request: Request, params: Json) -> Json:
    found = world.found("dispute", request.path_params["id"])
    reversals.close(world, found, won=False)
    return _shown(world, found, params)


def _retrieved(kind: str) -> Work:
    def retrieve(world: StripeWorld, request: Request, params: Json) -> Json:
        return _shown(world, world.found(kind, request.path_params["id"]), params)

    return retrieve


def _listed(kind: str) -> Work:
    def list_(world: StripeWorld, request: Request, params: Json) -> Json:
        wanted = {name: params[name] for name in ("payment_intent", "charge") if name in params}
        since = params.get("created", {}).get("gte", 0)
        found = [
            each
            for each in world.newest(kind)
            if wanted.items() <= each.items() and each["created"] >= since
        ]
        return page_of(found, _path(request), params, world.behind)

    return list_


def _shown(world: StripeWorld, about: Json, params: Json) -> Json:
    return expanded(about, params.get("expand", []), world.behind)

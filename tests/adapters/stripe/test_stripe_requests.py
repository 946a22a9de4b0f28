"""What we ask of Stripe fits its own types, its published specification, and what we wanted."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qs

import pytest
from pydantic import TypeAdapter, ValidationError
from stripe import _request_options
from stripe.params.checkout import (
    SessionCreateParams,
    SessionListParams,
    SessionRetrieveParams,
    _session_create_params,
)

from adapters.contracts.gateway import checkout_request
from adapters.gateways.stripe.gateway import expiries_of, session_params
from adapters.gateways.stripe.money import NotExact, from_stripe, to_stripe
from billing.money import Money
from billing.ports import GatewayError
from playground.stripe.forms import Refused, read
from tests.support.bots.stripe_place import START, StripePlace
from tests.support.house.source import ROOT

Value = TypeVar("Value")
_Plain: TypeAlias = dict[str, Value]
REQUEST = checkout_request(START, Money(5_075, "USD"))
PARAMS = session_params(REQUEST, REQUEST.expires_at)
SPECIFICATION = Path(
    os.environ.get("STRIPE_SPECIFICATION")
    or ROOT.parent / "shared" / "specs" / "stripe-spec3-2023-09-12.json"
)


@pytest.fixture(scope="module")
def create_params() -> TypeAdapter[SessionCreateParams]:
    """The library's own types of what a new session may be asked for."""
    types = TypeAdapter(SessionCreateParams)
    names = {
        **vars(_request_options),
        **vars(_session_create_params),
        "StripeContext": str,
        "UntypedStripeObject": _Plain,
    }
    # Some types that the library names it imports for type checkers only; we send plain dicts.
    types.rebuild(_types_namespace=names)
    return types


def test_an_order_fits_the_librarys_types(
    create_params: TypeAdapter[SessionCreateParams],
) -> None:
    """Every parameter is one that Stripe's current API has, of the type it has there."""
    assert create_params.validate_python(PARAMS, extra="forbid", strict=True) == PARAMS


@pytest.mark.parametrize(
    "wrong",
    [{"client_reference": "x"}, {"expires_at": "soon"}, {"line_items": [{"amount": 1}]},
     {"payment_intent_data": {"desc": "x"}}],
    ids=repr,
)  # fmt: skip
def test_the_librarys_types_would_find_a_slip(
    create_params: TypeAdapter[SessionCreateParams], wrong: dict[str, Any]
) -> None:
    """The check above is one that can fail: names and types are held at every depth."""
    with pytest.raises(ValidationError):
        create_params.validate_python({**PARAMS, **wrong}, extra="forbid", strict=True)


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="Stripe's specification is not here")
def test_an_order_fits_the_specification() -> None:
    """Every parameter is one that Stripe's published specification has."""
    spec = json.loads(SPECIFICATION.read_text(encoding="utf-8"))
    post = spec["paths"]["/v1/checkout/sessions"]["post"]
    schema = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    wrong = {**PARAMS, "payment_intent_data": {"desc": "x"}, "unheard_of": 1}

    assert unfit(PARAMS, schema, "") == []
    assert unfit(wrong, schema, "") == [".payment_intent_data.desc", ".unheard_of"]


def unfit(value: Any, schema: dict[str, Any], at: str) -> list[str]:
    """Where a value has another name or type than the schema."""
    if "anyOf" in schema:
        tries = [unfit(value, each, at) for each in schema["anyOf"]]
        return min(tries, key=lambda found: (found == [at], len(found)))
    types: dict[str, type] = {"object": dict, "array": list, "integer": int, "string": str}
    if not isinstance(value, types.get(schema["type"], object)):
        return [at]
    if isinstance(value, list):
        return [bad for each in value for bad in unfit(each, schema["items"], at)]
    if not isinstance(value, dict) or "properties" not in schema:
        return [] if value in schema.get("enum", [value]) else [at]
    known = schema["properties"]
    parts = [
        unfit(each, known[name], f"{at}.{name}") if name in known else [f"{at}.{name}"]
        for name, each in value.items()
    ]
    return sorted(bad for part in parts for bad in part)


async def test_what_is_sent_is_what_was_meant(world: StripePlace) -> None:
    """The form on the wire has our reference, the exact price, one attempt and our own marks."""
    page = await world.open()
    await world.gateway.fetch(page.checkout_ref)
    create, retrieve = world.asked
    form = {name: values[0] for name, values in parse_qs(create.content.decode()).items()}

    assert create.headers["idempotency-key"] == "attempt-1"
    assert form["client_reference_id"] == form["metadata[top_up]"] == "TU-7K3M9Q2X"
    assert form["line_items[0][price_data][unit_amount]"] == "5075"
    assert form["line_items[0][price_data][currency]"] == "usd"
    assert form["success_url"] == form["cancel_url"] == "https://bot.example/pay/return"
    assert "payment_intent.latest_charge" in parse_qs(retrieve.url.query.decode())["expand[1]"]
    for shape, name in ((SessionRetrieveParams, "expand"), (SessionListParams, "payment_intent")):
        assert name in shape.__annotations__


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Money(5_075, "USD"), 5_075),
        (Money(5_000, "JPY"), 5_000),
        (Money(12_340, "KWD"), 12_340),
        (Money(700, "ISK"), 70_000),
        (Money(700, "UGX"), 70_000),
        (Money(500, "MGA"), 5),
        (Money(5_000, "HUF"), 5_000),
    ],
    ids=str,
)
def test_amounts_are_exact_both_ways(ours: Money, theirs: int) -> None:
    """Stripe's own count of decimals is kept, where it differs from ISO 4217 too."""
    assert to_stripe(ours) == theirs
    assert from_stripe(theirs, ours.currency.lower()) == ours


@pytest.mark.parametrize(
    "money", [Money(12_345, "KWD"), Money(501, "MGA"), Money(1_000, "LYD")], ids=str
)
def test_an_amount_stripe_has_not_is_refused(money: Money) -> None:
    """Nothing is rounded: an amount that Stripe cannot take is an error, and stays one."""
    with pytest.raises(GatewayError) as caught:
        session_params(replace(REQUEST, total=money), START)

    assert not caught.value.retry


def test_cents_of_a_currency_without_them_are_refused() -> None:
    """An answer in hundredths of a króna is no amount of ours."""
    with pytest.raises(NotExact):
        from_stripe(70_050, "isk")


@pytest.mark.parametrize("minutes", [-600, 0, 1, 29, 30, 31, 32, 60, 1_439, 1_440, 9_999])
def test_an_expiry_is_one_that_stripe_takes(minutes: int) -> None:
    """Whatever is asked for, the first try lies within Stripe's 30 minutes to 24 hours."""
    first = expiries_of(START + timedelta(minutes=minutes), START)[0]

    assert timedelta(minutes=30) <= first - START <= timedelta(hours=24)


@pytest.mark.parametrize(
    "form",
    ["mood=payment", "metadata=x", "line_items[0][price]=x", "expires_at=soon", "mode=", "a b=1",
     "mode[x]=1", "mode=a&mode[x]=1"],
)  # fmt: skip
def test_the_played_stripe_is_strict(form: str) -> None:
    """Unknown names and wrong types are refused, as Stripe refuses them."""
    shape = {
        "mode": "text", "metadata": "map", "expires_at": "integer",
        "line_items": [{"quantity": "integer"}],
    }  # fmt: skip
    with pytest.raises(Refused):
        read(form, shape)


@pytest.fixture
def world() -> StripePlace:
    return StripePlace()

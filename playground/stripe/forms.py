"""Reads Stripe's nested forms strictly: what a shape does not name is refused.

https://docs.stripe.com/api/checkout/sessions/create; the shapes hold what is played here only.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]

_KEY = re.compile(r"([A-Za-z0-9_]+)((?:\[[A-Za-z0-9_]*\])*)")
_PART = re.compile(r"\[([A-Za-z0-9_]*)\]")
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_FIELDS_MAX = 500

TEXT, INTEGER, WORDS, MAP = "text", "integer", "words", "map"
_METADATA = MAP

SESSION_CREATE: Json = {
    "mode": TEXT,
    "client_reference_id": TEXT,
    "metadata": _METADATA,
    "payment_intent_data": {"metadata": _METADATA, "description": TEXT},
    "line_items": [
        {
            "quantity": INTEGER,
            "price_data": {
                "currency": TEXT,
                "unit_amount": INTEGER,
                "product_data": {"name": TEXT, "description": TEXT},
            },
        }
    ],
    "expires_at": INTEGER,
    "success_url": TEXT,
    "cancel_url": TEXT,
    "payment_method_types": WORDS,
    "expand": WORDS,
}
RETRIEVE: Json = {"expand": WORDS}
SESSION_LIST: Json = {
    "created": {"gte": INTEGER},
    "payment_intent": TEXT,
    "limit": INTEGER,
    "starting_after": TEXT,
    "expand": WORDS,
}
REVERSAL_LIST: Json = {"charge": TEXT, **SESSION_LIST}
REFUND_CREATE: Json = {
    "charge": TEXT,
    "payment_intent": TEXT,
    "amount": INTEGER,
    "reason": ("duplicate", "fraudulent", "requested_by_customer"),
    "metadata": _METADATA,
    "expand": WORDS,
}


class Refused(Exception):
    """What was asked is not done: the HTTP status and Stripe's error object."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        given = {"type": type, "message": message, "code": code, "param": param}
        self.error = {name: value for name, value in given.items() if value is not None}


def read(text: str, shape: Json) -> Json:
    """The parameters in a form or a query, each as the shape says. Raises Refused."""
    nested: Json = {}
    for key, value in parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_MAX):
        _put(nested, key, value)
    return {name: _checked(value, shape.get(name), name) for name, value in nested.items()}


def required(params: Json, name: str) -> Any:
    """The parameter. Raises Refused, in Stripe's words, when it was not sent."""
    found = params
    for part in name.split("."):
        if not isinstance(found, dict) or part not in found:
            param = re.sub(r"\.(\w+)", r"[\1]", name)
            raise Refused(
                f"Missing required param: {param}.", code="parameter_missing", param=param
            )
        found = found[part]
    return found


def _put(nested: Json, key: str, value: str) -> None:
    found = _KEY.fullmatch(key)
    if found is None:
        raise _unknown(key)
    *path, last = [found[1], *_PART.findall(found[2])]
    at = nested
    for part in path:
        at = at.setdefault(part, {})
        if not isinstance(at, dict):
            raise Refused(f"Invalid object: {key}", param=key)
    # `expand[]` counts by itself.
    at[last or str(len(at))] = value


def _checked(value: Any, shape: Any, param: str) -> Any:
    match shape, value:
        case None, _:
            raise _unknown(param)
        case "text", str() if value:
            return value
        case tuple(), str() if value in shape:
            return value
        case "integer", str() if _INTEGER.fullmatch(value):
            return int(value)
        case "integer", _:
            code = "parameter_invalid_integer"
            raise Refused(f"Invalid integer: {value}", code=code, param=param)
        case "words", dict() if all(isinstance(word, str) for word in value.values()):
            return list(value.values())
        case "map", dict() if all(isinstance(text, str) for text in value.values()):
            return value
        case list(), dict():
            return [_checked(each, shape[0], f"{param}[{at}]") for at, each in value.items()]
        case dict(), dict():
            return {
                name: _checked(each, shape.get(name), f"{param}[{name}]")
                for name, each in value.items()
            }
        case _:
            raise Refused(f"Invalid {param}", code="parameter_invalid_empty", param=param)


def _unknown(param: str) -> Refused:
    return Refused(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)

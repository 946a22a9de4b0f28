"""Well-made bodies for each door that reads one."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.adapters.slack.test_slack_events import COMMAND, MESSAGE, PRESS, SUBMISSION
from tests.support.bots.bot_place import START
from tests.support.bots.paying import DECLINED
from tests.support.bots.stripe_place import event
from tests.support.chats.telegram_bot_api import message, press

TYPES = (b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"\xff")


def sayings(dice: Random, paths: tuple[str, ...]) -> list[tuple[str, dict[str, Any], bytes]]:
    """What is said at each door that reads a body, each time anew, and the type of the body."""
    number = dice.randrange(1, 10**6)
    [page] = [
        each for each in paths if each.startswith("/sandbox/checkout/") and each.count("/") == 3
    ]
    [refunds] = [each for each in paths if each.endswith("/refunds")]
    checkout = page.rpartition("/")[2]
    session = {"id": f"cs_test_{number}", "object": "checkout.session"}
    as_json, as_form = TYPES[:2]
    return [
        ("/telegram/webhook", message(number, "/topup 50"), as_json),
        ("/telegram/webhook", press(number), as_json),
        ("/slack/events", {**MESSAGE, "event_id": f"Ev{number}"}, as_json),
        ("/slack/events", {**COMMAND, "trigger_id": f"{number}.1"}, as_form),
        ("/slack/events", {"payload": {**PRESS, "trigger_id": f"{number}.1"}}, as_form),
        ("/slack/events", {"payload": {**SUBMISSION, "trigger_id": f"{number}.1"}}, as_form),
        ("/webhooks/sandbox", {"type": "payment.paid", "data": {"checkout": checkout}}, as_json),
        ("/webhooks/stripe", event("checkout.session.completed", session), as_json),
        ("/sandbox/v1/checkouts", _order(number), as_json),
        (refunds, {"amount_minor": 1}, as_json),
        (f"{page}/card", {"number": DECLINED, "expiry": "12/49", "cvc": "123"}, as_form),
        (f"{page}/3d-secure", {"answer": "approve"}, as_form),
        (f"{page}/transfer", {"transfer": "arrives"}, as_form),
    ]


def _order(number: int) -> dict[str, Any]:
    return {
        "reference": f"TU-{number}",
        "description": "A top-up",
        "amount_minor": 5_000,
        "currency": "USD",
        "method": "card",
        "expires_at": (START + timedelta(hours=1)).isoformat(),
        "return_url": "https://bot.test/paid/x",
    }


def encoded(said: Any, kind: bytes) -> bytes:
    """What is said as a body of that type, written as short as it can be."""
    if kind == TYPES[1]:
        texts = {name: _text(each) for name, each in said.items()}
        return urlencode(texts, errors="surrogatepass").encode()
    return _text(said).encode("utf-8", "surrogatepass")


def _text(value: Any) -> str:
    """As JSON, unless it is a text; surrogates cannot be written but in ASCII."""
    if isinstance(value, str):
        return value
    short = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if any("\ud800" <= each <= "\udfff" for each in short) else short

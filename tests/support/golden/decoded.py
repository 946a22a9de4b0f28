"""What small things that were sent decode to: tokens, deliveries, forms. Each with its meaning.

A meaning is the values of what was read, without the names of fields, so that renaming one changes
nothing; and the name of its class, which stands for one class, whatever that is called today.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from adapters.chat.slack.events import to_event as slack_event
from adapters.chat.slack.receiving.guard import sign as slack_signature
from adapters.chat.slack.receiving.oauth import SignedStates
from adapters.chat.slack.render import render_form
from adapters.chat.telegram.events import to_event as telegram_event
from adapters.gateways import standard_webhooks
from adapters.gateways.stripe import webhooks as stripe_webhooks
from conversations.protocol.actions import Slot
from conversations.protocol.ports import Delivery
from conversations.protocol.views import Field, Form
from service.common.signed_tokens import (
    PayLink,
    Press,
    derive_key,
    page_code,
    read_pay_link,
    read_press,
    read_return,
    sign_pay_link,
    sign_press,
    sign_return,
)
from service.common.vault import Vault, key_name
from tests.support.bots.bot_place import START, callback_key
from tests.support.chats.telegram_bot_api import BOT_ID, USERNAME
from tests.support.golden.bot import SECRET_KEY
from tests.support.golden.wire import DRAFT, SLACK, TELEGRAM, read_slack, read_telegram

Json = dict[str, Any]
PURPOSES = ("links", "tokens", "name", "sandbox api", "sandbox callbacks")
_CLIENT_SECRET, _SLACK_SECRET, _STRIPE_SECRET = "a-client-secret", "a-signing-secret", "whsec_old"
_BODY = b'{"type": "payment.paid", "data": {"checkout": "cs_1"}}'
_FORM = Form(DRAFT, "Top up", (Field(Slot.AMOUNT, "Amount"),), "Review", "Close")
_LINK = PayLink("TU-G0LD0001", 65_537)
_PRESS = Press("0123456789abcdef", 65_535, 255)


# --- what is written ---------------------------------------------------------------------------


def tokens() -> Json:
    """Tokens as this code makes them, by what they are for."""
    secret = derive_key(SECRET_KEY, "links")
    return {
        "press": sign_press(_PRESS, secret),
        "pay": sign_pay_link(_LINK, secret),
        "return": sign_return(_LINK, secret),
        "code": page_code(_LINK, secret),
        "sealed": Vault((SECRET_KEY,)).seal("xoxb-1"),
        "name of the key": key_name(SECRET_KEY),
        "state": asyncio.run(_states().async_issue()),
        "form": render_form(_FORM, "C1")["private_metadata"],
        **{f"derived for {each}": derive_key(SECRET_KEY, each).hex() for each in PURPOSES},
        **_signatures(),
    }


def _signatures() -> Mapping[str, Any]:
    """How platforms and gateways sign, as this code checks it."""
    return {
        "signed by Slack": slack_signature(_SLACK_SECRET, "1795000000", _BODY),
        "signed by the sandbox": standard_webhooks.sign(callback_key(), "msg_1", START, _BODY),
        "signed by Stripe": stripe_webhooks.sign(_STRIPE_SECRET, START, _BODY),
    }


def deliveries() -> Json:
    """Of everything that platforms send: what is stored of it, and what that means."""
    slack = {f"slack {name}": payload for name, payload in SLACK.items()}
    telegram = {f"telegram {name}": update for name, update in TELEGRAM.items()}
    return {name: decoded(name, sent) for name, sent in (slack | telegram).items()}


def decoded(name: str, sent: Json) -> Json:
    """What was sent, what is stored of it under which names, and what that means."""
    found = read_slack(sent) if name.startswith("slack") else read_telegram(sent)
    if found is None:
        return {"sent": sent, "stored": None}
    stored = [found.source, found.sender_id, found.lane, dict(found.body)]
    return {"sent": sent, "stored": stored, "means": meaning(understood(found))}


def understood(delivery: Delivery) -> object:
    """A stored delivery in the bot's words."""
    if delivery.source == "slack":
        return slack_event(delivery.body)
    return telegram_event(delivery.body, BOT_ID, USERNAME)


# --- what is read ------------------------------------------------------------------------------


def read_back(made: Json) -> Json:
    """What tokens that were made once mean to today's code."""
    secret = derive_key(SECRET_KEY, "links")
    signed = _signatures()
    return {
        "press": read_press(made["press"], secret) == _PRESS,
        "pay": read_pay_link(made["pay"], secret) == _LINK,
        "return": read_return(made["return"], secret) == _LINK,
        "code": page_code(_LINK, secret) == made["code"],
        "sealed": Vault((SECRET_KEY,)).open(made["sealed"]) == "xoxb-1",
        "name of the key": key_name(SECRET_KEY) == made["name of the key"],
        "state": asyncio.run(_states().async_consume(made["state"])),
        "form": tokens()["form"] == made["form"],
        **{
            f"derived for {each}": derive_key(SECRET_KEY, each).hex()
            == made[f"derived for {each}"]
            for each in PURPOSES
        },
        **{name: signature == made[name] for name, signature in signed.items()},
    }


def meaning(event: object) -> list[Any] | None:
    """The classes in it, and its values, but for those that say nothing."""
    return None if event is None else [list(_classes(event)), list(_values(event))]


def _classes(value: object) -> Iterator[str]:
    if is_dataclass(value):
        yield type(value).__name__
        for each in fields(value):
            yield from _classes(getattr(value, each.name))


def _values(value: object) -> Iterator[Any]:
    if is_dataclass(value):
        for each in fields(value):
            yield from _values(getattr(value, each.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _values(one)
    elif isinstance(value, Enum | datetime):
        yield str(value.value if isinstance(value, Enum) else value)
    elif value:
        yield value


def _states() -> SignedStates:
    return SignedStates(_CLIENT_SECRET, lambda: START)


def as_text(value: Any) -> str:
    """As JSON that a person can read."""
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n"

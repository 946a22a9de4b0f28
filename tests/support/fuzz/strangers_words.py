"""Every door that strangers' words come through, as far as they are read: a table of functions."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

import httpx

from adapters.chat.slack import events as slack
from adapters.chat.slack import payloads
from adapters.chat.slack import render as slack_render
from adapters.chat.slack.receiving import guard
from adapters.chat.slack.receiving.oauth import SignedStates
from adapters.chat.telegram import events as telegram
from adapters.chat.telegram import render as telegram_render
from adapters.chat.telegram import webhook
from adapters.chat.telegram.errors import without_token
from adapters.gateways import standard_webhooks
from adapters.gateways.sandbox import answers as sandbox_answers
from adapters.gateways.sandbox.gateway import SandboxGateway
from adapters.gateways.sandbox.server import hosted
from adapters.gateways.stripe import webhooks as stripe_webhooks
from adapters.gateways.stripe import wire as stripe_wire
from adapters.outgoing import HostAllowlist
from billing.amounts.amounts import AmountContext, extract_amount, parse_amount
from billing.amounts.bank_card_numbers import contains_bank_card_number, scrub_bank_card_numbers
from billing.origins import leads_to
from billing.ports import BadSignature, GatewayError
from bot.watch import logs
from bot.web.app import CALLBACK_BYTES_MAX
from bot.web.server import HEADER_BYTES_MAX
from conversations.dialog.steps import step
from conversations.messages.answers import private_chat_view
from conversations.protocol.actions import Slot
from conversations.protocol.events import Idle, Said, Submitted
from conversations.protocol.installations import installation_key
from conversations.protocol.ports import Button, Message, UnreadableDelivery
from conversations.protocol.views import ButtonStyle, Row, View
from conversations.text.safe_text import TEXT_MAX, spreadsheet_cell
from service.chat import turns
from service.chat.inbox import form_of, scrub_body
from service.common import languages
from service.common.signed_tokens import read_pay_link, read_press, read_return
from service.people.access import one_line
from tests.adapters.slack.test_slack_events import COMMAND, MESSAGE, PRESS, SUBMISSION
from tests.support.chats.telegram_bot_api import BOT_ID, TOKEN, message, press
from tests.support.dialogs.terms import facts, terms
from tests.support.fuzz.bounded_work import Reader

HEADER, CHAT, FORM = HEADER_BYTES_MAX, TEXT_MAX, 16_384
CHAT_BODY, GATEWAY_BODY = guard.MAX_BODY_BYTES, CALLBACK_BYTES_MAX
assert webhook.MAX_BODY_BYTES == CHAT_BODY
# Python reads whole numbers of up to 4,300 digits, in the square of their length.
BEYOND_NUMBERS = 16 * 1024
# A block of a megabyte costs the system more for each byte than small ones do.
LARGE_BLOCKS = 10.0
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = b"k" * 32
CONTEXT = AmountContext("USD", "en", 500, 200_000)
_STATES = SignedStates("secret", lambda: AT)
_DOOR = HostAllowlist("tests", "https://bot.test", "https://*.slack.com")
_SANDBOX = SandboxGateway(
    httpx.AsyncClient(),
    public_url="https://bot.test",
    api_key="a key",
    webhook_secrets=("whsec_" + b64encode(KEY).decode(),),
)
_UNINSTALLED = {"type": "app_uninstalled"}
_CATALOGUES = languages.load_catalogues()
_redact = logs.make_shortening_redactor(("a-planted-secret", "another one"))


def _amounts(text: str) -> None:
    for context in (CONTEXT, AmountContext(None, "fr", None, None)):
        parse_amount(text, context)
        extract_amount(text, context)


def _conversation(text: str) -> None:
    """Typed as a command, as a message and into a form; with something open, and with nothing."""
    for place in (terms(), terms(accounts=(), history=(facts(),))):
        step(Idle(), Said(text, command=True, form=True), place)
        private_chat_view(text, place)
    taken = step(Idle(), Said("50 USD", command=True, form=False), terms())
    step(taken.state, Said(text, command=False, form=False), terms())
    step(Idle(), Submitted("d", tuple((slot, text) for slot in Slot)), terms())


def _card(text: str) -> Message:
    rows = (Row(text, text, code=True), Row(text, text))
    buttons = (
        (Button(text, ButtonStyle.PLAIN, token="t", confirm=text),),
        (Button(text, ButtonStyle.DANGER, url="https://bot.test/"),),
    )
    return Message(View(text, text, (text,), rows, hint=text), buttons)


def _slack_card(text: str) -> None:
    slack_render.render_blocks(_card(text))
    slack_render.fallback_text(_card(text).view)
    slack_render.sentence_blocks(text)
    slack_render.form_errors({"amount": text, "gone": text}, ["amount"])


def _telegram_card(text: str) -> None:
    telegram_render.render(_card(text), link_buttons=False)
    without_token(text, TOKEN)


def _slack(text: str) -> None:
    for payload in (
        {**COMMAND, "text": text, "user_name": text},
        {**MESSAGE, "event": {**MESSAGE["event"], "text": text}},
        {**PRESS, "actions": [{**PRESS["actions"][0], "value": text}]},
        {**SUBMISSION, "view": {**SUBMISSION["view"], "private_metadata": text}},
    ):
        delivered = slack.read_delivery(payload, text)
        if delivered is not None:
            slack.to_event(delivered.body)
    payloads.uninstall_body({"team_id": text, "event_time": text, "event": _UNINSTALLED}, AT)


def _telegram(text: str) -> None:
    group = {"id": -100, "type": "supergroup", "title": text}
    for update in (message(1, text), message(1, text, chat=group), press(1, text)):
        delivered = telegram.to_delivery(update, BOT_ID)
        with suppress(UnreadableDelivery):
            telegram.to_event(delivered.body, BOT_ID, "a_bot")


def _tokens(text: str) -> None:
    for read in (read_pay_link, read_return, read_press):
        read(text, KEY, KEY)


def _bytes(text: str) -> bytes:
    """As a body of as many bytes as the text has characters, which is what doors count."""
    return text.encode("utf-8", "surrogatepass")[: len(text)]


def _json(text: str) -> None:
    """As a body of each sender, whole and cut off."""
    raw = _bytes(text)
    inside = json.dumps({"text": raw.decode(errors="replace")}, ensure_ascii=False)
    for body in (raw, b'{"a":' + raw, inside.encode()):
        sandbox_answers.parse_json(body)
        with suppress(BadSignature):
            stripe_webhooks.read_hints(body, live=False)
        with suppress(webhook._RejectedRequest):
            webhook._read(body)
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            with suppress(guard.RejectedRequest):
                guard.check_shape(kind, body)


def _signatures(text: str) -> None:
    now = str(int(AT.timestamp()))
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    with suppress(BadSignature):
        standard_webhooks.verify((KEY,), dict.fromkeys(names, text), b"", AT)
    with suppress(BadSignature):
        headers = {"webhook-id": text, "webhook-timestamp": now, "webhook-signature": text}
        standard_webhooks.verify((KEY, KEY), headers, b"", AT)
    for signature in (text, f"t={now},v1={text}"):
        with suppress(BadSignature):
            stripe_webhooks.verify(("a", "b"), {"stripe-signature": signature}, b"", AT)
    for stamp in (text, now):
        named = {"x-slack-request-timestamp": stamp, "x-slack-signature": text}
        with suppress(guard.RejectedRequest):
            guard.check_signature("secret", named, b"", AT)


def _languages(text: str) -> None:
    languages.preferred_language(text, _CATALOGUES)
    languages.language_of(text, _CATALOGUES)


def _card_numbers(text: str) -> None:
    contains_bank_card_number(text)
    scrub_bank_card_numbers(text)


def _answers(text: str) -> None:
    """What gateways answer, or whoever stands before them."""
    told = {"error": {"code": _bytes(text).decode(errors="replace")}}
    for body in (json.dumps(told, ensure_ascii=False).encode(), _bytes(text)):
        response = httpx.Response(400, content=body)
        with suppress(GatewayError):
            sandbox_answers.parse_answer(response, sandbox_answers.CHECKOUT)
    sandbox_answers.listed({"id": text, "installation": text})


def _gateway_events(text: str) -> None:
    """Genuine callbacks, of gateways that put anything at all where an id belongs."""
    event = {"id": text, "object": "event", "type": text, "livemode": False}
    for about in ({"id": text, "metadata": {"topup_bot": text}}, {"payment_intent": text}):
        for kind in ("checkout.session.completed", "charge.refunded", text):
            body = json.dumps({**event, "type": kind, "data": {"object": about}}).encode()
            with suppress(BadSignature):
                stripe_webhooks.read_hints(body, live=False)
    body = json.dumps({"type": "payment.paid", "data": {"checkout": text}}).encode()
    with suppress(BadSignature):
        _SANDBOX.read_webhook(standard_webhooks.sign(KEY, "msg_1", AT, body), body, AT)
    stripe_wire._word(text)
    for body in (text.encode(errors="replace"), json.dumps({"error": text}).encode()):
        with suppress(GatewayError):
            stripe_wire._readable(body, is_success=not body.startswith(b"{"))
    stripe_wire.name_of({"id": text})


def _names(text: str) -> None:
    """Of people, workspaces and addresses."""
    one_line(text)
    spreadsheet_cell(text)
    installation_key(text)
    slack.workspace_of(text)
    leads_to(text, frozenset({"https://bot.test"}))
    _DOOR.allows(text)
    turns._is_start(Said(text, command=True, form=False))
    with suppress(StopIteration, UnicodeEncodeError):
        _STATES.async_consume(text).send(None)


def _test_card(text: str) -> None:
    hosted._read_card({"number": text, "expiry": text, "cvc": text}, AT)


READERS: Mapping[str, Reader] = {
    "log line": Reader(_redact, CHAT_BODY, least=2 * logs.CHARACTERS_MAX),
    "redactor": Reader(logs.redact, 2 * logs.CHARACTERS_MAX),
    "scrubber": Reader(lambda text: [f({"text": [text]}) for f in (scrub_body, form_of)], CHAT),
    "card numbers": Reader(_card_numbers, CHAT),
    "card at the sandbox": Reader(_test_card, FORM),
    "languages": Reader(_languages, HEADER),
    "amounts": Reader(_amounts, CHAT),
    "conversation": Reader(_conversation, CHAT),
    "slack card": Reader(_slack_card, CHAT),
    "telegram card": Reader(_telegram_card, CHAT),
    "slack delivery": Reader(_slack, CHAT_BODY),
    "telegram update": Reader(_telegram, CHAT_BODY),
    "tokens": Reader(_tokens, HEADER),
    "json": Reader(_json, CHAT_BODY, least=BEYOND_NUMBERS, growth_max=LARGE_BLOCKS),
    "signatures": Reader(_signatures, HEADER),
    "gateway's event": Reader(_gateway_events, GATEWAY_BODY),
    "names and addresses": Reader(_names, HEADER),
    "gateway's answer": Reader(_answers, GATEWAY_BODY, least=BEYOND_NUMBERS),
}

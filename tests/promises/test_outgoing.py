"""Everything that the bot sends in all dialogs keeps to what Slack and Telegram write down."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.chats import slack_limit_checks, telegram_limit_checks
from tests.support.dialogs.dialog_runs import DIALOGS, Outcome, each, outcome, places_of
from tests.support.dialogs.wire import ACKNOWLEDGEMENT, RESPONSE_URL, Sent
from tests.support.house.source import ROOT

Json = dict[str, Any]

SPECIFICATION = ROOT.parent / "shared/specs/telegram-api-10.1.json"
WEBHOOK = "setWebhook"
TAPPED = {"text": "Top up", "callback_data": "x"}
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Pay"}, "action_id": "a"}
SECTION = {"type": "section", "text": {"type": "plain_text", "text": "Nothing is open."}}


def actions(*changes: Json) -> Json:
    """A row of buttons, each with something changed."""
    return {"type": "actions", "elements": [{**BUTTON, **change} for change in changes]}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


@cache
def specification() -> Mapping[str, Any] | None:
    """The Bot API as the machine reads it, where somebody has put it; None elsewhere."""
    named = os.environ.get("TELEGRAM_API_SPEC", "")
    path = Path(named) if named else SPECIFICATION
    return json.loads(path.read_text("utf-8")) if named or path.exists() else None


async def judged(found: Outcome) -> list[str]:
    """What is wrong with anything that was sent, each with the call that it is in."""
    return [
        f"{sent.method}: {fault}"
        for sent in found.sent
        for fault in [*_faults(found, sent, await sent.values()), *_secrets(found, sent)]
    ]


def _faults(found: Outcome, sent: Sent, values: Json) -> Iterator[str]:
    if found.platform == "slack":
        return slack_limit_checks.faults(sent.method, values)
    return telegram_limit_checks.faults(sent.method, values, specification())


def _secrets(found: Outcome, sent: Sent) -> Iterator[str]:
    """Telegram itself is told the secret that it is to show; nobody is told anything else."""
    for secret in found.secrets:
        told = secret.encode() in sent.query + sent.body
        if told and not (
            sent.method == WEBHOOK and b"secret_token=" + secret.encode() in sent.body
        ):
            yield "a secret is said"


@pytest.mark.parametrize(
    ("name", "place"), each((name, place) for name in DIALOGS for place in places_of(name))
)
async def test_what_a_dialog_sends(name: str, place: str) -> None:
    """Nothing is refused for its length or shape, nothing lacks its words, no secret is in it."""
    found = await outcome(name, place)

    assert found.sent
    assert await judged(found) == []


@pytest.mark.parametrize(
    ("name", "place", "method"),
    each(
        [
            ("form", "slack-http", "views.open"),
            ("form", "slack-socket", "apps.connections.open"),
            ("form", "slack-socket", "chat.postMessage"),
            ("form", "slack-http", "chat.update"),
            ("form-errors", "slack-http", ACKNOWLEDGEMENT),
            ("form-errors", "slack-socket", ACKNOWLEDGEMENT),
            ("home", "slack-socket", "views.publish"),
            ("guest", "slack-http", RESPONSE_URL),
            ("alert", "slack-http", "conversations.info"),
            ("other-amount", "telegram-polling", "answerCallbackQuery"),
            ("other-amount", "telegram-polling", "editMessageText"),
            ("other-amount", "telegram-polling", "setMyCommands"),
            ("other-amount", "telegram-webhook", "sendMessage"),
            ("qr-code", "telegram-webhook", "sendPhoto"),
            ("qr-code", "telegram-webhook", WEBHOOK),
        ]
    ),
)
async def test_everything_is_written_down(name: str, place: str, method: str) -> None:
    """What is judged is what was sent: no way of sending is missing from it."""
    found = await outcome(name, place)

    assert method in {sent.method for sent in found.sent}


def post(**change: object) -> Json:
    """A message to Slack that nothing is wrong with, but for the change."""
    quiet = {"unfurl_links": False, "unfurl_media": False}
    return {"channel": "C1", "text": "Nothing is open.", "blocks": [SECTION], **quiet, **change}


def modal(**change: object) -> Json:
    """A modal that nothing is wrong with, but for the change."""
    view = {"type": "modal", "title": plain("Top up"), "blocks": [SECTION], **change}
    return {"trigger_id": "1", "view": view}


@pytest.mark.parametrize(
    ("method", "values", "fault"),
    [
        ("chat.postMessage", post(text=""), "text is missing"),
        ("chat.postMessage", post(text="Balance"), "no whole sentence"),
        ("chat.postMessage", post(text="Nothing is open"), "no whole sentence"),
        ("chat.postMessage", post(text="It is. " * 600), "message: text has"),
        ("chat.postMessage", post(unfurl_links=True), "unfurl_links is not switched off"),
        ("chat.postMessage", post(colour="red"), "colour is unknown"),
        ("chat.postMessage", post(blocks=[SECTION] * 51), "51 blocks"),
        ("chat.postMessage", post(blocks=[actions({"text": plain("x" * 76)})]), "button"),
        ("chat.postMessage", post(blocks=[actions({"value": "x" * 2001})]), "value has 2001"),
        ("chat.postMessage", post(blocks=[actions({}, {})]), "action_id 'a' stands twice"),
        ("chat.postMessage", post(blocks=[actions({}, {"action_id": "b"})]), "buttons say 'Pay'"),
        ("chat.postMessage", post(blocks=[{**SECTION, "colour": "red"}]), "does not know"),
        ("chat.postMessage", post(blocks=[{"type": "section"}]), "section"),
        (
            "chat.postMessage",
            post(blocks=[{"type": "header", "text": plain("x" * 151)}]),
            "header",
        ),
        ("chat.postMessage", post(blocks=[{"type": "image", "image_url": "https://a.b"}]), "alt"),
        ("chat.postMessage", post(metadata={"topup": 1}), "metadata has a type"),
        ("views.open", modal(title=plain("x" * 25)), "title has 25"),
        ("views.open", modal(private_metadata="x" * 3001), "private_metadata has 3001"),
        ("views.publish", {"user_id": "U1", **modal()}, "the view is no home"),
        ("files.upload", {}, "no method"),
        (ACKNOWLEDGEMENT, {"response_action": "errors", "errors": {"amount": ""}}, "no whole"),
        (ACKNOWLEDGEMENT, {"response_action": "close"}, "no way to answer"),
    ],
)
def test_what_slack_would_refuse_is_found(method: str, values: Json, fault: str) -> None:
    """The judge is no rubber stamp: each slip alone is found."""
    assert any(fault in each for each in slack_limit_checks.faults(method, values))


def test_a_good_message_to_slack_is_let_pass() -> None:
    """What the slips above were made of is right."""
    assert not [
        *slack_limit_checks.faults("chat.postMessage", post(blocks=[SECTION, actions({})]))
    ]
    assert not [*slack_limit_checks.faults("views.open", modal())]


def send(**change: object) -> Json:
    """A message to Telegram that nothing is wrong with, but for the change."""
    options = '{"is_disabled": true}'
    text = {"text": "<b>Hello</b> &amp; welcome", "parse_mode": "HTML"}
    return {"chat_id": "7", **text, "link_preview_options": options, **change}


def keyboard(*buttons: Json) -> str:
    return json.dumps({"inline_keyboard": [list(buttons)]})


@pytest.mark.parametrize(
    ("method", "values", "fault"),
    [
        ("sendMessage", send(text="<b>Hello"), "<b> is never closed"),
        ("sendMessage", send(text="<b>Hello</i>"), "</i> closes nothing"),
        ("sendMessage", send(text="<h1>Hello</h1>"), "no tag of Telegram's"),
        ("sendMessage", send(text="Fish & chips"), "not escaped"),
        ("sendMessage", send(text="1&nbsp;000"), "&nbsp; is no entity"),
        ("sendMessage", send(text="😀" * 2049), "text has 4098 units"),
        ("sendMessage", send(text="<b> </b>"), "text has 1 units"),
        ("sendMessage", send(parse_mode="Markdown"), "parse_mode is Markdown"),
        ("sendMessage", send(link_preview_options="{}"), "links are previewed"),
        ("sendMessage", send(colour="red"), "colour is unknown"),
        ("sendMessage", send(chat_id=""), "chat_id is missing"),
        ("sendPhoto", {"chat_id": "7", "photo": b"-", "caption": "x" * 1025}, "caption has 1025"),
        ("sendMessage", send(reply_markup=keyboard({**TAPPED, "callback_data": "é" * 33})), "64"),
        ("sendMessage", send(reply_markup=keyboard(TAPPED, TAPPED)), "two buttons say the same"),
        (
            "sendMessage",
            send(reply_markup=keyboard({**TAPPED, "url": "https://a.b"})),
            "one thing",
        ),
        ("sendMessage", send(reply_markup=keyboard(*[TAPPED] * 9)), "more buttons than fit"),
        ("sendMessage", send(reply_markup=keyboard({"text": "x", "url": "tel:1"})), "no link"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "too long"),
        (
            "setMyCommands",
            {"commands": '[{"command": "TopUp", "description": "x"}]'},
            "no command",
        ),
        ("setWebhook", {"url": "https://a.b", "drop_pending_updates": "true"}, "are dropped"),
        ("sendDice", {}, "no method"),
    ],
)
def test_what_telegram_would_refuse_is_found(method: str, values: Json, fault: str) -> None:
    """The judge is no rubber stamp: each slip alone is found."""
    assert any(fault in each for each in telegram_limit_checks.faults(method, values))


def test_a_good_message_to_telegram_is_let_pass() -> None:
    """What the slips above were made of is right."""
    assert not [*telegram_limit_checks.faults("sendMessage", send(reply_markup=keyboard(TAPPED)))]


def small_specification() -> Json:
    """Enough of the Bot API's description for one method."""

    def field(name: str, *types: str, required: bool = False) -> Json:
        return {"name": name, "types": list(types), "required": required}

    options = {"fields": [field("is_disabled", "Boolean"), field("url", "String")]}
    fields = [
        field("chat_id", "Integer", "String", required=True),
        field("text", "String", required=True),
        field("parse_mode", "String"),
        field("link_preview_options", "LinkPreviewOptions"),
        field("message_thread_id", "Integer"),
        field("business_connection_id", "String", required=True),
    ]
    return {
        "methods": {"sendMessage": {"fields": fields}},
        "types": {"LinkPreviewOptions": options},
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"message_thread_id": "first"}, "message_thread_id is none of ['Integer']"),
        ({"link_preview_options": '{"is_disabled": "yes"}'}, "none of ['LinkPreviewOptions']"),
        ({"link_preview_options": '{"is_on": true}'}, "none of ['LinkPreviewOptions']"),
        ({"protect_content": "true"}, "sendMessage has no protect_content"),
        ({}, "sendMessage needs business_connection_id"),
    ],
)
def test_the_specification_is_obeyed(change: Json, fault: str) -> None:
    """Where there is one, parameters, the required ones and their types are as it says."""
    found = telegram_limit_checks.faults("sendMessage", send(**change), small_specification())

    assert fault in " / ".join(found)

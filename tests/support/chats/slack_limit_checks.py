"""Judges what a bot sends to Slack, by Slack's written limits. It asks no emulator.

https://docs.slack.dev/reference/block-kit and each method's own page; slack_sdk's models check
the blocks once more.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.support.dialogs.wire import ACKNOWLEDGEMENT, RESPONSE_URL

Json = Mapping[str, Any]

_MESSAGE = "text blocks unfurl_links unfurl_media"
_ANSWER = f"{_MESSAGE} response_type replace_original delete_original thread_ts"
# What each takes, and what it cannot do without.
_PARAMETERS = {
    "apps.connections.open": ("", ""),
    "chat.delete": ("channel ts as_user", "channel ts"),
    "chat.postEphemeral": ("text blocks channel user thread_ts", "channel user text"),
    "chat.postMessage": (f"{_MESSAGE} channel metadata thread_ts reply_broadcast", "channel text"),
    "chat.update": ("channel ts text blocks metadata reply_broadcast", "channel ts text"),
    "conversations.info": ("channel include_locale include_num_members", "channel"),
    "conversations.members": ("channel cursor limit", "channel"),
    "conversations.open": ("channel users prevent_creation return_im", ""),
    "users.info": ("user include_locale", "user"),
    "views.open": ("trigger_id interactivity_pointer view", "trigger_id view"),
    "views.publish": ("user_id view hash", "user_id view"),
    "views.update": ("view view_id external_id hash", "view_id view"),
    RESPONSE_URL: (_ANSWER, "text"),
}
_UPDATE = ("response_action", "view")
_VIEW = (
    "type title blocks close submit private_metadata callback_id clear_on_close notify_on_close"
)
_MAX_TEXT, _MAX_TITLE, _MAX_METADATA, _MAX_ID = 4000, 24, 3000, 255
_MAX_ERROR = 2000
_MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}
# Words, and an end: a colon leads to what stands below, an ellipsis to what comes.
_SENTENCE = re.compile(r".*\w\W+\w.*[.!?…:][\u2069”\"')]*", re.DOTALL)
# By kind of object and by field: the most characters.
_LENGTHS: Mapping[str, Mapping[str, int]] = {
    "actions": {"block_id": _MAX_ID},
    "button": {"text": 75, "value": 2000, "url": 3000, "action_id": _MAX_ID},
    "confirm": {"title": 100, "text": 300, "confirm": 30, "deny": 30},
    "context": {"block_id": _MAX_ID},
    "header": {"text": 150, "block_id": _MAX_ID},
    "image": {"image_url": 3000, "alt_text": 2000, "block_id": _MAX_ID},
    "input": {"label": 2000, "hint": 2000, "block_id": _MAX_ID},
    "option": {"text": 75, "value": 150},
    "plain_text_input": {"initial_value": 3000, "action_id": _MAX_ID, "placeholder": 150},
    "section": {"text": 3000, "block_id": _MAX_ID},
    "static_select": {"action_id": _MAX_ID, "placeholder": 150},
}
_NEEDED = {
    "button": ("text", "action_id"),
    "confirm": ("title", "text", "confirm", "deny"),
    "image": ("image_url", "alt_text"),
    "input": ("label", "element"),
    "option": ("text", "value"),
    "plain_text_input": ("action_id",),
    "static_select": ("action_id", "options"),
}
_COUNTS = {
    ("actions", "elements"): 25,
    ("context", "elements"): 10,
    ("section", "fields"): 10,
    ("static_select", "options"): 100,
}


def faults(method: str, values: Json) -> Iterator[str]:
    """What Slack would refuse, and what a person would miss, in one thing that was sent."""
    if method == ACKNOWLEDGEMENT:
        yield from _acknowledgement(values)
        return
    if method not in _PARAMETERS:
        yield f"{method} is no method that the bot has a scope for"
        return
    known, needed = (names.split() for names in _PARAMETERS[method])
    yield from (f"{name} is unknown" for name in values if name not in known)
    yield from (f"{name} is missing" for name in needed if not values.get(name))
    if "text" in known:
        yield from _message(values, posted=method == "chat.postMessage")
    if "view" in values:
        yield from _view(_structure(values["view"]), home=method == "views.publish")


def _acknowledgement(values: Json) -> Iterator[str]:
    """Words for a command, errors for a form, or what is to become of the form."""
    match values.get("response_action"):
        case None:
            yield from (f"{name} is unknown" for name in values if name not in _ANSWER.split())
            yield from _message(values, posted=True)
        case "errors":
            errors = values.get("errors") or {"": ""}
            for block_id, text in errors.items():
                yield from _length("error", str(block_id), text, _MAX_ERROR)
                yield from _sentence(text)
        case "update":
            yield from (f"{name} is unknown" for name in values if name not in _UPDATE)
            yield from _view(_structure(values.get("view") or {}), home=False)
        case "clear":
            yield from (f"{name} is unknown" for name in values if name != "response_action")
        case action:
            yield f"{action} is no way to answer a form"


def _message(values: Json, *, posted: bool) -> Iterator[str]:
    text = values.get("text", "")
    yield from _length("message", "text", text, _MAX_TEXT)
    yield from _sentence(text)
    for name in ("unfurl_links", "unfurl_media"):
        if posted and values.get(name) not in (False, "false", "0"):
            yield f"{name} is not switched off"
    yield from _blocks(_structure(values.get("blocks", [])), "message")
    metadata = _structure(values.get("metadata", {}))
    if metadata and set(metadata) != {"event_type", "event_payload"}:
        yield "metadata has a type and a payload"


def _sentence(text: str) -> Iterator[str]:
    if not _SENTENCE.fullmatch(text):
        yield f"no whole sentence: {text!r}"


def _view(view: Json, *, home: bool) -> Iterator[str]:
    kind = "home" if home else "modal"
    if view.get("type") != kind:
        yield f"the view is no {kind}"
    yield from (f"a view has no {name}" for name in view if name not in _VIEW.split())
    yield from _length(kind, "private_metadata", view.get("private_metadata", "-"), _MAX_METADATA)
    yield from _length(kind, "callback_id", view.get("callback_id", "-"), _MAX_ID)
    blocks = view.get("blocks", [])
    if kind == "modal":
        if "title" not in view:
            yield "a modal without a title"
        if any(block.get("type") == "input" for block in blocks) and "submit" not in view:
            yield "inputs that cannot be submitted"
        for name in ("title", "submit", "close"):
            yield from _length(kind, name, view.get(name, "-"), _MAX_TITLE)
    yield from _blocks(blocks, kind)


def _blocks(blocks: Sequence[Json], place: str) -> Iterator[str]:
    if len(blocks) > _MAX_BLOCKS[place]:
        yield f"{len(blocks)} blocks in a {place}"
    for block in blocks:
        yield from _as_the_sdk_has_it(block)
        yield from _object(block)
    yield from _twice("action_id", blocks)
    yield from _twice("block_id", blocks)
    labels = [_text(each["text"]) for each in _walk(blocks) if each.get("type") == "button"]
    yield from (f"two buttons say {text!r}" for text, n in Counter(labels).items() if n > 1)


def _as_the_sdk_has_it(block: Json) -> Iterator[str]:
    try:
        parsed = Block.parse(dict(block))
        told = parsed.to_dict() if parsed else {}
    except (SlackObjectFormationError, TypeError) as error:
        yield f"{block.get('type')}: {error}"
        return
    if told != block:
        yield f"{block.get('type')} has what slack_sdk does not know"


def _object(found: Json) -> Iterator[str]:
    """A block or an element, and all that is in it."""
    for each in _walk([found]):
        kind = _kind(each)
        yield from (f"{kind} without {name}" for name in _NEEDED.get(kind, ()) if name not in each)
        for name, most in _LENGTHS.get(kind, {}).items():
            if name in each:
                yield from _length(kind, name, each[name], most)
        for (owner, name), most in _COUNTS.items():
            if kind == owner and not 1 <= len(each.get(name, [None])) <= most:
                yield f"{kind} with {len(each[name])} {name}"
        if kind == "section" and not ("text" in each or "fields" in each):
            yield "a section that says nothing"
        for text in each.get("fields", []) if kind == "section" else []:
            yield from _length("section", "field", text, 2000)


def _kind(found: Json) -> str:
    if "type" in found:
        return str(found["type"])
    return "confirm" if "deny" in found else "option"


def _walk(found: object) -> Iterator[Json]:
    """Every object with a shape of its own, texts left out."""
    if isinstance(found, Mapping):
        if found.get("type") not in ("plain_text", "mrkdwn"):
            yield found
            for value in found.values():
                yield from _walk(value)
    elif isinstance(found, list | tuple):
        for value in found:
            yield from _walk(value)


def _twice(name: str, blocks: Sequence[Json]) -> Iterator[str]:
    counted = Counter(each[name] for each in _walk(blocks) if name in each)
    yield from (f"{name} {value!r} stands twice" for value, n in counted.items() if n > 1)


def _length(kind: str, name: str, value: object, most: int) -> Iterator[str]:
    text = _text(value)
    if not text.strip() or len(text) > most:
        yield f"{kind}: {name} has {len(text)} characters, from 1 to {most} are allowed"


def _text(value: object) -> str:
    return str(value.get("text", "")) if isinstance(value, Mapping) else str(value)


def _structure(value: Any) -> Any:
    """A JSON value, which a form carries as text."""
    return json.loads(value) if isinstance(value, str) else value

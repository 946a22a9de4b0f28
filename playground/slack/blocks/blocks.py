"""Whole messages and views, checked as strictly as Slack checks them; nothing is mended silently.

Limits: https://docs.slack.dev/reference/block-kit/blocks and /reference/views.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from playground.slack.blocks.checks import (
    Check,
    complaint,
    flag,
    many,
    one_of,
    record,
    string,
    tagged,
)
from playground.slack.blocks.checks import url as url_check
from playground.slack.blocks.elements import (
    ID,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    plain,
    rich,
)
from playground.slack.world.records import Blocks, Json, SlackError

_MAX_MESSAGE_BLOCKS = 50
_MAX_VIEW_BLOCKS = 100
_MAX_VIEW_BYTES = 250_000

_NAMED = {"block_id": ID}


def _with_text_or_fields(shape: Check) -> Check:
    def check(value: object, at: str) -> Iterator[str]:
        yield from shape(value, at)
        if isinstance(value, dict) and not ("text" in value or "fields" in value):
            yield complaint("missing required field: text or fields", at)

    return check


_SECTION = _with_text_or_fields(
    record(
        {},
        {
            **_NAMED,
            "text": rich(3000),
            "fields": many(rich(2000), 10),
            "accessory": IN_SECTION,
            "expand": flag,
        },
    )
)
_IN_CONTEXT = tagged(
    {
        "plain_text": record({"text": string(3000)}, {"emoji": flag}),
        "mrkdwn": record({"text": string(3000)}, {"verbatim": flag}),
        "image": IMAGE,
    }
)
_BLOCK = tagged(
    {
        "section": _SECTION,
        "divider": record({}, _NAMED),
        "header": record({"text": plain(150)}, _NAMED),
        "context": record({"elements": many(_IN_CONTEXT, 10)}, _NAMED),
        "actions": record({"elements": many(IN_ACTIONS, 25)}, _NAMED),
        "image": record(
            {"image_url": url_check(3000), "alt_text": string(2000)},
            {**_NAMED, "title": plain(2000)},
        ),
        "input": record(
            {"label": plain(2000), "element": IN_INPUT},
            {**_NAMED, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
        ),
    }
)
_MESSAGE_BLOCKS = many(_BLOCK, _MAX_MESSAGE_BLOCKS, least=0)
_VIEW_BLOCKS = many(_BLOCK, _MAX_VIEW_BLOCKS)
_VIEW_NAMES = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_VIEW = tagged(
    {
        "modal": record(
            {"title": plain(24), "blocks": _VIEW_BLOCKS},
            {
                **_VIEW_NAMES,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": flag,
                "notify_on_close": flag,
                "submit_disabled": flag,
            },
        ),
        "home": record({"blocks": _VIEW_BLOCKS}, _VIEW_NAMES),
    }
)
_METADATA = record({"event_type": string(255), "event_payload": lambda value, at: iter(())})


def checked_blocks(value: object, new_id: Callable[[str], str]) -> Blocks:
    """The blocks of a message with every id filled in; SlackError invalid_blocks(_format)."""
    if not isinstance(value, list):
        raise SlackError("invalid_blocks_format")
    wrong = tuple(_MESSAGE_BLOCKS(value, "/blocks")) or tuple(_repeated_ids(value, "/blocks"))
    if wrong:
        raise SlackError("invalid_blocks", wrong)
    return _with_ids(value, new_id)


def checked_view(value: object, new_id: Callable[[str], str], kind: str) -> Json:
    """A view of that kind, ids filled in; SlackError invalid_arguments or view_too_large."""
    if len(json.dumps(value)) > _MAX_VIEW_BYTES:
        raise SlackError("view_too_large")
    wrong = tuple(_wrong_in_view(value, kind))
    if wrong or not isinstance(value, dict):
        raise SlackError("invalid_arguments", wrong)
    return {**value, "blocks": _with_ids(value["blocks"], new_id)}


def checked_metadata(value: object) -> Json:
    if not isinstance(value, dict) or not isinstance(value.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if tuple(_METADATA(value, "/metadata")):
        raise SlackError("invalid_metadata_schema")
    return value


def interactive(blocks: Blocks) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) a person can act on or fill in."""
    for block in blocks:
        match block["type"]:
            case "actions":
                yield from ((block, element) for element in block["elements"])
            case "input":
                yield block, block["element"]
            case "section" if block.get("accessory", {}).get("type", "image") != "image":
                yield block, block["accessory"]


def _wrong_in_view(value: object, kind: str) -> Iterator[str]:
    wrong = [*_VIEW(value, "/view")]
    yield from wrong
    if wrong or not isinstance(value, dict):
        return
    yield from one_of(kind)(value["type"], "/view/type")
    yield from _repeated_ids(value["blocks"], "/view/blocks")
    has_input = any(block["type"] == "input" for block in value["blocks"])
    if kind == "modal" and has_input and "submit" not in value:
        yield complaint("`submit` is required when an input block is within blocks", "/view")


def _repeated_ids(blocks: Blocks, at: str) -> Iterator[str]:
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            yield complaint(f"block_id `{block_id}` already exists", f"{at}/{place}/block_id")
        seen |= {block_id} if block_id else set()
        inner = [e["action_id"] for _, e in interactive([block]) if "action_id" in e]
        for action_id in sorted({name for name in inner if inner.count(name) > 1}):
            yield complaint(f"action_id `{action_id}` already exists", f"{at}/{place}")


def _with_ids(blocks: Blocks, new_id: Callable[[str], str]) -> Blocks:
    return [_block_with_ids(block, new_id) for block in blocks]


def _block_with_ids(block: Json, new_id: Callable[[str], str]) -> Json:
    def named(element: Any) -> Any:
        if element["type"] in ("image", "mrkdwn", "plain_text"):
            return element
        return {**element, "action_id": element.get("action_id") or new_id("a")}

    filled = {**block, "block_id": block.get("block_id") or new_id("b")}
    if "elements" in block:
        filled["elements"] = [named(element) for element in block["elements"]]
    for place in ("element", "accessory"):
        if place in block:
            filled[place] = named(block[place])
    return filled

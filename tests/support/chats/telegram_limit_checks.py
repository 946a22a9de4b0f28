"""Judges what a bot sends to Telegram, by the Bot API's written limits. It asks no emulator.

https://core.telegram.org/bots/api; with a machine-readable description of it, by that as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

Json = Mapping[str, Any]

_SENT = "chat_id message_thread_id parse_mode protect_content reply_markup"
_EDITED = "chat_id message_id parse_mode reply_markup"
# What the bot uses of each, and what it cannot do without.
_PARAMETERS = {
    "answerCallbackQuery": ("callback_query_id text show_alert", "callback_query_id"),
    "deleteMessage": ("chat_id message_id", "chat_id message_id"),
    "deleteWebhook": ("drop_pending_updates", ""),
    "editMessageCaption": (f"{_EDITED} caption", "chat_id message_id"),
    "editMessageText": (f"{_EDITED} text link_preview_options", "chat_id message_id text"),
    "getChatMember": ("chat_id user_id", "chat_id user_id"),
    "getMe": ("", ""),
    "getUpdates": ("offset timeout allowed_updates", ""),
    "getWebhookInfo": ("", ""),
    "sendMessage": (f"{_SENT} text link_preview_options", "chat_id text"),
    "sendPhoto": (f"{_SENT} photo caption", "chat_id photo"),
    "setMyCommands": ("commands scope language_code", "commands"),
    "setWebhook": ("url allowed_updates drop_pending_updates secret_token", "url"),
}
_SPELLED = {name.lower(): name for name in _PARAMETERS}
_MAX_UNITS = {"text": 4096, "caption": 1024}
_MAX_TOAST, _MAX_CALLBACK_BYTES, _MAX_COPY, _MAX_PLACEHOLDER = 200, 64, 256, 64
_MAX_BUTTONS, _MAX_IN_ROW, _MAX_LABEL = 100, 8, 64
_MAX_COMMANDS, _MAX_DESCRIPTION = 100, 256
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_START = re.compile(r"https://t\.me/\w+\?start=[A-Za-z0-9_-]{1,64}")
_TAGS = frozenset({"a", "b", "blockquote", "code", "i", "pre", "s", "tg-spoiler", "u"})
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_INTEGER = re.compile(r"-?\d+")
_ACTIONS = {"callback_data", "url", "copy_text"}


def faults(method: str, values: Json, specification: Json | None = None) -> Iterator[str]:
    """What Telegram would refuse, and what a person would miss, in one call."""
    name = _SPELLED.get(method.lower())
    if name is None:
        yield f"{method} is no method that the bot uses"
        return
    known, needed = (names.split() for names in _PARAMETERS[name])
    yield from (f"{each} is unknown" for each in values if each not in known)
    yield from (f"{each} is missing" for each in needed if not values.get(each))
    yield from _words(name, values)
    if "reply_markup" in values:
        yield from _keyboard(json.loads(values["reply_markup"]))
    if "commands" in values:
        yield from _commands(json.loads(values["commands"]))
    if values.get("drop_pending_updates", "false") != "false":
        yield "updates that wait are dropped"
    if specification is not None:
        yield from _against(specification, name, values)


def _words(method: str, values: Json) -> Iterator[str]:
    if method == "answerCallbackQuery":
        if _units(values.get("text", "")) > _MAX_TOAST:
            yield "a toast that is too long"
        return
    for name, most in _MAX_UNITS.items():
        if name in values:
            yield from _text(name, values[name], values.get("parse_mode"), most)
    if "text" in _PARAMETERS[method][1]:
        options = json.loads(values.get("link_preview_options", "{}"))
        if options.get("is_disabled") is not True:
            yield "links are previewed"


def _text(name: str, text: str, mode: str | None, most: int) -> Iterator[str]:
    plain = text
    if mode is not None:
        if mode != "HTML":
            yield f"parse_mode is {mode}"
        markup = _Markup()
        markup.feed(text)
        markup.close()
        yield from markup.found()
        plain = "".join(markup.words)
    if not 1 <= _units(plain.strip()) <= most:
        yield f"{name} has {_units(plain)} units, from 1 to {most} are allowed"


class _Markup(HTMLParser):
    """Reads a text's tags, and keeps its words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.words: list[str] = []
        self._open: list[str] = []
        self._faults: list[str] = []

    def found(self) -> list[str]:
        """What is wrong with it, now that it ended."""
        return [*self._faults, *(f"<{tag}> is never closed" for tag in self._open)]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        if tag not in _TAGS or (attributes and tag != "a"):
            self._faults.append(f"{self.get_starttag_text()} is no tag of Telegram's")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self._faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if "&" in data or "<" in data or ">" in data:
            self._faults.append(f"not escaped: {data!r}")

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, text: str) -> None:
        self.words.append("&")
        if not _ENTITY.fullmatch(text):
            self._faults.append(f"{text} is no entity of Telegram's")


def _keyboard(markup: Json) -> Iterator[str]:
    if "force_reply" in markup:
        if not 1 <= _units(markup.get("input_field_placeholder", "-")) <= _MAX_PLACEHOLDER:
            yield "a placeholder that is too long"
        return
    rows = markup.get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    if not 1 <= len(buttons) <= _MAX_BUTTONS or any(len(row) > _MAX_IN_ROW for row in rows):
        yield "more buttons than fit, or none"
    labels = [button.get("text", "") for button in buttons]
    if len(set(labels)) != len(labels):
        yield f"two buttons say the same: {labels}"
    for button in buttons:
        yield from _button(button)


def _button(button: Json) -> Iterator[str]:
    if not 1 <= len(button.get("text", "").strip()) <= _MAX_LABEL:
        yield f"a label nobody can read: {button.get('text')!r}"
    actions = set(button) - {"text"}
    if len(actions) != 1 or not actions <= _ACTIONS:
        yield f"a button does one thing, not {sorted(actions)}"
    if not 1 <= len(button.get("callback_data", "-").encode()) <= _MAX_CALLBACK_BYTES:
        yield "callback_data has 1 to 64 bytes"
    if not 1 <= _units(button.get("copy_text", {}).get("text", "-")) <= _MAX_COPY:
        yield "copy_text has 1 to 256 units"
    url = button.get("url", "http://")
    if not url.startswith(("https://", "http://")):
        yield f"{url} is no link"
    if url.startswith("https://t.me/") and not _START.fullmatch(url):
        yield f"{url} starts nothing"


def _commands(commands: list[Json]) -> Iterator[str]:
    if not 1 <= len(commands) <= _MAX_COMMANDS:
        yield f"{len(commands)} commands"
    for each in commands:
        if not _COMMAND.fullmatch(each["command"]):
            yield f"{each['command']} is no command"
        if not 1 <= len(each["description"]) <= _MAX_DESCRIPTION:
            yield f"{each['command']} is described in {len(each['description'])} characters"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# --- by the specification -----------------------------------------------------------------------


def _against(specification: Json, method: str, values: Json) -> Iterator[str]:
    given = {name: _typed(value) for name, value in values.items()}
    yield from _fields(specification, specification["methods"][method], method, given)


def _typed(value: object) -> object:
    """What a form carries as text, as Telegram reads it: JSON where it is that."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        with suppress(ValueError):
            return json.loads(value)
    return value


def _fields(specification: Json, entry: Json, at: str, given: Json) -> Iterator[str]:
    fields = {field["name"]: field for field in entry.get("fields", [])}
    yield from (f"{at} has no {name}" for name in given if name not in fields)
    for name, field in fields.items():
        if name in given:
            if not any(_fits(specification, kind, given[name]) for kind in field["types"]):
                yield f"{at}: {name} is none of {field['types']}"
        elif field["required"]:
            yield f"{at} needs {name}"


def _fits(specification: Json, kind: str, value: object) -> bool:
    inner = kind.removeprefix("Array of ")
    if inner != kind:
        return isinstance(value, list) and all(_fits(specification, inner, one) for one in value)
    match kind:
        case "String":
            return isinstance(value, str)
        case "Integer":
            return isinstance(value, int | str) and bool(_INTEGER.fullmatch(str(value)))
        case "Boolean":
            return isinstance(value, bool) or value in ("true", "false")
        case "InputFile":
            return isinstance(value, bytes)
        case _:
            return isinstance(value, Mapping) and _is_object(specification, kind, value)


def _is_object(specification: Json, kind: str, value: Json) -> bool:
    entry = specification["types"][kind]
    kinds = entry.get("subtypes", [])
    if kinds:
        return any(_is_object(specification, each, value) for each in kinds)
    return not list(_fields(specification, entry, kind, value))

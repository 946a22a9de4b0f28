"""What Telegram accepts in texts, keyboards and commands, refused in Telegram's own words."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playground.telegram.html import (
    EntitiesRefusedError,
    Formatted,
    parse_html,
    trimmed,
    utf16_length,
    with_found_entities,
)
from playground.telegram.parameters import Arguments, Dictionary, bad_request
from playground.telegram.state import Json

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ANSWER = 200
_MAX_CALLBACK_BYTES = 64
_MAX_COPY_TEXT = 256
_MAX_BUTTONS = 100
_MAX_ROW = 8
_MAX_PLACEHOLDER = 64
_MAX_COMMANDS = 100
_MAX_DESCRIPTION = 256
_MAX_ENTITIES = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}|\d{1,3}(?:\.\d{1,3}){3}")
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1"})
_STYLES = frozenset({"danger", "success", "primary"})
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


class Rules:
    """The checks of one emulator; `allow_local_urls` lets this machine's pages be buttons."""

    def __init__(self, dictionary: Dictionary, *, allow_local_urls: bool) -> None:
        self.dictionary = dictionary
        self._allow_local_urls = allow_local_urls

    def link_allowed(self, url: str) -> bool:
        """Whether Telegram would open it: http, https or tg, with a host as in the internet."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return False
        if parts.scheme == "tg":
            return bool(parts.netloc)
        if parts.scheme not in {"http", "https"}:
            return False
        if host in _LOCAL_HOSTS:
            return self._allow_local_urls
        return _HOST.fullmatch(host) is not None

    def formatted(self, arguments: Arguments, name: str, entities_name: str) -> Formatted:
        """The text as it will be shown; refuses wrong mark-up."""
        source, mode = arguments.text(name), arguments.text("parse_mode")
        if mode.lower() == "html":
            try:
                formatted = parse_html(source, self.link_allowed)
            except EntitiesRefusedError as refused:
                raise bad_request(f"can't parse entities: {refused}") from None
        elif mode:
            raise bad_request(f'this Telegram reads only parse_mode "HTML", not "{mode}"')
        else:
            formatted = Formatted(source, _entities(arguments.structure(entities_name)))
        if len(formatted.entities) > _MAX_ENTITIES:
            raise bad_request("too many entities")
        return with_found_entities(trimmed(formatted))

    def message_text(self, arguments: Arguments) -> Formatted:
        """The text of a message: 1 to 4096 units after mark-up."""
        formatted = self.formatted(arguments, "text", "entities")
        if not formatted.text:
            raise bad_request("message text is empty")
        if utf16_length(formatted.text) > MAX_TEXT:
            raise bad_request("message is too long")
        options = arguments.structure("link_preview_options")
        if options is not None:
            self.dictionary.check_object("LinkPreviewOptions", options)
        return formatted

    def caption(self, arguments: Arguments) -> Formatted:
        """The text under a picture: 0 to 1024 units after mark-up."""
        formatted = self.formatted(arguments, "caption", "caption_entities")
        if utf16_length(formatted.text) > MAX_CAPTION:
            raise bad_request("message caption is too long")
        return formatted

    def keyboards(self, arguments: Arguments) -> tuple[Json | None, Json | None]:
        """The inline keyboard and the other keyboard of a call; at most one of them is there."""
        markup = arguments.structure("reply_markup")
        if markup is None:
            return None, None
        if not isinstance(markup, dict):
            raise bad_request("object expected as reply markup")
        if "inline_keyboard" in markup:
            return self._inline(markup), None
        for field, kind in (
            ("keyboard", "ReplyKeyboardMarkup"),
            ("force_reply", "ForceReply"),
            ("remove_keyboard", "ReplyKeyboardRemove"),
        ):
            if field in markup:
                return None, self._reply_keyboard(kind, markup)
        if markup:
            raise bad_request("object expected as reply markup")
        return None, None

    def commands(self, value: object) -> tuple[Json, ...]:
        """What setMyCommands may register."""
        if not isinstance(value, list):
            raise bad_request("can't parse commands: expected an Array of BotCommand")
        if len(value) > _MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for one in value:
            command = self.dictionary.check_object("BotCommand", one)
            if not _COMMAND.fullmatch(str(command.get("command", ""))):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= utf16_length(str(command.get("description", ""))) <= _MAX_DESCRIPTION:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        return tuple(value)

    def scope(self, value: object) -> Json:
        """A BotCommandScope with the ids it needs; absent is the default scope."""
        if value is None:
            return {"type": "default"}
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict) or kind not in _SCOPES:
            raise bad_request("unsupported type specified")
        needed = _SCOPES[kind]
        if set(value) != {"type", *needed}:
            raise bad_request(f"a BotCommandScope {kind} has type and {' and '.join(needed)}")
        ids = Arguments(value)
        return {"type": kind, **{name: ids.integer(name) for name in needed}}

    def webhook_url(self, url: str) -> None:
        """Telegram posts only to https; this machine may do without."""
        parts = urlsplit(url)
        local = self._allow_local_urls and parts.hostname in _LOCAL_HOSTS
        if parts.scheme != "https" and not (local and parts.scheme == "http"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")

    def webhook_secret(self, secret: str) -> None:
        """1 to 256 letters, digits, _ and -."""
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")

    def _inline(self, markup: Json) -> Json | None:
        self.dictionary.check_object("InlineKeyboardMarkup", markup)
        rows = markup["inline_keyboard"]
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise bad_request('field "inline_keyboard" must be an Array of Arrays')
        if sum(map(len, rows)) > _MAX_BUTTONS:
            raise bad_request("reply markup is too long")
        if any(len(row) > _MAX_ROW for row in rows):
            raise bad_request("reply markup row is too long")
        for row in rows:
            for button in row:
                self._button(self.dictionary.check_object("InlineKeyboardButton", button))
        kept = [row for row in rows if row]
        return {"inline_keyboard": kept} if kept else None

    def _button(self, button: Json) -> None:
        if not str(button.get("text", "")).strip():
            raise bad_request("can't parse inline keyboard button: button text must be non-empty")
        actions = [name for name in _ACTIONS if name in button]
        if not actions:
            raise bad_request("Text buttons are unallowed in the inline keyboard")
        if len(actions) > 1:
            raise bad_request(f"a button has one action, not {' and '.join(actions)}")
        if button.get("style", "primary") not in _STYLES:
            raise bad_request("invalid button style specified")
        match actions[0]:
            case "callback_data":
                if not 1 <= len(str(button["callback_data"]).encode()) <= _MAX_CALLBACK_BYTES:
                    raise bad_request("BUTTON_DATA_INVALID")
            case "url":
                self._button_url(str(button["url"]))
            case "copy_text":
                copied = self.dictionary.check_object("CopyTextButton", button["copy_text"])
                if not 1 <= utf16_length(str(copied.get("text", ""))) <= _MAX_COPY_TEXT:
                    raise bad_request("BUTTON_COPY_TEXT_INVALID")
            case other:
                raise bad_request(f"this Telegram has no button with {other}")

    def _button_url(self, url: str) -> None:
        if not self.link_allowed(url):
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")

    def _reply_keyboard(self, kind: str, markup: Json) -> Json:
        self.dictionary.check_object(kind, markup)
        if utf16_length(str(markup.get("input_field_placeholder", ""))) > _MAX_PLACEHOLDER:
            raise bad_request("input field placeholder is too long")
        rows = markup.get("keyboard", [])
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise bad_request('field "keyboard" must be an Array of Arrays')
        for row in rows:
            for button in row:
                if not isinstance(button, str):
                    self.dictionary.check_object("KeyboardButton", button)
        return markup


def _entities(value: object) -> tuple[Json, ...]:
    """Entities that a call brings along instead of mark-up."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(_is_entity(one) for one in value):
        raise bad_request("can't parse MessageEntity: expected an Array of MessageEntity")
    return tuple(value)


def _is_entity(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and isinstance(value.get("offset"), int)
        and isinstance(value.get("length"), int)
    )

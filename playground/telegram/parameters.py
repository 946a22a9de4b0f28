"""What a Bot API call carries: names are checked and values read; unknown names are refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.telegram.state import Json

_SEND = (
    "business_connection_id chat_id message_thread_id direct_messages_topic_id parse_mode "
    "disable_notification protect_content allow_paid_broadcast message_effect_id "
    "suggested_post_parameters reply_parameters reply_markup"
)
_EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup"
_METHODS = {
    "getMe": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url certificate ip_address max_connections allowed_updates "
    "drop_pending_updates secret_token",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "sendMessage": f"{_SEND} text entities link_preview_options",
    "sendPhoto": f"{_SEND} photo caption caption_entities show_caption_above_media has_spoiler",
    "sendChatAction": "business_connection_id chat_id message_thread_id action",
    "editMessageText": f"{_EDIT} text parse_mode entities link_preview_options rich_message",
    "editMessageCaption": f"{_EDIT} caption parse_mode caption_entities show_caption_above_media",
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": "chat_id message_id",
    "answerCallbackQuery": "callback_query_id text show_alert url cache_time",
    "setMyCommands": "commands scope language_code",
    "getMyCommands": "scope language_code",
    "deleteMyCommands": "scope language_code",
    "setMyDescription": "description language_code",
    "getMyDescription": "language_code",
    "getChat": "chat_id",
    "getChatMember": "chat_id user_id",
    "getFile": "file_id",
}
_TYPES = {
    "InlineKeyboardMarkup": "inline_keyboard",
    "InlineKeyboardButton": "text icon_custom_emoji_id style url callback_data web_app login_url "
    "switch_inline_query switch_inline_query_current_chat switch_inline_query_chosen_chat "
    "copy_text callback_game pay",
    "CopyTextButton": "text",
    "ReplyKeyboardMarkup": "keyboard is_persistent resize_keyboard one_time_keyboard "
    "input_field_placeholder selective",
    "KeyboardButton": "text icon_custom_emoji_id style request_users request_chat "
    "request_managed_bot request_contact request_location request_poll web_app",
    "ReplyKeyboardRemove": "remove_keyboard selective",
    "ForceReply": "force_reply input_field_placeholder selective",
    "LinkPreviewOptions": "is_disabled url prefer_small_media prefer_large_media show_above_text",
    "ReplyParameters": "message_id chat_id allow_sending_without_reply quote quote_parse_mode "
    "quote_entities quote_position checklist_task_id poll_option_id",
    "BotCommand": "command description",
}


class CallRefusedError(Exception):
    """An answer with ok false: Telegram's code, words and, where it has them, parameters."""

    def __init__(self, description: str, code: int = 400, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.description = description
        self.code = code
        self.parameters = parameters


def bad_request(words: str) -> CallRefusedError:
    """The 400 answer."""
    return CallRefusedError(f"Bad Request: {words}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart call."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Which parameter names each method has, and which fields each object has."""

    methods: Mapping[str, frozenset[str]]
    types: Mapping[str, frozenset[str]]

    def check_call(self, method: str, names: Iterable[str]) -> None:
        """Refuse a parameter that the method does not have."""
        _refuse_unknown(names, self.methods[method], f"parameter of {method}")

    def check_object(self, kind: str, value: object) -> Json:
        """Refuse what is not an object, and a field that the type does not have."""
        if not isinstance(value, dict):
            raise bad_request(f"object expected as {kind}")
        _refuse_unknown(value, self.types[kind], f"field of {kind}")
        return value


def read_dictionary(specification: Path | None) -> Dictionary:
    """From a machine-readable Bot API description, or the built-in one when there is none."""
    if specification is None:
        return Dictionary(_split(_METHODS), _split(_TYPES))
    document = json.loads(specification.read_text(encoding="utf-8"))
    return Dictionary(
        {name: _field_names(document["methods"][name]) for name in _METHODS},
        {name: _field_names(document["types"][name]) for name in _TYPES},
    )


def method_named(name: str) -> str | None:
    """The method with this name in any case of letters; None when the emulator has none."""
    return next((one for one in _METHODS if one.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The parameters of one call: strings (form, query) or JSON values, and files."""

    values: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def names(self) -> set[str]:
        """Every name that was sent."""
        return {*self.values, *(name for name in self.files if not self._is_attached(name))}

    def text(self, name: str) -> str:
        """A string; "" when absent."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number, also one written as text."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        """A truth value, also one written as text."""
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def structure(self, name: str) -> Any:
        """A JSON value, also one written as text; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if value == "":
            return None
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """A file, sent under this name or referred to as attach://other-name."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return self.files.get(name)

    def _is_attached(self, name: str) -> bool:
        return any(value == f"attach://{name}" for value in self.values.values())


def _refuse_unknown(names: Iterable[str], known: frozenset[str], what: str) -> None:
    unknown = sorted(set(names) - known)
    if unknown:
        raise bad_request(f'there is no {what} named "{unknown[0]}"')


def _split(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in table.items()}


def _field_names(entry: Json) -> frozenset[str]:
    return frozenset(one["name"] for one in entry.get("fields", []))

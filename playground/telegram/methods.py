"""The Bot API by method name: one table of everything the emulated Telegram can do for a bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from playground.kit.journal import Journal
from playground.telegram.html import utf16_length
from playground.telegram.messages import Messages
from playground.telegram.parameters import (
    Arguments,
    CallRefusedError,
    bad_request,
    method_named,
    read_dictionary,
)
from playground.telegram.rules import MAX_ANSWER, Rules
from playground.telegram.state import CommandList, Json, Notice
from playground.telegram.updates import Updates
from playground.telegram.wire import full_chat_object, me_object, member_object
from playground.telegram.world import TelegramWorld

_MAX_DESCRIPTION = 512
_QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Methods:
    """Answers one call: the result, or CallRefusedError."""

    def __init__(self, world: TelegramWorld, journal: Journal) -> None:
        settings = world.settings
        rules = Rules(
            read_dictionary(settings.specification), allow_local_urls=settings.allow_local_urls
        )
        self._updates = Updates(world, rules, journal)
        self._world = world
        self._rules = rules
        self._messages = Messages(world, rules)
        self._immediate = self._table()

    async def call(self, name: str, arguments: Arguments) -> Any:
        """The `result` of a Bot API answer; raises CallRefusedError."""
        method = method_named(name)
        if method is None:
            raise CallRefusedError("Not Found", 404)
        self._rules.dictionary.check_call(method, arguments.names())
        result = self._immediate[method](arguments)
        return await result if isinstance(result, Awaitable) else result

    def _table(self) -> dict[str, Callable[[Arguments], Any]]:
        messages, updates = self._messages, self._updates
        return {
            "getMe": lambda _: me_object(self._world.state.bot),
            "getUpdates": updates.get_updates,
            "setWebhook": updates.set_webhook,
            "deleteWebhook": updates.delete_webhook,
            "getWebhookInfo": lambda _: updates.webhook_info(),
            "sendMessage": messages.send_message,
            "sendPhoto": messages.send_photo,
            "sendChatAction": messages.send_chat_action,
            "editMessageText": messages.edit_text,
            "editMessageCaption": messages.edit_caption,
            "editMessageReplyMarkup": messages.edit_markup,
            "deleteMessage": messages.delete,
            "answerCallbackQuery": self._answer_callback_query,
            "setMyCommands": self._set_commands,
            "getMyCommands": self._get_commands,
            "deleteMyCommands": self._delete_commands,
            "setMyDescription": self._set_description,
            "getMyDescription": lambda _: {"description": self._world.state.bot.description},
            "getChat": self._get_chat,
            "getChatMember": self._get_chat_member,
            "getFile": self._get_file,
        }

    def _answer_callback_query(self, arguments: Arguments) -> bool:
        text, url = arguments.text("text"), arguments.text("url")
        query = self._world.state.queries.get(arguments.text("callback_query_id"))
        oldest = self._world.seconds() - self._world.settings.callback_query_seconds
        if query is None or query.answered or query.at < oldest:
            raise bad_request(_QUERY_TOO_OLD)
        if utf16_length(text) > MAX_ANSWER:
            raise bad_request("MESSAGE_TOO_LONG")
        if url and not url.startswith(f"https://t.me/{self._world.state.bot.username}?"):
            raise bad_request("URL_INVALID")
        self._world.state.queries[query.id] = replace(query, answered=True)
        if text:
            alert, at = arguments.flag("show_alert"), self._world.seconds()
            notice = Notice(query.id, query.person_id, query.chat_id, text, alert, at)
            self._world.state.notices.append(notice)
        self._world.changed()
        return True

    def _set_commands(self, arguments: Arguments) -> bool:
        commands = self._rules.commands(arguments.structure("commands"))
        scope, language = self._scope(arguments)
        self._forget_commands(scope, language)
        if commands:
            self._world.state.commands.append(CommandList(scope, language, commands))
        self._world.changed()
        return True

    def _get_commands(self, arguments: Arguments) -> list[Json]:
        scope, language = self._scope(arguments)
        for one in self._world.state.commands:
            if (one.scope, one.language_code) == (scope, language):
                return list(one.commands)
        return []

    def _delete_commands(self, arguments: Arguments) -> bool:
        self._forget_commands(*self._scope(arguments))
        self._world.changed()
        return True

    def _scope(self, arguments: Arguments) -> tuple[Json, str]:
        language = arguments.text("language_code")
        if language and not (len(language) == 2 and language.isascii() and language.islower()):
            raise bad_request("invalid language code specified")
        return self._rules.scope(arguments.structure("scope")), language

    def _forget_commands(self, scope: Json, language: str) -> None:
        self._world.state.commands = [
            one
            for one in self._world.state.commands
            if (one.scope, one.language_code) != (scope, language)
        ]

    def _set_description(self, arguments: Arguments) -> bool:
        description = arguments.text("description")
        if utf16_length(description) > _MAX_DESCRIPTION:
            raise bad_request("description is too long")
        if not arguments.text("language_code"):
            bot = self._world.state.bot
            self._world.state.bot = replace(bot, description=description)
            self._world.changed()
        return True

    def _get_chat(self, arguments: Arguments) -> Json:
        return full_chat_object(self._world.state, self._messages.known_chat(arguments))

    def _get_chat_member(self, arguments: Arguments) -> Json:
        chat = self._messages.known_chat(arguments)
        user_id = arguments.integer("user_id")
        state = self._world.state
        if user_id != state.bot.id and user_id not in state.people:
            raise bad_request("user not found")
        if user_id == state.bot.id:
            return member_object(state, user_id, "member" if chat.bot_present else "left")
        if user_id not in chat.members:
            return member_object(state, user_id, "left")
        owner = chat.kind != "private" and chat.members[0] == user_id
        return member_object(state, user_id, "creator" if owner else "member")

    def _get_file(self, arguments: Arguments) -> Json:
        photo = self._world.state.photos.get(arguments.text("file_id"))
        if photo is None:
            raise bad_request("invalid file_id")
        return {
            "file_id": photo.id,
            "file_unique_id": f"u{photo.id}",
            "file_size": photo.byte_count,
        }

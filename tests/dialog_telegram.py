"""The emulated Telegram as dialogs use it: three people in their private chats. No rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from pydantic import SecretStr
from starlette.routing import BaseRoute

from billing.records import Link, LinkKind
from bot.config import Config, Telegram
from playground import telegram_api
from playground.live import Live
from playground.telegram_state import CallbackQuery, Message, TelegramSettings
from playground.telegram_window import TelegramWindow
from playground.telegram_wire import message_object, person_object
from playground.telegram_world import TelegramWorld
from tests.dialog_chats import Button, Person, Seen, readable
from tests.dialog_script import AccountLine

_TOKEN = "9001:dialogs"
_PEOPLE = {Person.YOU: 7001, Person.OTHER: 7002, Person.STRANGER: 7003}


class TelegramPlace:
    """A Telegram with private chats only: the bot polls it."""

    platform = "telegram"
    forms = False

    def __init__(self, address: str, now: Callable[[], datetime]) -> None:
        self._address = address
        numbers = count(1)
        self._world = TelegramWorld(
            TelegramSettings(_TOKEN), now=now, new_id=lambda: f"id{next(numbers)}"
        )
        self._window = TelegramWindow(self._world)
        self._add_stranger()
        for chat in self._world.state.chats.values():
            # Alerts may reach a person before that person says anything.
            self._world.state.chats[chat.id] = replace(chat, started=True)

    def configured(self, config: Config) -> Config:
        telegram = Telegram(SecretStr(_TOKEN), f"{self._address}/telegram")
        return replace(config, telegram=telegram)

    def routes(self) -> Sequence[BaseRoute]:
        return telegram_api.routes(self._world, self._window, Live())

    def links(self, account: AccountLine) -> Sequence[Link]:
        if account.team:
            bot = str(self._world.state.bot.id)
            return [Link(account.id, "telegram", bot, LinkKind.TEAM, bot)]
        people = (Person.YOU, Person.OTHER) if account.shared else (Person.YOU,)
        return [
            Link(account.id, "telegram", "", LinkKind.PERSON, str(_PEOPLE[who]))
            for who in people
        ]

    def seen(self, who: Person) -> list[Seen]:
        state, person = self._world.state, _PEOPLE[who]
        shown = [
            _seen_in_telegram(message)
            for message in state.messages.get(person, {}).values()
            if message.sender_id == state.bot.id
        ]
        toasts = [
            Seen(f"toast:{one.id}", one.at, readable(one.text), card=False)
            for one in state.notices
            if one.person_id == person
        ]
        return [*shown, *toasts]

    def quiet(self) -> bool:
        state = self._world.state
        return not self._world.pending_updates() and all(
            query.answered for query in state.queries.values()
        )

    async def say(self, who: Person, text: str, *, channel: bool) -> None:
        person = _PEOPLE[who]
        await self._window.say(person, person, text)

    async def press(self, who: Person, button: Button) -> None:
        chat, number, row, column = button.place
        message = self._world.message(chat, number)
        assert message is not None, "the message is gone"
        if chat == _PEOPLE[who] and button in _seen_in_telegram(message).buttons:
            await self._window.press(chat, chat, number, row, column)
        else:
            self._press_crafted(who, button, message)

    def _press_crafted(self, who: Person, button: Button, message: Message) -> None:
        """As a slow app sends it after an edit, or as nobody's app would."""
        state, person = self._world.state, _PEOPLE[who]
        query = CallbackQuery(
            self._world.new_id(),
            person,
            person,
            message.message_id,
            *button.place[2:],
            self._world.seconds(),
        )
        state.queries[query.id] = query
        body = {
            "id": query.id,
            "from": person_object(state.people[person]),
            "message": message_object(state, message),
            "chat_instance": str(person),
            "data": button.token,
        }
        self._world.enqueue("callback_query", body)

    async def submit(self, values: Mapping[str, str]) -> dict[str, str]:
        raise AssertionError("Telegram has no forms")

    async def close(self) -> None:
        self._world.close()

    def _add_stranger(self) -> None:
        mia = replace(
            self._world.state.people[_PEOPLE[Person.OTHER]],
            id=_PEOPLE[Person.STRANGER],
            first_name="Mia",
            username="mia_s",
            language_code="en",
        )
        self._world.add_person(mia)


def _seen_in_telegram(message: Message) -> Seen:
    rows = message.markup["inline_keyboard"] if message.markup else []
    buttons = tuple(
        Button(
            button["text"],
            (message.chat_id, message.message_id, row, column),
            button.get("callback_data", ""),
            button.get("url", ""),
        )
        for row, line in enumerate(rows)
        for column, button in enumerate(line)
    )
    return Seen(
        id=f"{message.chat_id}:{message.message_id}",
        order=message.message_id,
        lines=readable(message.text),
        buttons=buttons,
        channel=True,
    )

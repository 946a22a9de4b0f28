"""The emulated Telegram as dialogs use it: three people in their private chats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from starlette.routing import BaseRoute

from playground.kit.live import Live
from playground.telegram import api as telegram_api
from playground.telegram.state import CallbackQuery, Message, TelegramSettings
from playground.telegram.state import Person as TelegramPerson
from playground.telegram.window import TelegramWindow
from playground.telegram.wire import message_object, person_object
from playground.telegram.world import TelegramWorld
from service.ports.records import Link, LinkKind
from tests.support.dialogs.chats import Button, Person, Seen, Where, label_of, readable
from tests.support.dialogs.script import AccountLine

_TOKEN, _SECRET = "9001:AAE-of-dialogs", "webhook-of-dialogs"
_PEOPLE = {Person.YOU: 7001, Person.OTHER: 7002, Person.STRANGER: 7003}


class TelegramPlace:
    """A Telegram that the bot polls, or that posts to it; a group is made when it is needed."""

    platform = "telegram"
    forms = False
    secrets: tuple[str, ...] = (_TOKEN, _TOKEN.partition(":")[2], _SECRET)

    def __init__(
        self, address: str, now: Callable[[], datetime], *, webhook: bool = False
    ) -> None:
        self._address, self._webhook = address, webhook
        self.channel = ""
        numbers = count(1)
        self._world = TelegramWorld(
            TelegramSettings(_TOKEN, webhook_retry_seconds=0.02),
            now=now,
            new_id=lambda: f"id{next(numbers)}",
        )
        self._window = TelegramWindow(self._world)
        self._add_people()

    def settings(self) -> dict[str, str]:
        return {
            "telegram_bot_token": _TOKEN,
            "telegram_webhook_secret": _SECRET if self._webhook else "",
            "telegram_api_base_url": f"{self._address}/telegram",
            # A played Telegram takes buttons with any link, and says so by its clock.
            "slack_api_base_url": f"{self._address}/slack",
            "clock_offset_file": "no-file-moves-it",
        }

    def routes(self) -> Sequence[BaseRoute]:
        return telegram_api.routes(self._world, self._window, Live())

    def links(self, account: AccountLine) -> Sequence[Link]:
        if account.team:
            bot = str(self._world.state.bot.id)
            return [Link(account.id, "telegram", bot, LinkKind.TEAM, bot)]
        people = (Person.YOU, Person.OTHER) if account.shared else (Person.YOU,)
        return [
            Link(account.id, "telegram", "", LinkKind.PERSON, str(_PEOPLE[who])) for who in people
        ]

    def seen(self, who: Person) -> list[Seen]:
        state, person = self._world.state, _PEOPLE.get(who, 0)
        chats = [chat.id for chat in state.chats.values() if person in chat.members]
        # The group before what is private, where a person's newest message is.
        shown = [
            _seen_in_telegram(message)
            for chat in sorted(chats)
            for message in state.messages.get(chat, {}).values()
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

    def speak(self, who: Person, language: str) -> None:
        people = self._world.state.people
        people[_PEOPLE[who]] = replace(people[_PEOPLE[who]], language_code=language)

    async def say(self, who: Person, text: str, *, where: Where) -> None:
        person = _PEOPLE[who]
        chat = await self._group() if where is Where.GROUP else person
        await self._window.say(person, chat, text)

    async def press(self, who: Person, button: Button) -> None:
        chat, number, row, column = button.place
        message = self._world.message(chat, number)
        assert message is not None, "the message is gone"
        person, members = _PEOPLE[who], self._world.state.chats[chat].members
        if person in members and button in _seen_in_telegram(message).buttons:
            did = await self._window.press(person, chat, number, row, column)
            if "start" in did:
                await self._window.start(person, did["start"])
        else:
            self._press_crafted(who, button, message)

    def _press_crafted(self, who: Person, button: Button, message: Message) -> None:
        """As a slow app sends it after an edit, or as nobody's app would."""
        state, person = self._world.state, _PEOPLE[who]
        _, _, row, column = button.place
        query = CallbackQuery(
            self._world.new_id(),
            person,
            person,
            message.message_id,
            row,
            column,
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

    async def open_home(self) -> None:
        raise AssertionError("Telegram has no home tab")

    async def run_shortcut(self, name: str) -> None:
        raise AssertionError("Telegram has no shortcuts")

    async def block(self, *, blocked: bool) -> None:
        act = self._window.block if blocked else self._window.unblock
        await act(_PEOPLE[Person.YOU])

    async def close(self) -> None:
        self._world.close()

    async def _group(self) -> int:
        if not self.channel:
            self.channel = str(await self._window.new_group(_PEOPLE[Person.YOU], "Cloud Billing"))
        return int(self.channel)

    def _add_people(self) -> None:
        """A stranger joins, all speak English, and alerts may reach them before they write."""
        state = self._world.state
        mia = TelegramPerson(_PEOPLE[Person.STRANGER], "Mia", "mia_s", "en")
        self._world.add_person(mia)
        for person in state.people.values():
            state.people[person.id] = replace(person, language_code="en")
        for chat in state.chats.values():
            state.chats[chat.id] = replace(chat, started=True)


def _seen_in_telegram(message: Message) -> Seen:
    rows = message.markup["inline_keyboard"] if message.markup else []
    buttons = tuple(
        Button(
            label_of(button["text"]),
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

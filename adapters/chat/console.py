"""A conversation in a terminal: lines in, cards as text out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from conversations.protocol.events import ConversationKey, Membership, Said
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat, read_chat
from conversations.protocol.ports import (
    Button,
    ChatError,
    Delivery,
    DeliveryReceiver,
    Incoming,
    Message,
    MessageRef,
    Pressed,
    UnreadableDelivery,
    Verdict,
)
from conversations.protocol.views import (
    CardPointer,
    FormErrors,
    OpenForm,
    PrivateReply,
    Prompt,
    Reply,
    Toast,
    View,
)
from conversations.text.safe_text import escape_unsafe
from service.lanes.keys import write_person_key
from service.ports.chats import ChatTraits, LinkOption
from service.ports.records import LinkKind

PLATFORM = "console"
TRAITS = ChatTraits(
    PLATFORM,
    signup=True,
    link_options=(
        LinkOption(
            "--console-person",
            LinkKind.PERSON,
            "Who types in `topup-bot chat`.",
            lambda typed: ("", typed),
            hidden=True,
        ),
    ),
)
KEY = ConversationKey(PLATFORM, "local", "me", "me")
CHAT = read_chat(PLATFORM, KEY.tenant, KEY.chat)
_LANE = write_person_key(PLATFORM, KEY.tenant, KEY.person)
_TOP_UP = "topup"
_COMMAND = re.compile(r"/(\S+)(\s.*)?")
# Whatever stands between them turns no text outside.
_AROUND_NAMES = "\u2068\u2069"
_UPDATED = "(updated)"
_NUMBER = re.compile("[1-9][0-9]?")
# A pasted number follows the line before it faster than that line's card; a person's does not.
SHOWN_SECONDS = 2.0


class ConsoleChat:
    """Reads `lines`, prints through `write`; `new_id` names deliveries and messages uniquely.

    The buttons of the newest card that has any are numbered; its number presses a button.
    """

    platform = PLATFORM
    # A line is typed once.
    repeats_for = timedelta(0)

    def __init__(
        self,
        lines: AsyncIterable[str],
        write: Callable[[str], None],
        new_id: Callable[[], str],
    ) -> None:
        self._lines = lines
        self._write = write
        self._new_id = new_id
        self._buttons: tuple[Button, ...] = ()
        self._owner: str | None = None
        self._ended = asyncio.Event()
        self._shown = asyncio.Event()
        self._shown.set()

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        """Read lines while entered."""
        reading = asyncio.create_task(self._read(receive))
        try:
            yield
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading

    async def until_end_of_input(self) -> None:
        """Return once there are no more lines, each of them stored and answered."""
        await self._ended.wait()

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """A stored line or press in our words. Raises UnreadableDelivery."""
        match body:
            case {"press": str(token)}:
                return Incoming(KEY, Pressed(token))
            case {"text": str(text)}:
                return Incoming(KEY, _said(text, body.get("card_number") is True))
            case {"press": _} | {"text": _}:
                raise UnreadableDelivery("neither a typed line nor a pressed button")
            case _:
                return None

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """None: a terminal takes what comes."""
        return ()

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Print a card, or print it again. Raises ChatError when the terminal is gone."""
        if message.view.away and replacing is not None:
            # What was printed stays, and says already that it goes on below.
            return replacing
        ref = replacing or MessageRef(chat.id, self._new_id())
        buttons = tuple(button for line in message.buttons for button in line)
        if buttons or self._owner == ref.id:
            self._buttons, self._owner = buttons, ref.id
        try:
            self._write(_card(message.view, buttons, again=replacing is not None))
        except OSError as error:
            said = f"The terminal took no text: {type(error).__name__}"
            raise ChatError(said, Verdict.OUTAGE) from error
        return ref

    async def membership(self, key: ConversationKey) -> Membership:
        """A terminal is its owner's."""
        return Membership.MEMBER

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        """Nobody: there are no channels."""
        return False

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        """Nothing was asked."""
        return {}

    def lookup_paces(self) -> tuple[Pace, ...]:
        """As fast as it comes."""
        return ()

    async def _read(self, receive: DeliveryReceiver) -> None:
        try:
            async for line in self._lines:
                if line.strip():
                    await self._take(line.strip(), receive)
        finally:
            self._ended.set()

    async def _take(self, line: str, receive: DeliveryReceiver) -> None:
        if _NUMBER.fullmatch(line):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._shown.wait(), SHOWN_SECONDS)
        button = self.button_numbered(line)
        if button is not None and button.url is not None:
            link = f"{button.label}: {button.url}"
            self._write(_without_control_characters(link))
            return
        body = {"text": line} if button is None else {"press": button.token or ""}
        # A context says that somebody waits here for the replies.
        delivery = Delivery(PLATFORM, self._new_id(), _LANE, body, {"terminal": PLATFORM})
        self._shown.clear()
        ticket = await receive.accept(delivery)
        replies = None if ticket is None else await receive.answer(ticket)
        for text in filter(None, map(_reply, replies or ())):
            self._write(text)

    def button_numbered(self, line: str) -> Button | None:
        """The button with this number; None for words, and for amounts beyond the buttons."""
        if not _NUMBER.fullmatch(line) or int(line) > len(self._buttons):
            return None
        return self._buttons[int(line) - 1]


def _said(text: str, card_number: bool) -> Said:
    """A line, or a command: `/topup 50 USD` says `50 USD`, any other says itself."""
    typed = _COMMAND.fullmatch(text)
    if typed is None:
        return Said(text, bank_card_number=card_number)
    command, words = typed[1].lower(), (typed[2] or "").strip()
    said = words if command == _TOP_UP else f"{command} {words}".strip()
    return Said(said, command=True, bank_card_number=card_number)


def _reply(reply: Reply) -> str | None:
    match reply:
        case Toast(text) | CardPointer(text):
            return _without_control_characters(text)
        case PrivateReply(view):
            return _card(view)
        case OpenForm() | FormErrors() | Prompt():
            return None  # no event of ours says that a form can be opened; a keyboard is here


def _card(view: View, buttons: tuple[Button, ...] = (), *, again: bool = False) -> str:
    """Title, sentences, rows, numbered choices and hint, with a line of air around them."""
    rows = [f"  {row.label}: {row.value}" for row in view.rows]
    choices = [f"  {number}. {_choice(button)}" for number, button in enumerate(buttons, start=1)]
    title = f"{view.title} {_UPDATED}" if again else view.title
    lines = ["", title, *view.body, *rows, *choices, *filter(None, [view.hint]), ""]
    return "\n".join(map(_without_control_characters, lines))


def _choice(button: Button) -> str:
    return f"{button.label} → {button.url}" if button.url else button.label


def _without_control_characters(text: str) -> str:
    """What would steer the terminal is shown; our own marks around names stay."""
    return escape_unsafe(text, keep=f"\n{_AROUND_NAMES}")

"""Sends to Telegram: cards, edits, and answers to a press."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from telegram import Bot, ForceReply, LinkPreviewOptions
from telegram import Message as SentMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from adapters.chat.telegram.errors import (
    chat_error,
    is_picture_message,
    is_press_too_old,
    is_topic_closed,
    is_unchanged,
    without_token,
)
from adapters.chat.telegram.events import LINK_PREFIX
from adapters.chat.telegram.places import is_group, number_of, topic_of
from adapters.chat.telegram.render import Rendered, render
from adapters.chat.telegram.settings import is_public_https
from conversations.protocol.places import Chat, Place, Thread, without_thread
from conversations.protocol.ports import Message, MessageRef
from conversations.protocol.views import Prompt, Reply, Toast

_MAX_TOAST = 200
_MAX_PLACEHOLDER = 64
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = logging.getLogger(__name__)


class TelegramSender:
    """The outgoing half of one bot. A played Telegram takes `any_link` as a button."""

    def __init__(self, bot: Bot, *, any_link: bool) -> None:
        self._bot = bot
        self._any_link = any_link
        self.username: str | None = None

    async def learn_username(self) -> str:
        """The bot's own name, which links to it need. Raises TelegramError."""
        if self.username is None:
            self.username = (await self._bot.get_me()).username
        if not self.username:
            raise TelegramError("Telegram did not tell this bot's own name")
        return self.username

    async def show(self, chat: Chat, message: Message, replacing: MessageRef | None) -> MessageRef:
        """Post a message, or edit or delete the one it replaces. Raises ChatError."""
        try:
            place = chat.place
            if replacing is not None and message.view.away and await self._delete(replacing):
                return replacing
            if replacing is not None:
                return await self._edit(replacing, place, message)
            rendered = await self._rendered(place, message)
            # In a group it is for everybody to pass on; a payment is its person's alone.
            protected = message.protected and not is_group(place)
            return await self._post(place, rendered, protected=protected)
        except Exception as error:  # an answer that cannot be read is an unknown outcome, too
            if replacing is not None and is_unchanged(error):
                return replacing
            # Not chained: what the library quotes may hold the token.
            raise chat_error(error, self._bot.token) from None

    async def answer(self, query: str, replies: Sequence[Reply], body: Mapping[str, Any]) -> None:
        """End a press with the sentence for the moment, if there is one; best effort."""
        toast = next((each for each in replies if isinstance(each, Toast)), Toast(""))
        prompt = next((each for each in replies if isinstance(each, Prompt)), None)
        try:
            await self._bot.answer_callback_query(
                query, text=toast.text[:_MAX_TOAST] or None, show_alert=toast.alert
            )
            if prompt is not None:
                await self._prompt(body["callback_query"]["message"]["chat"]["id"], prompt)
        except TelegramError as error:
            if not is_press_too_old(error):
                said = without_token(str(error), self._bot.token)
                log.warning("Telegram did not take the answer to a press: %s", said)

    async def _prompt(self, chat: int, prompt: Prompt) -> None:
        """A message that opens the keyboard; the card above has the buttons and the details."""
        placeholder = prompt.placeholder[:_MAX_PLACEHOLDER]
        await self._bot.send_message(
            chat,
            prompt.text,
            reply_markup=ForceReply(input_field_placeholder=placeholder),
            link_preview_options=_NO_PREVIEW,
        )

    async def _rendered(
        self, place: Place, message: Message, *, caption: bool = False
    ) -> Rendered:
        link = None
        if is_group(place):
            link = f"https://t.me/{await self.learn_username()}?start={LINK_PREFIX}"
        links = [button.url for line in message.buttons for button in line if button.url]
        fit = self._any_link or all(map(is_public_https, links))
        return render(message, link_buttons=fit, private_link=link, caption=caption)

    async def _post(self, place: Place, rendered: Rendered, *, protected: bool) -> MessageRef:
        try:
            sent = await self._send(place, rendered, protected=protected)
        except BadRequest as error:
            if not isinstance(place, Thread) or not is_topic_closed(error):
                raise
            sent = await self._send(without_thread(place), rendered, protected=protected)
        return MessageRef(str(sent.chat.id), str(sent.message_id))

    async def _send(self, place: Place, rendered: Rendered, *, protected: bool) -> SentMessage:
        if rendered.photo is not None:
            return await self._bot.send_photo(
                number_of(place),
                rendered.photo,
                caption=rendered.text,
                parse_mode=ParseMode.HTML,
                reply_markup=rendered.keyboard,
                message_thread_id=topic_of(place),
                protect_content=protected or None,
            )
        return await self._bot.send_message(
            number_of(place),
            rendered.text,
            parse_mode=ParseMode.HTML,
            reply_markup=rendered.keyboard,
            link_preview_options=_NO_PREVIEW,
            message_thread_id=topic_of(place),
            protect_content=protected or None,
        )

    async def _edit(self, ref: MessageRef, place: Place, message: Message) -> MessageRef:
        rendered = await self._rendered(place, message)
        if rendered.photo is not None:
            return await self._edit_caption(ref, rendered)
        try:
            edited = await self._bot.edit_message_text(
                rendered.text,
                chat_id=ref.chat,
                message_id=int(ref.id),
                parse_mode=ParseMode.HTML,
                reply_markup=rendered.keyboard,
                link_preview_options=_NO_PREVIEW,
            )
        except BadRequest as error:
            if not is_picture_message(error):
                raise
            return await self._edit_picture(ref, place, message)
        return _ref(edited, ref)

    async def _edit_picture(self, ref: MessageRef, place: Place, message: Message) -> MessageRef:
        """A picture cannot become a text: where its link is over, a message takes its place.

        It is deleted first. Should the bot stop in between, the next edit finds it gone, and
        then it is posted anew as well. What goes on elsewhere, and has no rows, stays in place.
        """
        is_open = any(button.url for line in message.buttons for button in line)
        if message.view.rows and not is_open and await self._delete(ref):
            return await self._post(place, await self._rendered(place, message), protected=False)
        return await self._edit_caption(ref, await self._rendered(place, message, caption=True))

    async def _delete(self, ref: MessageRef) -> bool:
        """False where Telegram does not do it: messages of more than two days stay."""
        try:
            return await self._bot.delete_message(ref.chat, int(ref.id))
        except BadRequest:
            return False

    async def _edit_caption(self, ref: MessageRef, rendered: Rendered) -> MessageRef:
        edited = await self._bot.edit_message_caption(
            chat_id=ref.chat,
            message_id=int(ref.id),
            caption=rendered.text,
            parse_mode=ParseMode.HTML,
            reply_markup=rendered.keyboard,
        )
        return _ref(edited, ref)


def _ref(edited: SentMessage | bool, before: MessageRef) -> MessageRef:
    if isinstance(edited, SentMessage):
        return MessageRef(str(edited.chat.id), str(edited.message_id))
    return before

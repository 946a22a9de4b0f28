"""Answers a delivery where the person acted: a form, errors, words for their eyes only.

All of it is best effort: what fails is logged without secrets, and the card tells anyway.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, assert_never

from slack_bolt import BoltResponse
from slack_bolt.context.ack.async_ack import AsyncAck

from adapters.chat.slack import render
from adapters.chat.slack.events import form_missed_delivery
from adapters.chat.slack.payloads import NO_CHANNEL
from adapters.chat.slack.web import MessageContent, OpenedModal, SlackWeb
from conversations.protocol.ports import ChatError, Delivery, DeliveryReceiver, Message
from conversations.protocol.views import (
    CardPointer,
    FormErrors,
    OpenForm,
    PrivateReply,
    Prompt,
    Reply,
    Toast,
)
from conversations.words import surface_words, words

_log = logging.getLogger(__name__)

_DIRECT_PREFIX = "D"


class DeliveryAnswers:
    """Answers deliveries over one workspace's Web API."""

    def __init__(self, web: SlackWeb) -> None:
        self._web = web
        self._filling: set[asyncio.Task[None]] = set()

    async def open_skeleton(self, delivery: Delivery) -> OpenedModal | None:
        """Open an empty form while the trigger lives; None when Slack did not take it."""
        try:
            view = render.render_notice(words.FORM_TITLE, surface_words.FORM_LOADING)
            return await self._web.open_form(delivery.context["trigger_id"], view)
        except ChatError as error:
            _log.warning("No empty form opened: %s", error)
            return None

    async def answer(
        self,
        delivery: Delivery,
        replies: Sequence[Reply],
        receive: DeliveryReceiver,
        ack: AsyncAck,
        opened: OpenedModal | None = None,
    ) -> BoltResponse:
        """Acknowledge, with every reply that has a place there; the others go their own way.

        `opened` is the empty form that the person has before them, to be filled in.
        """
        errors = _errors(delivery, replies)
        if errors:
            return await ack(response_action="errors", errors=errors)
        forms = [reply for reply in replies if isinstance(reply, OpenForm)]
        if delivery.body["type"] == "choice":
            await self._fill_again(delivery, forms)
            return await ack()
        if opened is not None:
            # The acknowledgement is due by now; the form is filled behind it.
            filling = asyncio.create_task(self._fill(opened, delivery, forms, receive))
            self._filling.add(filling)
            filling.add_done_callback(self._filling.discard)
        elif forms and not await self._opened(delivery, forms[0]):
            replies = (*replies, *(await receive(form_missed_delivery(delivery)) or ()))
        if delivery.body["type"] == "form":
            points = [reply for reply in replies if isinstance(reply, CardPointer)]
            return await self._sent(delivery, points, ack)
        told = await self._told(delivery, replies)
        if told is None:
            return await ack()
        return await self._tell(delivery, told, ack)

    async def _sent(
        self, delivery: Delivery, points: Sequence[CardPointer], ack: AsyncAck
    ) -> BoltResponse:
        """Close the form; where the card is not what the person sees next, say where it is."""
        if not points or not await self._elsewhere(delivery):
            return await ack()
        point, channel = points[0], delivery.context["channel"]
        said = MessageContent(render.escape_mrkdwn(point.text), render.sentence_blocks(point.text))
        try:
            if channel != NO_CHANNEL:
                await self._web.post_privately(channel, str(delivery.body["user"]), said)
                return await ack()
        except ChatError as error:
            _log.info("The form says where the card is, as its channel takes no word: %s", error)
        view = render.render_notice(point.title, point.text, point.close)
        return await ack(response_action="update", view=view)

    async def _opened(self, delivery: Delivery, reply: OpenForm) -> bool:
        trigger_id = delivery.context.get("trigger_id")
        if not trigger_id:
            return False
        try:
            view = render.render_form(reply.form, _opened_in(delivery))
            await self._web.open_form(trigger_id, view)
        except ChatError as error:
            _log.warning("The form did not open, the question comes as a card: %s", error)
            return False
        return True

    async def _fill(
        self,
        opened: OpenedModal,
        delivery: Delivery,
        forms: Sequence[OpenForm],
        receive: DeliveryReceiver,
    ) -> None:
        elsewhere = render.render_notice(words.FORM_TITLE, surface_words.FORM_ELSEWHERE)
        view = render.render_form(forms[0].form, _opened_in(delivery)) if forms else elsewhere
        try:
            await self._web.fill_form(opened, view)
        except ChatError as error:
            _log.warning("The form was not filled, the question comes as a card: %s", error)
            if forms:
                await receive(form_missed_delivery(delivery))

    async def _fill_again(self, delivery: Delivery, forms: Sequence[OpenForm]) -> None:
        """Show the form as it follows what was chosen; as it stood, where that is refused."""
        shown = OpenedModal(delivery.context.get("view", ""), delivery.context.get("hash", ""))
        try:
            for reply in forms:
                view = render.render_form(reply.form, delivery.context.get("channel", ""))
                await self._web.fill_form(shown, view)
        except ChatError as error:
            _log.info("The form did not follow what was chosen: %s", error)

    async def _told(self, delivery: Delivery, replies: Sequence[Reply]) -> MessageContent | None:
        """All words of the replies as one message; None when there are none."""
        parts = [
            part for reply in replies if (part := await self._part(delivery, reply)) is not None
        ]
        if not parts:
            return None
        return MessageContent(
            "\n".join(part.text for part in parts),
            [block for part in parts for block in part.blocks],
        )

    async def _part(self, delivery: Delivery, reply: Reply) -> MessageContent | None:
        match reply:
            case PrivateReply(view):
                return MessageContent(
                    render.fallback_text(view), render.render_blocks(Message(view))
                )
            case Toast(text):
                return MessageContent(render.escape_mrkdwn(text), render.sentence_blocks(text))
            case CardPointer(text):
                if not await self._elsewhere(delivery):
                    return None
                return MessageContent(render.escape_mrkdwn(text), render.sentence_blocks(text))
            case OpenForm() | FormErrors() | Prompt():
                return None
            case _:
                assert_never(reply)

    async def _elsewhere(self, delivery: Delivery) -> bool:
        """Whether the person acted outside the direct message where their cards are."""
        channel, kind = delivery.context.get("channel", ""), delivery.body["type"]
        if channel == NO_CHANNEL:
            return True
        if not channel or kind not in ("press", "command", "form"):
            return False
        if kind == "press":
            return not channel.startswith(_DIRECT_PREFIX)
        if not channel.startswith(_DIRECT_PREFIX):
            return True
        # It may as well be their direct message with a colleague.
        try:
            return channel != await self._web.direct_channel(str(delivery.body["user"]))
        except ChatError as error:
            _log.info("Slack did not tell whose direct message this is: %s", error)
            return True

    async def _tell(self, delivery: Delivery, told: MessageContent, ack: AsyncAck) -> BoltResponse:
        if delivery.body["type"] == "command":
            return await ack(_ephemeral(told))
        try:
            response_url = delivery.context.get("response_url")
            if response_url:
                await self._web.respond(response_url, _ephemeral(told, replace_original=False))
            else:
                await self._web.post(str(delivery.body["user"]), told)
        except ChatError as error:
            _log.warning("An answer did not reach its person: %s", error)
        return await ack()


def _opened_in(delivery: Delivery) -> str:
    return delivery.context.get("channel") or NO_CHANNEL


def _errors(delivery: Delivery, replies: Sequence[Reply]) -> dict[str, str]:
    if delivery.body["type"] != "form":
        return {}
    errors = {
        slot.value: text
        for reply in replies
        if isinstance(reply, FormErrors)
        for slot, text in reply.errors
    }
    return render.form_errors(errors, tuple(delivery.body["values"]))


def _ephemeral(told: MessageContent, **more: Any) -> dict[str, Any]:
    return {
        "response_type": "ephemeral",
        "text": told.text,
        "blocks": told.blocks,
        "unfurl_links": False,
        "unfurl_media": False,
        **more,
    }

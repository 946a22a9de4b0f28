"""The same dialog as a peer's own example does it: python-telegram-bot, and Bolt for Slack.

Everything they remember is gone when the process ends.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
)
from telegram.warnings import PTBUserWarning

from bench.menu import AMOUNT, CANCELLED, METHOD, REVIEW, WAITING, Page
from bench.phones import Json, Take
from bench.workspace import EVENTS_PATH, SIGNING_SECRET

_PAGES = (AMOUNT, METHOD, REVIEW, WAITING, CANCELLED)


@asynccontextmanager
async def in_memory_telegram(bot: Bot) -> AsyncIterator[Take]:
    """A ConversationHandler whose states are the five messages."""
    with warnings.catch_warnings():
        # That buttons are tracked for each message is not wanted here.
        warnings.simplefilter("ignore", PTBUserWarning)
        handler = ConversationHandler(
            entry_points=[CommandHandler("topup", _begin)],
            states={at: [CallbackQueryHandler(_pressed)] for at in range(1, len(_PAGES))},
            fallbacks=[],
        )
    application = Application.builder().bot(bot).updater(None).build()
    application.add_handler(handler)
    async with application:

        async def take(update: Json) -> None:
            await application.process_update(Update.de_json(update, bot))

        yield take


async def _begin(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    if update.message is not None and context.user_data is not None:
        context.user_data["pressed"] = []
        await update.message.reply_text(
            AMOUNT.text, parse_mode=ParseMode.HTML, reply_markup=_keyboard(AMOUNT)
        )
    return 1


async def _pressed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    query = update.callback_query
    if query is None or context.user_data is None:
        return ConversationHandler.END
    pressed = context.user_data["pressed"]
    pressed.append(query.data)
    page = _PAGES[len(pressed)]
    await query.answer()
    await query.edit_message_text(
        page.text, parse_mode=ParseMode.HTML, reply_markup=_keyboard(page)
    )
    return ConversationHandler.END if page is CANCELLED else len(pressed) + 1


def _keyboard(page: Page) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=text) for text in line] for line in page.lines]
    )


def in_memory_slack(*, prompt: bool) -> Starlette:
    """Bolt with a listener for the command and one for buttons, which acknowledge and remember.

    `prompt` lets it answer when the listener has, instead of asking every 10 ms whether it has.
    """
    app = AsyncApp(
        signing_secret=SIGNING_SECRET, authorize=_authorize, process_before_response=prompt
    )
    pressed: dict[str, list[str]] = {}

    @app.command("/topup")
    async def begin(ack: AsyncAck, command: dict[str, str]) -> None:
        pressed[command["user_id"]] = []
        await ack(REVIEW.text)

    @app.action(re.compile("press"))
    async def press(ack: AsyncAck, body: Json, action: Json) -> None:
        pressed[body["user"]["id"]].append(action["value"])
        await ack()

    handler = AsyncSlackRequestHandler(app)

    async def serve(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route(EVENTS_PATH, serve, methods=["POST"])])


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)

"""Who is in which Telegram group: asked when it counts, kept for a minute, doubts are a no."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from adapters.chat.telegram import TelegramChat, TelegramSettings
from conversations.vocabulary import ConversationKey
from tests.chat_inbox import Inbox
from tests.telegram_bot_api import BOT_ID, PERSON, TOKEN, BotApi, Json, bot_api, refusal

ANA = ConversationKey("telegram", BOT_ID, "77", "77")


@dataclass(slots=True)
class Seconds:
    """A clock that moves only when a test says so."""

    at: float = field(default=0.0)

    def __call__(self) -> float:
        return self.at


@asynccontextmanager
async def telegram() -> AsyncIterator[tuple[BotApi, TelegramChat, Seconds]]:
    async with bot_api() as api:
        seconds = Seconds()
        chat = TelegramChat(TelegramSettings(TOKEN, api.url), clock=seconds)
        async with chat.listening(Inbox()):
            yield api, chat, seconds


def member(status: str, **more: object) -> Json:
    return {"status": status, "user": PERSON} | more


@pytest.mark.parametrize(
    ("found", "there"),
    [
        (member("creator"), True),
        (member("member"), True),
        (member("restricted", is_member=True), True),
        (member("restricted", is_member=False), False),
        (member("left"), False),
        (member("kicked"), False),
    ],
)
async def test_who_counts_as_a_member(found: Json, there: bool) -> None:
    """Restricted people do as long as they have not left; left and banned ones do not."""
    async with telegram() as (api, chat, _):
        api.members[-5] = found
        assert (await chat.shares(ANA, frozenset({"-5"})) == {"-5"}) is there


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "Bad Request: user not found"),
        refusal(400, "Bad Request: PARTICIPANT_ID_INVALID"),
        refusal(403, "Forbidden: bot was kicked from the group chat"),
        refusal(500, "Internal Server Error"),
        refusal(429, "Too Many Requests: retry after 5", retry_after=5),
    ],
)
async def test_a_doubt_lets_nobody_in_and_keeps_nobody_else_out(answer: object) -> None:
    """One group that cannot be asked takes nothing from another."""
    async with telegram() as (api, chat, _):
        api.members[-6] = member("member")
        api.answer_next("getChatMember", answer)  # type: ignore[arg-type]  # a Response
        assert await chat.shares(ANA, frozenset({"-5", "-6"})) == {"-6"}


async def test_an_answer_holds_for_a_minute() -> None:
    """Then it is asked anew: who was thrown out is out."""
    async with telegram() as (api, chat, seconds):
        api.members[-5] = member("member")
        for seconds.at in (0, 59):
            assert await chat.shares(ANA, frozenset({"-5"}))
        api.members[-5] = member("kicked")
        seconds.at = 60
        assert not await chat.shares(ANA, frozenset({"-5"}))
        assert len(api.called("getChatMember")) == 2


async def test_an_outage_is_not_remembered() -> None:
    """As soon as Telegram answers again, members are in again."""
    async with telegram() as (api, chat, _):
        api.members[-5] = member("member")
        api.answer_next("getChatMember", refusal(502, "Bad Gateway"))
        assert not await chat.shares(ANA, frozenset({"-5"}))
        assert await chat.shares(ANA, frozenset({"-5"}))


async def test_a_topic_has_the_members_of_its_group() -> None:
    """Alerts may go to a topic; who is in the group may use the account."""
    async with telegram() as (api, chat, _):
        api.members[-5] = member("member")
        assert await chat.shares(ANA, frozenset({"-5/3"})) == {"-5/3"}


@pytest.mark.parametrize("channel", ["5", "C1", "", "-5/x", "77"])
async def test_what_is_no_group_has_no_members(channel: str) -> None:
    """It is not even asked for."""
    async with telegram() as (api, chat, _):
        assert not await chat.shares(ANA, frozenset({channel}))
        assert not api.called("getChatMember")


async def test_nobody_is_in_no_group() -> None:
    """Where Telegram does not say who it was, there is nobody to ask for."""
    nobody = ConversationKey("telegram", BOT_ID, "-5", "")
    async with telegram() as (api, chat, _):
        assert not await chat.shares(nobody, frozenset({"-5"}))
        assert not api.called("getChatMember")

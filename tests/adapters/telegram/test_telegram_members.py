"""Who is in which Telegram group: asked when it counts, kept for a minute, doubts are a no."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.settings import TelegramSettings
from conversations.protocol.events import ConversationKey
from conversations.protocol.ports import ChatError, Verdict
from tests.support.chats.inmemory_inbox import Inbox
from tests.support.chats.telegram_bot_api import (
    BOT_ID,
    PERSON,
    TOKEN,
    BotApi,
    Json,
    bot_api,
    refusal,
)

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


def member(status: object, **more: object) -> Json:
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
        assert await chat.is_in(ANA, "-5") is there


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (refusal(400, "Bad Request: CHAT_ADMIN_REQUIRED"), Verdict.SHUT_OUT),
        (refusal(400, "Bad Request: member list is inaccessible"), Verdict.SHUT_OUT),
        (refusal(400, "Bad Request: USER_ID_INVALID"), Verdict.SHUT_OUT),
        (refusal(400, "Bad Request: chat not found"), Verdict.SHUT_OUT),
        (refusal(403, "Forbidden: bot was kicked from the group chat"), Verdict.SHUT_OUT),
        (refusal(500, "Internal Server Error"), Verdict.OUTAGE),
        (refusal(429, "Too Many Requests: retry after 5", retry_after=5), Verdict.OUTAGE),
    ],
)
async def test_124_a_doubt_is_no_answer(answer: object, verdict: Verdict) -> None:
    """Nobody is in a group on a guess, and nobody is out of it on one."""
    async with telegram() as (api, chat, _):
        api.answer_next("getChatMember", answer)  # type: ignore[arg-type]  # a Response
        with pytest.raises(ChatError) as caught:
            await chat.is_in(ANA, "-5")
        assert caught.value.verdict is verdict
        assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "found",
    [
        member("guest_of_next_year"),
        member(""),
        member(None),
        member(["member"]),
        member("restricted"),
        member("restricted", is_member="yes"),
        {"user": PERSON},
        ["member"],
        True,
    ],
    ids=str,
)
async def test_124_an_answer_that_cannot_be_read_is_no_absence(found: Any) -> None:
    """A standing that nobody knows yet says nothing; it is asked again."""
    async with telegram() as (api, chat, _):
        api.members[-5] = found
        with pytest.raises(ChatError) as caught:
            await chat.is_in(ANA, "-5")
        assert caught.value.verdict not in (Verdict.SHUT_OUT, Verdict.GONE)
        assert await chat.was_in(ANA, frozenset({"-5"})) == {}


@pytest.mark.parametrize("said", ["user not found", "PARTICIPANT_ID_INVALID"])
async def test_who_is_not_there_is_told_for_certain(said: str) -> None:
    """Telegram has an error for that."""
    async with telegram() as (api, chat, _):
        api.answer_next("getChatMember", refusal(400, f"Bad Request: {said}"))
        assert not await chat.is_in(ANA, "-5")


async def test_125_a_group_that_became_a_supergroup_has_its_members_there() -> None:
    """Telegram names the new id; whoever asked under the old one is not shut out until then."""
    said = "Bad Request: group chat was upgraded to a supergroup chat"
    for now, there in (("member", True), ("left", False)):
        async with telegram() as (api, chat, _):
            api.members[-1005] = member(now)
            api.answer_next("getChatMember", refusal(400, said, migrate_to_chat_id=-1005))
            assert await chat.is_in(ANA, "-5") is there
            assert await chat.was_in(ANA, frozenset({"-5"})) == {"-5": there}


async def test_an_answer_holds_for_a_minute() -> None:
    """Then it is asked anew: who was thrown out is out."""
    async with telegram() as (api, chat, seconds):
        api.members[-5] = member("member")
        assert await chat.is_in(ANA, "-5")
        seconds.at = 59
        assert await chat.was_in(ANA, frozenset({"-5"})) == {"-5": True}
        api.members[-5] = member("kicked")
        seconds.at = 60
        assert await chat.was_in(ANA, frozenset({"-5"})) == {}
        assert not await chat.is_in(ANA, "-5")


async def test_an_outage_is_not_remembered() -> None:
    """As soon as Telegram answers again, members are in again."""
    async with telegram() as (api, chat, _):
        api.members[-5] = member("member")
        api.answer_next("getChatMember", refusal(502, "Bad Gateway"))
        with pytest.raises(ChatError):
            await chat.is_in(ANA, "-5")
        assert await chat.was_in(ANA, frozenset({"-5"})) == {}
        assert await chat.is_in(ANA, "-5")


async def test_a_topic_has_the_members_of_its_group() -> None:
    """Alerts may go to a topic; who is in the group may use the account."""
    async with telegram() as (api, chat, _):
        api.members[-5] = member("member")
        assert await chat.is_in(ANA, "-5/3")
        assert await chat.was_in(ANA, frozenset({"-5"})) == {"-5": True}


@pytest.mark.parametrize("channel", ["5", "C1", "", "-5/x", "77"])
async def test_what_is_no_group_has_no_members(channel: str) -> None:
    """It is not even asked for."""
    async with telegram() as (api, chat, _):
        assert not await chat.is_in(ANA, channel)
        assert await chat.was_in(ANA, frozenset({channel})) == {channel: False}
        assert not api.called("getChatMember")


async def test_nobody_is_in_no_group() -> None:
    """Where Telegram does not say who it was, there is nobody to ask for."""
    nobody = ConversationKey("telegram", BOT_ID, "-5", "")
    async with telegram() as (api, chat, _):
        assert not await chat.is_in(nobody, "-5")
        assert not api.called("getChatMember")

"""The emulated Telegram as a bot meets it: updates, faults, commands; the real Bot over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ForceReply,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
)

from playground.telegram.state import Fault
from tests.support.chats.telegram_emulator import KIM, LEE, TOKEN, Place, serving, telegram_place

SEND_MESSAGE = f"/telegram/bot{TOKEN}/sendMessage"


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with telegram_place() as one:
        yield one


@pytest.fixture
async def open_place(place: Place) -> Place:
    """A place where Kim has pressed START and the bot has taken that update."""
    await place.window.start(KIM)
    await place.bot.get_updates(offset=2)
    return place


async def test_the_bot_learns_who_it_is(place: Place) -> None:
    """getMe answers the bot's id, username and name."""
    me = await place.bot.get_me()

    assert (me.id, me.username, me.is_bot) == (9001, "topup_bot", True)


async def test_a_wrong_token_is_refused(place: Place) -> None:
    """Another token gets 401, and the library calls it invalid."""
    with pytest.raises(InvalidToken, match="was rejected by the server"):
        async with place.bot_with("9001:other"):
            pass
    answer = await place.http.post("/telegram/bot9001:other/getMe")

    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


async def test_an_unknown_method_is_not_found(place: Place) -> None:
    """A method that the emulator does not have answers 404 in Telegram's shape."""
    answer = await place.http.get("/telegram/bot9001:emulated/sendPigeon")

    assert (answer.status_code, answer.json()) == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found"},
    )


async def test_a_long_poll_wakes_when_somebody_writes(place: Place) -> None:
    """getUpdates waits and answers as soon as a person says something."""
    poll = asyncio.create_task(place.bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    assert not poll.done()

    await place.window.say(KIM, KIM, "/topup 50 USD")
    (update,) = await asyncio.wait_for(poll, 60)

    assert update.message is not None
    assert update.message.text == "/topup 50 USD"
    assert update.message.parse_entities(["bot_command"]) == {update.message.entities[0]: "/topup"}
    assert update.effective_user is not None
    assert update.effective_user.language_code == "en"


async def test_updates_stay_until_the_offset_confirms_them(place: Place) -> None:
    """The same update comes again until a higher offset is asked for."""
    await place.window.start(KIM)
    await place.window.say(KIM, KIM, "hello")

    first = await place.bot.get_updates(limit=1)
    again = await place.bot.get_updates()
    rest = await place.bot.get_updates(offset=first[0].update_id + 1)
    newest = await place.bot.get_updates(offset=-1)

    assert [one.update_id for one in again] == [1, 2]
    assert [one.update_id for one in rest] == [2]
    assert [one.update_id for one in newest] == [2]


async def test_only_the_asked_kinds_are_queued(place: Place) -> None:
    """allowed_updates holds for what happens afterwards."""
    await place.bot.get_updates(allowed_updates=["callback_query"])
    await place.window.start(KIM)

    assert await place.bot.get_updates() == ()


async def test_a_second_poller_ends_the_first(place: Place) -> None:
    """Two bots with one token: the older call ends with a conflict."""
    first = asyncio.create_task(place.bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)

    async with place.bot_with(TOKEN) as other:
        second = await other.get_updates(timeout=0)

    assert second == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_ordered_faults_happen_once(
    open_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """429 names its wait, 500 is a network error, and neither does anything."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    open_place.world.fail_next("sendMessage", Fault("rate_limited", retry_after=7))
    open_place.world.fail_next("sendMessage", Fault("server_error"))

    with pytest.raises(RetryAfter, match="Retry in 0:00:07"):
        await open_place.bot.send_message(KIM, "one")
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await open_place.bot.send_message(KIM, "two")
    sent = await open_place.bot.send_message(KIM, "three")

    assert sent.message_id == 2


async def test_a_lost_reply_is_a_message_that_was_sent(open_place: Place) -> None:
    """The call is processed and the connection dropped: the bot cannot know."""
    open_place.world.fail_next("sendMessage", Fault("reply_lost"))

    with pytest.raises(NetworkError):
        await open_place.bot.send_message(KIM, "did it arrive?")

    assert open_place.world.state.messages[KIM][2].text == "did it arrive?"


async def test_commands_are_kept_by_scope_and_language(open_place: Place) -> None:
    """A person sees the narrowest list in their own language."""
    private = BotCommandScopeAllPrivateChats()
    await open_place.bot.set_my_commands([BotCommand("help", "Help")])
    await open_place.bot.set_my_commands([BotCommand("topup", "Top up")], scope=private)
    await open_place.bot.set_my_commands(
        [BotCommand("topup", "Aufladen")], scope=private, language_code="de"
    )

    seen = {
        person: (await open_place.window.state(person))["chats"][0]["commands"]
        for person in (KIM, LEE)
    }
    await open_place.bot.delete_my_commands(scope=private, language_code="de")

    assert seen[KIM] == [{"command": "topup", "description": "Top up"}]
    assert seen[LEE] == [{"command": "topup", "description": "Aufladen"}]
    assert await open_place.bot.get_my_commands(scope=private, language_code="de") == ()
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await open_place.bot.set_my_commands([("Top-Up", "no")])


async def test_a_forced_question_is_answered_as_a_reply(open_place: Place) -> None:
    """After ForceReply the person's next message replies to the question."""
    asked = await open_place.bot.send_message(
        KIM, "Which amount?", reply_markup=ForceReply(input_field_placeholder="25.00")
    )
    await open_place.window.say(KIM, KIM, "42")
    (update,) = await open_place.bot.get_updates(offset=2)

    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.message_id == asked.message_id


async def test_chat_and_members_can_be_asked_for(open_place: Place) -> None:
    """getChat, getChatMember and sendChatAction parse with the real library."""
    group = await open_place.window.new_group(KIM, "Team", ("Money",))
    chat = await open_place.bot.get_chat(group)

    assert (chat.type, chat.title, chat.is_forum) == ("supergroup", "Team", True)
    assert (await open_place.bot.get_chat_member(group, KIM)).status == "creator"
    assert (await open_place.bot.get_chat_member(group, LEE)).status == "member"
    assert await open_place.bot.send_chat_action(KIM, "typing")
    assert [
        one["typing"]
        for one in (await open_place.window.state(KIM))["chats"]
        if one["kind"] == "private"
    ] == [True]


async def test_an_upgraded_group_names_its_new_id(open_place: Place) -> None:
    """The old id refuses with migrate_to_chat_id; the new one works; both chats say so."""
    group = await open_place.window.new_group(KIM, "Team")
    upgraded = open_place.world.migrate(group)

    with pytest.raises(ChatMigrated) as moved:
        await open_place.bot.send_message(group, "hello")
    updates = await open_place.bot.get_updates(offset=2)

    assert moved.value.new_chat_id == upgraded.id
    assert (await open_place.bot.send_message(upgraded.id, "hello")).chat.type == "supergroup"
    assert [
        (one.message.migrate_to_chat_id, one.message.migrate_from_chat_id)
        for one in updates
        if one.message
    ] == [(upgraded.id, None), (None, group)]


async def test_a_webhook_gets_updates_with_the_secret_until_it_takes_them(place: Place) -> None:
    """A refused delivery comes again; polling is a conflict meanwhile; nothing is lost."""
    taken: list[tuple[str | None, dict[str, Any]]] = []
    answers = [500, 200, 200]

    async def hook(request: Request) -> Response:
        secret = request.headers.get("x-telegram-bot-api-secret-token")
        taken.append((secret, await request.json()))
        return Response(status_code=answers[len(taken) - 1])

    async with serving([Route("/hook", hook, methods=["POST"])]) as url:
        await place.bot.set_webhook(f"{url}/hook", secret_token="s3cret")
        with pytest.raises(Conflict, match="webhook is active"):
            await place.bot.get_updates()
        await place.window.start(KIM)
        await place.window.say(KIM, KIM, "second")
        async with asyncio.timeout(60):
            while place.world.state.updates:
                await asyncio.sleep(0.01)
        info = await place.bot.get_webhook_info()
        await place.bot.delete_webhook()

    assert [secret for secret, _ in taken] == ["s3cret"] * 3
    assert [body["update_id"] for _, body in taken] == [1, 1, 2]
    assert info.last_error_message == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )
    assert info.pending_update_count == 0
    assert await place.bot.get_updates() == ()


async def test_a_webhook_needs_https_elsewhere(place: Place) -> None:
    """Plain http is accepted only on this machine."""
    with pytest.raises(BadRequest, match=r"(?i)An HTTPS URL must be provided for webhook"):
        await place.bot.set_webhook("http://bot.example/hook")


async def test_calls_may_come_as_query_form_or_json(open_place: Place) -> None:
    """All three ways reach the same method; broken JSON gets a 400."""
    path = SEND_MESSAGE
    call: dict[str, str | int] = {"chat_id": KIM, "text": "hi"}
    ways: list[httpx.Response] = [
        await open_place.http.get(path, params=call),
        await open_place.http.post(path, data=call),
        await open_place.http.post(path.replace("sendM", "SENDm"), json=call),
        await open_place.http.post(
            path, content=b"{", headers={"Content-Type": "application/json"}
        ),
    ]

    assert [one.status_code for one in ways] == [200, 200, 200, 400]
    assert [one.json()["result"]["message_id"] for one in ways[:3]] == [2, 3, 4]


async def test_the_journal_shows_calls_and_no_token(open_place: Place) -> None:
    """Raw calls with their answers are kept; token and secrets are not in them."""
    await open_place.bot.send_message(KIM, "my token is 9001:emulated")
    await open_place.bot.set_webhook("http://127.0.0.1:9/x", secret_token="hush-hush")
    entries = (await open_place.http.get("/window/telegram/journal")).json()

    text = str(entries)
    assert [one["method"] for one in entries][-2:] == ["sendMessage", "setWebhook"]
    assert "emulated" not in text
    assert "hush-hush" not in text

"""Telegram's webhook: only genuine requests get in, and what is stored is acknowledged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.events import to_delivery
from adapters.chat.telegram.settings import TelegramSettings
from adapters.chat.telegram.traits import WEBHOOK_PATH
from adapters.chat.telegram.webhook import MAX_BODY_BYTES, SECRET_HEADER, is_genuine
from conversations.protocol.ports import UnreadableDelivery
from conversations.protocol.views import Toast
from tests.support.chats.inmemory_inbox import Inbox
from tests.support.chats.telegram_adapter_env import SECRET, Scene, listening
from tests.support.chats.telegram_bot_api import BOT_ID, TOKEN, BotApi, Json, message, press
from tests.support.chats.telegram_bot_env import KIM, Town, telegram_town

OURS = f"https://bot.example.org{WEBHOOK_PATH}"
GENUINE = {SECRET_HEADER: SECRET}


@asynccontextmanager
async def posted_to(
    prepare: Callable[[BotApi, Inbox], None] = lambda api, inbox: None,
) -> AsyncIterator[tuple[Scene, httpx.AsyncClient]]:
    async with listening(prepare, secret=SECRET) as scene, browser(scene.chat) as client:
        yield scene, client


@asynccontextmanager
async def browser(chat: TelegramChat) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=list(chat.routes)))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        yield client


async def test_an_update_is_stored_before_it_is_acknowledged() -> None:
    """Whoever shows the secret is answered 200 once the update is kept; a repeat too."""
    async with posted_to() as (scene, client):
        for _ in range(2):
            answer = await client.post(WEBHOOK_PATH, json=message(7), headers=GENUINE)
            assert answer.status_code == 200
    assert scene.inbox.names() == ["4242:7"]
    assert scene.inbox.stored[0].body == to_delivery(message(7), "4242").body


def wrong_secrets() -> Iterator[str]:
    yield from ("", " ", SECRET[:-1], f"{SECRET}x", SECRET.upper(), "ü" * 5)
    for at in range(len(SECRET)):
        yield f"{SECRET[:at]}~{SECRET[at + 1 :]}"


async def test_whoever_does_not_show_the_secret_stays_out() -> None:
    """A missing header, a part of the secret, one wrong letter anywhere: 401, and nothing kept."""
    async with posted_to() as (scene, client):
        answers = [await client.post(WEBHOOK_PATH, json=message(7))]
        for shown in wrong_secrets():
            headers = [(SECRET_HEADER.encode(), shown.encode("latin-1"))]
            answers.append(await client.post(WEBHOOK_PATH, json=message(7), headers=headers))
        assert {answer.status_code for answer in answers} == {401}
        assert all(SECRET not in answer.text for answer in answers)
    assert not scene.inbox.stored


def test_without_a_secret_nothing_is_genuine() -> None:
    """An empty secret accepts nothing, least of all an empty header."""
    assert not is_genuine("", "")
    assert not is_genuine("x", "")
    assert is_genuine(SECRET, SECRET)


async def test_without_a_secret_there_is_no_door() -> None:
    """A bot that polls serves no webhook at all."""
    chat = TelegramChat(TelegramSettings(TOKEN))
    assert not chat.routes
    async with browser(chat) as client:
        assert (await client.post(WEBHOOK_PATH, json=message(7))).status_code == 404


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[]", b"7", b'"x"', b"[" * 100_000, b'{"update_id": NaN}'],
)
async def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """Telegram sends whole JSON objects: anything else was broken on its way, and comes again."""
    async with posted_to() as (scene, client):
        answer = await client.post(WEBHOOK_PATH, content=body, headers=GENUINE)
        assert answer.status_code == 400
    assert not scene.inbox.stored


async def test_too_much_is_refused_unread() -> None:
    """No update is that large."""
    async with posted_to() as (scene, client):
        body = b"{" + b" " * MAX_BODY_BYTES
        answer = await client.post(WEBHOOK_PATH, content=body, headers=GENUINE)
        assert answer.status_code == 413
    assert not scene.inbox.stored


@pytest.mark.parametrize(
    "poison",
    [
        {"update_id": 7, "message": {"text": 5}},
        {"update_id": 7, "callback_query": {"id": 5}},
        json.loads('{"update_id": 7, "message": ' + '{"a":' * 300 + "1" + "}" * 301),
    ],
)
async def test_poison_is_kept_and_acknowledged(poison: Json) -> None:
    """Refused, it would come again for ever: it is stored, and quarantined when it is read."""
    async with posted_to() as (scene, client):
        answer = await client.post(WEBHOOK_PATH, json=poison, headers=GENUINE)
        assert answer.status_code == 200
    (kept,) = scene.inbox.stored
    with pytest.raises(UnreadableDelivery):
        scene.chat.to_event(kept.body)


async def test_what_cannot_be_stored_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    """503 makes Telegram post it again; the log does not repeat what people wrote."""
    async with posted_to() as (scene, client):
        scene.inbox.failures = [OSError("my words")]
        first = await client.post(WEBHOOK_PATH, json=message(7), headers=GENUINE)
        second = await client.post(WEBHOOK_PATH, json=message(7), headers=GENUINE)
    assert (first.status_code, second.status_code) == (503, 200)
    assert "my words" not in caplog.text


async def test_nobody_listens_before_and_after() -> None:
    """Outside of `listening` a genuine request is told to come again."""
    settings_ = TelegramSettings(TOKEN, webhook_secret=SECRET)
    async with browser(TelegramChat(settings_)) as client:
        answer = await client.post(WEBHOOK_PATH, json=message(7), headers=GENUINE)
    assert answer.status_code == 503


async def test_a_press_by_webhook_is_answered() -> None:
    """The acknowledgement does not wait for the answer to the press."""
    async with posted_to() as (scene, client):
        scene.inbox.replies = (Toast("Confirmed."),)
        await client.post(WEBHOOK_PATH, json=press(7), headers=GENUINE)
        await scene.until(lambda: scene.api.called("answerCallbackQuery"))
    (answer,) = scene.api.called("answerCallbackQuery")
    assert answer["text"] == "Confirmed."


def test_no_bytes_are_an_error_of_ours() -> None:
    """Genuine or not, any bytes are answered with 200, 400 or 401."""
    chat = TelegramChat(TelegramSettings(TOKEN, webhook_secret=SECRET))
    chat._receive = Inbox()

    async def post(body: bytes | str) -> set[int]:
        async with browser(chat) as client:
            answers = [
                await client.post(WEBHOOK_PATH, content=body, headers=headers)
                for headers in (GENUINE, {})
            ]
        return {answer.status_code for answer in answers}

    @settings(max_examples=60, deadline=None)
    @given(body=st.binary(max_size=200) | st.text().map(lambda text: json.dumps({text: 1})))
    def any_bytes(body: bytes | str) -> None:
        assert asyncio.run(post(body)) <= {200, 400, 401}

    any_bytes()


# --- the whole bot ------------------------------------------------------------------------------


async def test_poison_by_webhook_is_quarantined_and_the_next_one_flows(tmp_path: Path) -> None:
    """Nobody waits behind an update that cannot be read."""
    async with telegram_town(tmp_path, webhook=True) as town:
        town.world.enqueue("message", {"text": 5})
        await town.says(KIM, "/balance")
        assert "Balance" in town.newest(KIM)
        quarantined = await count_quarantined(town)
    assert quarantined == 1


async def count_quarantined(town: Town) -> int:
    statement = "SELECT count(*) FROM deliveries WHERE quarantined_at IS NOT NULL"

    def work(tx: object) -> int:
        connection = tx.deliveries._connection  # type: ignore[attr-defined]  # past the port
        return int(connection.exec_driver_sql(statement).scalar())

    return await town.app.store.transact(work)


def test_a_deep_update_is_named_by_its_number() -> None:
    """What is too deep to walk through is not kept, but that it came is."""
    deep: Json = {"update_id": 7}
    for _ in range(200):
        deep = {"update_id": 7, "message": deep}
    kept = to_delivery(deep, BOT_ID)
    assert kept.sender_id == "4242:7"
    assert len(json.dumps(kept.body)) < 100

"""The Telegram adapter against a Bot API on a real socket: nothing lost, nothing leaked."""

from __future__ import annotations

import asyncio

import pytest

from adapters.chat.telegram.adapter import TelegramChat
from adapters.chat.telegram.events import to_delivery
from adapters.chat.telegram.settings import TelegramSettings
from conversations.protocol.ports import Delivery, UnreadableDelivery
from conversations.protocol.views import CardPointer, Reply, Toast
from tests.support.chats.inmemory_inbox import Inbox
from tests.support.chats.telegram_adapter_env import Pauses, Scene, listening
from tests.support.chats.telegram_bot_api import TOKEN, BotApi, bot_api, message, press, refusal


async def test_updates_are_stored_and_confirmed() -> None:
    """Each update is stored, in order; the next question confirms them."""
    async with listening(lambda api, _: api.send(message(7), press(8))) as scene:
        await scene.until(lambda: scene.confirmed() == 9)
        asked = scene.api.called("getUpdates")
    assert scene.inbox.names() == ["4242:7", "4242:8"]
    assert scene.inbox.stored[0].body == to_delivery(message(7), "4242").body
    assert "offset" not in asked[0]
    assert asked[0]["timeout"] == 25
    assert asked[0]["allowed_updates"] == ["message", "callback_query", "my_chat_member"]


async def test_nothing_is_confirmed_before_it_is_stored() -> None:
    """When storing fails in the middle of a batch, the whole batch comes again, each kept once."""

    def prepare(api: BotApi, inbox: Inbox) -> None:
        api.send(message(7), message(8), message(9))

    async with listening(prepare) as scene:
        await scene.until(lambda: len(scene.inbox.stored) == 3)
        scene.inbox.failures = [OSError("disk full")]
        scene.api.send(message(10), message(11))
        await scene.until(lambda: not scene.inbox.failures)
        before = [values.get("offset") for values in scene.api.called("getUpdates")]
        await scene.until(lambda: len(scene.inbox.stored) == 5)
    assert 12 not in before
    assert scene.inbox.names() == [f"4242:{number}" for number in range(7, 12)]


async def test_a_crash_before_storing_loses_nothing() -> None:
    """A bot that dies with a batch in hand gets it again when it is back."""
    hold = asyncio.Event()

    class Dying(Inbox):
        async def accept(self, delivery: Delivery) -> int | None:
            hold.set()
            return await asyncio.Future()

    async with bot_api() as api:
        api.send(message(7))
        chat = TelegramChat(TelegramSettings(TOKEN, api.url))
        async with chat.listening(Dying()):
            await hold.wait()
        inbox = Inbox()
        async with chat.listening(inbox):
            await Scene(api, inbox, chat, Pauses()).until(lambda: inbox.stored)
    assert inbox.names() == ["4242:7"]


async def test_poison_holds_nobody_up() -> None:
    """An update that nobody can read is stored for quarantine, and the next one is read."""
    poison = {"update_id": 7, "message": {"text": 5}}
    async with listening(lambda api, _: api.send(poison, None, message(8))) as scene:
        await scene.until(lambda: len(scene.inbox.stored) == 3)
        await scene.until(lambda: scene.confirmed() == 9)
        bad, _, good = scene.inbox.stored
        with pytest.raises(UnreadableDelivery):
            scene.chat.to_event(bad.body)
        assert scene.chat.to_event(good.body) is not None


async def test_a_batch_without_numbers_is_no_hot_loop(caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be confirmed is stored once, and asked for at growing intervals."""
    async with listening(lambda api, _: api.send({"message": {}})) as scene:
        await scene.until(lambda: len(scene.pauses.seconds) > 3)
    assert len(scene.inbox.stored) == 1
    assert all(seconds >= 1 for seconds in scene.pauses.seconds)
    assert caplog.text.count("without an update_id") == 1


@pytest.mark.parametrize(
    ("replies", "text", "alert"),
    [
        ((Toast("Confirmed."),), "Confirmed.", False),
        ((CardPointer("There."), Toast("Not yours.", alert=True)), "Not yours.", True),
        ((Toast("x" * 300),), "x" * 200, False),
        ((CardPointer("There."),), None, False),
        ((), None, False),
        (None, None, False),
    ],
)
async def test_every_press_is_answered(
    replies: tuple[Reply, ...] | None, text: str | None, alert: bool
) -> None:
    """With the sentence for the moment if there is one, else with nothing; but always."""

    def prepare(api: BotApi, inbox: Inbox) -> None:
        inbox.replies = replies
        api.send(press(7))

    async with listening(prepare) as scene:
        await scene.until(lambda: scene.api.called("answerCallbackQuery"))
    (answer,) = scene.api.called("answerCallbackQuery")
    assert answer["callback_query_id"] == "q7"
    assert answer.get("text") == text
    assert bool(answer.get("show_alert")) is alert


async def test_a_failing_answer_still_stops_the_spinner(caplog: pytest.LogCaptureFixture) -> None:
    """When the turn fails, and when Telegram says it was too late, the loop goes on in silence."""

    def prepare(api: BotApi, inbox: Inbox) -> None:
        inbox.trouble_answering = RuntimeError("my words")
        late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
        api.answer_next("answerCallbackQuery", refusal(400, late))
        api.send(press(7), press(8), message(9))

    async with listening(prepare) as scene:
        await scene.until(lambda: len(scene.api.called("answerCallbackQuery")) == 2)
        await scene.until(lambda: len(scene.inbox.stored) == 3)
    assert "too old" not in caplog.text
    assert "my words" not in caplog.text


async def test_a_slow_turn_keeps_nobody_waiting() -> None:
    """While one press waits for its answer, later updates are stored and confirmed."""
    done = asyncio.Event()

    class Slow(Inbox):
        async def answer(self, ticket: int) -> tuple[Reply, ...] | None:
            await done.wait()
            return None

    async with bot_api() as api:
        inbox = Slow()
        chat = TelegramChat(TelegramSettings(TOKEN, api.url))
        scene = Scene(api, inbox, chat, Pauses())
        api.send(press(7))
        async with chat.listening(inbox):
            await scene.until(lambda: scene.confirmed() == 8)
            api.send(message(8))
            await scene.until(lambda: scene.confirmed() == 9)
            assert not api.called("answerCallbackQuery")
            done.set()
    assert api.called("answerCallbackQuery")


async def test_a_repeated_press_is_answered_too() -> None:
    """A press that was stored before a crash still loses its spinner when it comes again."""

    def prepare(api: BotApi, inbox: Inbox) -> None:
        inbox.stored.append(to_delivery(press(7), "4242"))
        inbox.replies = (Toast("once"),)
        api.send(press(7))

    async with listening(prepare) as scene:
        await scene.until(lambda: scene.api.called("answerCallbackQuery"))
    assert "text" not in scene.api.called("answerCallbackQuery")[0]
    assert len(scene.inbox.stored) == 1

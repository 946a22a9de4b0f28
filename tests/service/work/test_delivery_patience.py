"""Cards that are not taken: outages are waited out, mistakes are not; and what a card may hold."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.contracts.cards import want_card
from bot.wiring.chats import Chats
from bot.wiring.traits import TRAITS
from conversations.protocol.actions import CopyText, ShowTopUp
from conversations.protocol.delivery import TRIES_MAX
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.pacing import Pace
from conversations.protocol.places import Chat, read_chat
from conversations.protocol.ports import (
    ChatError,
    ChatMoved,
    ChatOpened,
    DeliveryReceiver,
    Incoming,
    Message,
    MessageRef,
    Verdict,
)
from conversations.protocol.views import Choice, View
from service.cards import places
from service.cards.cards import schedule_showing
from service.common.context import context_of
from service.lanes import lanes
from service.lanes.keys import show_kind
from service.money import held
from service.money.accounts import OperatorError
from service.ports.store import Card, Claim, Tx
from tests.support.bots.bot_place import BotPlace, bot_place

CHAT, ELSEWHERE = read_chat("sulking", "T1", "D1"), read_chat("sulking", "T1", "D9")


@dataclass(slots=True)
class Sulking:
    """A platform that takes nothing as long as there is an error to raise."""

    error: Exception | None = None
    tries: int = 0
    taken: list[Message] = field(default_factory=list)
    platform: str = CHAT.platform

    @asynccontextmanager
    async def listening(self, receive: DeliveryReceiver) -> AsyncIterator[None]:
        yield

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        return None

    async def membership(self, key: ConversationKey) -> Membership:
        return Membership.MEMBER

    async def is_in(self, key: ConversationKey, channel: str) -> bool:
        return False

    async def was_in(self, key: ConversationKey, channels: frozenset[str]) -> Mapping[str, bool]:
        return {}

    def lookup_paces(self) -> tuple[Pace, ...]:
        return ()

    def paces(self, chat: Chat, *, edit: bool) -> tuple[Pace, ...]:
        """None: it takes what comes."""
        return ()

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        self.tries += 1
        if self.error is not None:
            raise self.error
        self.taken.append(message)
        return MessageRef(chat.id, str(len(self.taken)))


@asynccontextmanager
async def sulking(
    folder: Path, error: Exception | None
) -> AsyncIterator[tuple[BotPlace, Sulking]]:
    chat = Sulking(error)
    async with bot_place(folder, Chats((chat,))) as place:
        # Wanted, but in no lane: only the test asks for it to be shown.
        await place.app.store.transact(lambda tx: want_card(tx, a_card()))
        yield place, chat


def a_card() -> Card:
    choices = (
        (Choice("Show it", ShowTopUp("TU-1")), Choice("Copy id", CopyText("TU-1"))),
        (Choice("Copy payment", CopyText("pay_1")),),
    )
    return Card("0" * 16, CHAT, "U1", "en", "UTC", View("T", "T", choices=choices), 1)


def elsewhere() -> Card:
    return replace(a_card(), id="9" * 16, chat=ELSEWHERE)


async def tried(place: BotPlace, times: int, chat: Chat = CHAT) -> list[datetime | None]:
    """Ask so often for a chat's cards to be shown; when to try again, each time."""
    store, found = place.app.store, []
    for _ in range(times):
        claim = await store.transact(lambda tx: claimed(tx, place.clock(), chat))
        found.append(await place.app.deliverer.work(claim))
        await store.transact(partial(release, claim))
        place.clock.at = found[-1] or place.clock.at
    return found


def claimed(tx: Tx, now: datetime, chat: Chat) -> Claim:
    """The chat's lane, taken before the bot's own workers see it."""
    schedule_showing(tx, chat, now)
    kind, until = show_kind(chat.platform), now + lanes.LEASE
    [claim] = tx.lanes.claim(kind, now, owner="test", until=until, limit=1)
    return claim


def release(claim: Claim, tx: Tx) -> None:
    tx.lanes.release(claim, next_due=None, tries=0)


@pytest.mark.parametrize(
    "error",
    [
        ChatError("Bad Gateway", Verdict.OUTAGE),
        ChatError("Too many requests", Verdict.OUTAGE, retry_after=timedelta(seconds=600)),
        ChatError("token_revoked", Verdict.SHUT_OUT),
    ],
)
async def test_36_an_outage_is_waited_out(tmp_path: Path, error: ChatError) -> None:
    """However long the platform is away, or the bot shut out, its card is shown at last."""
    async with sulking(tmp_path, error) as (place, chat):
        assert all(await tried(place, TRIES_MAX + 5))
        chat.error = None
        await tried(place, 1)
    assert len(chat.taken) == 1


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (ChatError("refused"), TRIES_MAX),
        (ChatError("no such message, though none was to be edited", Verdict.LOST), TRIES_MAX),
        (RuntimeError("the adapter broke"), TRIES_MAX),
        (ChatError("blocked", Verdict.GONE), 1),
        (ChatError("invalid_blocks", Verdict.HOPELESS), 1),
    ],
)
async def test_38_what_is_refused_holds_nobody_up(
    tmp_path: Path, error: Exception, tries: int
) -> None:
    """A card that the platform refuses is given up, so that the next ones are shown."""
    async with sulking(tmp_path, error) as (place, chat):
        await tried(place, TRIES_MAX + 5)
    assert chat.tries == tries


@pytest.mark.parametrize(
    "error",
    [
        ChatError("token_revoked", Verdict.SHUT_OUT),
        ChatError("is_archived", Verdict.GONE),
        ChatError("invalid_blocks", Verdict.HOPELESS),
        ChatError("refused"),
    ],
)
async def test_38_the_operator_is_told_outside_of_the_chat(
    tmp_path: Path, error: ChatError
) -> None:
    """Among what is held, for as long as it lasts, whatever is shown elsewhere meanwhile."""
    async with sulking(tmp_path, ChatError("Bad Gateway", Verdict.OUTAGE)) as (place, chat):
        await tried(place, 1)
        assert await listed(place) == []
        chat.error = error
        await tried(place, TRIES_MAX + 5)
        told = {
            "id": f"sulking/T1/D1:{error.verdict}",
            "what": "chat",
            "why": str(error.verdict),
            "detail": f"1 not shown in 1: {error}",
        }
        assert await listed(place) == [told]
        chat.error = None
        await place.app.store.transact(lambda tx: want_card(tx, elsewhere()))
        await tried(place, 1, ELSEWHERE)
        assert await listed(place) == [told]
        later = replace(a_card(), wanted=View("Later", "Later"))
        await place.app.store.transact(lambda tx: want_card(tx, later))
        await tried(place, 1)
        assert await listed(place) == []


async def test_38_a_bot_that_is_shut_out_is_told_once(tmp_path: Path) -> None:
    """However many chats it is; and an operator who knows is told no more of what is so now."""
    error = ChatError("token_revoked", Verdict.SHUT_OUT)
    async with sulking(tmp_path, error) as (place, _):
        await place.app.store.transact(lambda tx: want_card(tx, elsewhere()))
        for chat in (CHAT, ELSEWHERE):
            await tried(place, 1, chat)
        (told,) = await listed(place)
        assert told["id"] == "sulking/T1:shut_out"
        assert told["detail"] == "2 not shown in 2: token_revoked"
        await close(place, told["id"])
        await tried(place, 1)
        assert await listed(place) == []
        with pytest.raises(OperatorError, match="no open task"):
            await close(place, told["id"])


async def test_38_a_line_closes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    """What another chat of the same bot refuses for another reason stays; so does what is owed."""
    async with sulking(tmp_path, ChatError("is_archived", Verdict.GONE)) as (place, chat):
        store = place.app.store
        await tried(place, 1)
        chat.error = ChatError("invalid_blocks", Verdict.HOPELESS)
        await store.transact(lambda tx: want_card(tx, elsewhere()))
        await tried(place, 1, ELSEWHERE)
        with pytest.raises(OperatorError, match="no open task"):
            await close(place, "sulking/T1")
        await close(place, "sulking/T1:gone")
        left = [one["id"] for one in await listed(place)]
        chat.error = None
        await store.transact(lambda tx: want_card(tx, replace(a_card(), id="1" * 16)))
        await tried(place, 2)
    assert left == ["sulking/T1/D9:hopeless"]
    assert len(chat.taken) == 2


async def test_38_a_chat_that_is_back_shows_what_it_missed(tmp_path: Path) -> None:
    """As soon as anything is taken there again, even if the platform does not say so."""
    async with sulking(tmp_path, ChatError("is_archived", Verdict.GONE)) as (place, chat):
        await tried(place, 1)
        chat.error = None
        await place.app.store.transact(lambda tx: want_card(tx, replace(a_card(), id="1" * 16)))
        await tried(place, 2)
        assert await listed(place) == []
    assert len(chat.taken) == 2


@pytest.mark.parametrize("event", [ChatOpened(), ChatMoved("D2")])
async def test_38_a_chat_that_opens_is_tried_again(
    tmp_path: Path, event: ChatOpened | ChatMoved
) -> None:
    """Where it says so itself; and one that goes on elsewhere is told of there."""
    async with sulking(tmp_path, ChatError("blocked", Verdict.GONE)) as (place, _):
        await tried(place, 1)
        key, services = ConversationKey("sulking", "T1", "D1", "U1"), place.app.services
        await place.app.store.transact(
            lambda tx: places.record_chat_change(context_of(tx, services), key, event)
        )
        moved = [one["id"] for one in await listed(place)]
    assert moved == ([] if event == ChatOpened() else ["sulking/T1/D2:gone"])


async def listed(place: BotPlace) -> list[dict[str, Any]]:
    """What the operator sees."""
    return await place.app.store.transact(held.list_held)


async def close(place: BotPlace, line: str) -> None:
    """An operator looked into it."""
    services, decision = place.app.services, held.Decision("I know")
    await place.app.store.transact(
        lambda tx: held.close_task(context_of(tx, services), line, decision)
    )


async def test_ids_for_the_clipboard_need_a_platform_that_copies(tmp_path: Path) -> None:
    """Elsewhere such buttons are left out, and those beside them keep their meaning."""
    async with sulking(tmp_path, None) as (place, _):
        shown = place.app.deliverer.build_message(a_card())
        (platform,) = [each.platform for each in TRAITS.values() if each.copy_buttons]
        elsewhere = replace(a_card(), chat=read_chat(platform, "1", "7"))
        copying = place.app.deliverer.build_message(elsewhere)
    assert [[each.label for each in line] for line in shown.buttons] == [["Show it"]]
    copies = [[each.copy for each in line] for line in copying.buttons]
    assert copies == [[None, "TU-1"], ["pay_1"]]
    assert shown.buttons[0][0].token == copying.buttons[0][0].token

"""One card that a platform does not take: how long until the next try, and when there is none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.contracts.cards import record_shown, want_card
from conversations.protocol.actions import CopyText, DropDraft, OpenPayPage, ShowTopUp
from conversations.protocol.places import Chat, read_chat
from conversations.protocol.ports import ChatError, Message, MessageRef, Verdict
from conversations.protocol.views import Choice, PayQrCode, View
from service.cards.delivery import Deliverer
from service.common.signed_tokens import PayLink, sign_pay_link
from service.lanes.lanes import LEASE
from service.ports.store import Card, Claim
from tests.service.work.test_delivery_patience import (
    CHAT,
    Sulking,
    a_card,
    claimed,
    release,
    sulking,
)
from tests.support.bots.turn_place import TurnPlace, turn_place

SHUT_OUT = ChatError("token_revoked", Verdict.SHUT_OUT)
OUTAGE = ChatError("Bad Gateway", Verdict.OUTAGE)
UNCLEAR = ChatError("refused")
SHOWN = MessageRef(CHAT.id, "1")


@dataclass(slots=True)
class Hooked:
    """A platform that does something while it takes a message."""

    inner: Sulking
    meanwhile: Callable[[], Awaitable[None]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        await self.meanwhile()
        return await self.inner.show(chat, message, replacing=replacing)


@dataclass(frozen=True, slots=True)
class Shop:
    """A card that is wanted in a chat of a platform that may sulk."""

    rows: TurnPlace
    chat: Sulking

    async def tries(self, *, meanwhile: Callable[[], Awaitable[None]] | None = None) -> Any:
        """Ask for the chat's next card to be shown: how long to wait before the next time."""
        adapter: Any = Hooked(self.chat, meanwhile) if meanwhile else self.chat
        deliverer = Deliverer(
            self.rows.store, {CHAT.platform: adapter}, self.rows.services, "https://pay.test"
        )
        now = self.rows.clock.at
        claim = await self.claims(CHAT)
        again = await deliverer.work(claim)
        await self.rows.act(partial(release, claim))
        return None if again is None else again - now

    async def claims(self, chat: Chat) -> Claim:
        return await self.rows.act(lambda tx: claimed(tx, self.rows.clock.at, chat))

    async def card(self) -> Card:
        (card,) = await self.rows.cards()
        return card

    async def given_up(self) -> bool:
        (one,) = await self.rows.act(lambda tx: tx.inspection.cards(9))
        return one.given_up

    async def waits(self, times: int) -> list[timedelta]:
        """The waits of so many tries, each as soon as it may be."""
        found: list[timedelta] = []
        for _ in range(times):
            found.append(await self.tries())
            self.rows.clock.at += found[-1]
        return found


@asynccontextmanager
async def opened() -> AsyncIterator[Shop]:
    async with turn_place() as rows:
        await rows.act(lambda tx: want_card(tx, a_card()))
        yield Shop(rows, Sulking())


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with opened() as place:
        yield place


def minutes(*counts: int) -> list[timedelta]:
    return [timedelta(minutes=count) for count in counts]


async def test_who_is_shut_out_asks_ever_more_seldom(shop: Shop) -> None:
    """Five minutes, then twice as long each time, and never longer than an hour."""
    shop.chat.error = SHUT_OUT
    assert await shop.waits(7) == minutes(5, 10, 20, 40, 60, 60, 60)


async def test_what_is_refused_is_tried_thirty_times(shop: Shop) -> None:
    """And then no more: the next card's turn is at once."""
    shop.chat.error = UNCLEAR
    waits = await shop.waits(29)
    assert not await shop.given_up()
    assert min(waits) > timedelta(0)
    assert await shop.tries() == timedelta(0)
    assert await shop.given_up()


@pytest.mark.parametrize("outage", [OUTAGE, SHUT_OUT])
async def test_an_outage_leaves_ten_tries(shop: Shop, outage: ChatError) -> None:
    """However long it was, what comes after it is not given up at the first refusal."""
    shop.chat.error = outage
    await shop.waits(40)
    shop.chat.error = UNCLEAR
    await shop.waits(9)
    assert not await shop.given_up()
    await shop.tries()
    assert await shop.given_up()


async def test_a_platform_that_is_configured_away_is_waited_for(shop: Shop) -> None:
    """Its cards stay, and are looked at again in five minutes."""
    deliverer = Deliverer(shop.rows.store, {}, shop.rows.services, "")
    again = await deliverer.work(await shop.claims(CHAT))
    assert again == shop.rows.clock.at + timedelta(minutes=5)


@pytest.mark.parametrize("wait", [None, timedelta(seconds=30)])
async def test_what_is_wanted_now_does_not_wait_for_what_was_refused(
    shop: Shop, wait: timedelta | None
) -> None:
    """Unless the platform said how long; and no try of it counts."""
    shop.chat.error = ChatError("refused", retry_after=wait)
    later = replace(a_card(), wanted=View("Later", "Later"))

    async def wants() -> None:
        await shop.rows.act(lambda tx: want_card(tx, later))

    assert await shop.tries(meanwhile=wants) == (wait or timedelta(0))
    assert (await shop.card()).tries == 0


async def test_the_wait_that_a_platform_asks_for_is_kept(shop: Shop) -> None:
    """Exactly, in place of ours."""
    shop.chat.error = ChatError("slow down", Verdict.OUTAGE, retry_after=timedelta(seconds=77))
    assert await shop.tries() == timedelta(seconds=77)


@pytest.mark.parametrize("error", [None, OUTAGE])
async def test_whoever_took_the_chat_over_goes_on(shop: Shop, error: ChatError | None) -> None:
    """The one who was too slow asks for nothing more; the card is shown once more by the other."""
    shop.chat.error = error

    async def taken_over() -> None:
        shop.rows.clock.at += LEASE + timedelta(seconds=1)
        await shop.claims(CHAT)

    assert await shop.tries(meanwhile=taken_over) is None
    card = await shop.card()
    assert card.shown_rev < card.wanted_rev


async def test_a_chat_with_more_to_show_goes_on_at_once(shop: Shop) -> None:
    """One card at a time; with nothing left, there is nothing to wait for."""
    await shop.rows.act(lambda tx: want_card(tx, replace(a_card(), id="1" * 16)))
    assert await shop.tries() == timedelta(0)
    assert await shop.tries() is None
    assert shop.chat.tries == 2


async def test_a_card_that_never_came_need_not_go_away(shop: Shop) -> None:
    """What nobody saw is not sent to be deleted; one that was shown is."""
    away = replace(a_card(), wanted=replace(a_card().wanted, away=True))
    await shop.rows.act(lambda tx: want_card(tx, away))
    await shop.rows.act(lambda tx: want_card(tx, replace(a_card(), id="1" * 16)))
    assert await shop.tries() == timedelta(0)
    assert shop.chat.tries == 0
    await shop.tries()
    gone = replace(away, id="1" * 16)
    await shop.rows.act(lambda tx: want_card(tx, gone))
    assert await shop.tries() is None
    assert [one.view.away for one in shop.chat.taken] == [False, True]


# --- a message that is lost, a chat that moved --------------------------------------------------


async def shown(shop: Shop) -> None:
    """The card is shown, and is to show something else."""
    await shop.tries()
    later = replace(a_card(), wanted=View("Later", "Later"))
    await shop.rows.act(lambda tx: want_card(tx, later))


async def test_a_message_that_is_lost_is_posted_anew_at_once(shop: Shop) -> None:
    """There is nothing left to edit."""
    await shown(shop)
    assert (await shop.card()).message == SHOWN
    shop.chat.error = ChatError("message not found", Verdict.LOST)
    assert await shop.tries() == timedelta(0)
    assert (await shop.card()).message is None


async def test_a_message_that_took_its_place_is_not_forgotten(shop: Shop) -> None:
    """What is lost is the message that was to be edited, not what somebody posted since."""
    await shown(shop)
    shop.chat.error = ChatError("message not found", Verdict.LOST)
    newer = MessageRef(CHAT.id, "2")

    async def posted() -> None:
        card = await shop.card()
        await shop.rows.act(lambda tx: record_shown(tx, card.id, card.shown_rev, newer))

    await shop.tries(meanwhile=posted)
    assert (await shop.card()).message == newer


@pytest.mark.parametrize(("moved_to", "chat"), [("D2", "D2"), (CHAT.id, CHAT.id)])
async def test_a_card_follows_its_chat(shop: Shop, moved_to: str, chat: str) -> None:
    """To where the platform says; a chat that stays is a refusal like others."""
    shop.chat.error = ChatError("moved", moved_to=moved_to)
    again = await shop.tries()
    card = await shop.card()
    assert (card.chat.id, again is None, card.tries) == (chat, chat == "D2", int(chat != "D2"))


# --- what is shown -----------------------------------------------------------------------------


async def test_a_button_leads_copies_or_comes_back(shop: Shop) -> None:
    """Each does one thing, and one that leads to a payment protects its whole message."""
    choices = (
        (Choice("Pay", OpenPayPage("TU-1", 3)), Choice("Show it", ShowTopUp("TU-1"))),
        (Choice("Copy", CopyText("TU-1")),),
    )
    view = View("T", "T", choices=choices, picture=PayQrCode("TU-1", 3, "Scan it"))
    card = replace(a_card(), chat=read_chat("telegram", "1", "7"), wanted=view)
    services = shop.rows.services
    message = Deliverer(shop.rows.store, {}, services, "https://pay.test").build_message(card)
    url = f"https://pay.test/pay/{sign_pay_link(PayLink('TU-1', 3), services.secret)}"
    pay, show, copy = (each for line in message.buttons for each in line)

    assert (pay.url, pay.token, pay.copy) == (url, None, None)
    assert (copy.copy, copy.token, copy.url) == ("TU-1", None, None)
    assert show.token
    assert (show.url, show.copy) == (None, None)
    assert message.protected
    assert message.picture is not None
    assert (message.picture.url, message.picture.alt) == (f"{url}/qr.png", "Scan it")


@pytest.mark.parametrize(
    ("choice", "protected"),
    [
        (Choice("Pay", OpenPayPage("TU-1", 1)), True),
        (Choice("Cancel", DropDraft()), True),
        (Choice("Show it", ShowTopUp("TU-1")), False),
    ],
)
async def test_payments_and_drafts_are_protected(
    tmp_path: Path, choice: Choice, protected: bool
) -> None:
    """A message keeps the protection it was sent with, so a draft needs it from the start."""
    card = replace(a_card(), wanted=View("T", "T", choices=((choice,),)))
    async with sulking(tmp_path, None) as (place, _):
        assert place.app.deliverer.build_message(card).protected is protected

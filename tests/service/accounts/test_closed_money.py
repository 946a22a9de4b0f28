"""A bot that may serve a copy: it leaves real money alone, another may look after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from billing.topups import Mode, TopUp, TopUpStatus
from service.cards.cards import schedule_showing
from service.cards.delivery import Deliverer
from service.lanes.keys import LaneKind, show_kind, write_chat_key
from service.money import marks
from service.money.checkout import CLOSED_WAIT
from service.money.marks import Deployment
from service.ports.store import Claim, Tx
from tests.support.bots.bot_place import ANA, BEN, PUBLIC_URL, START, bot_place
from tests.support.bots.cashier_place import checkouts, opened, status_of
from tests.support.bots.settle_place import CHAT, SettlePlace, settle_place
from tests.support.chats.pocket_chat import PocketChat


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("kind", [LaneKind.EXPIRE, LaneKind.RECONCILE, LaneKind.HAND_OVER])
def test_121_a_copy_works_on_no_top_up_of_real_money(
    place: SettlePlace, kind: LaneKind, mode: Mode
) -> None:
    """Nothing of it ends, is asked about or becomes a task; play money goes on as ever."""
    made = opened(place, mode)
    bot = checkouts(place, live=False)
    works = {
        LaneKind.EXPIRE: bot.expire_pay_link,
        LaneKind.RECONCILE: bot.reconcile,
        LaneKind.HAND_OVER: bot.escalate,
    }
    place.clock.at = made.watched_until

    again = place.runner.run(works[kind](Claim(kind, made.id, 1, 0, START)))
    acts = place.do(lambda tx: tx.audit.numbering()).newest
    asked = place.do(lambda tx: tx.lanes.next_due_at(LaneKind.PAYMENTS))
    done = (status_of(place, made) != TopUpStatus.AWAITING_PAYMENT, acts > 0, asked is not None)

    if mode is Mode.LIVE:
        assert (again, any(done)) == (made.watched_until + CLOSED_WAIT, False)
    else:
        assert (again, any(done)) == (None, True)


def test_121_a_copy_says_nothing_of_top_ups_of_real_money(place: SettlePlace) -> None:
    """What stands behind them in their chat is shown all the same; once confirmed, all is."""
    real, play = place.new(Mode.LIVE), place.new()
    for made in (real, play):
        place.do(partial(_names_it, top_up=made))
    shown: list[list[str]] = []
    for live in (False, True):
        chat = PocketChat()
        services = replace(place.services, live_open=live)
        deliverer = Deliverer(place.store, {CHAT.platform: chat}, services, PUBLIC_URL)
        place.do(lambda tx: schedule_showing(tx, CHAT, place.clock()))
        while claim := place.do(_claims_one):
            again = place.runner.run(deliverer.work(claim))
            place.do(partial(_release, claim=claim, again=again))
        shown.append([each.card for each in chat.messages.values()])

    assert shown == [[play.card], [real.card]]


def _names_it(tx: Tx, top_up: TopUp) -> None:
    """As every card does that came of a draft."""
    card = tx.cards.get(top_up.card)
    assert card is not None
    tx.cards.save(replace(card, subject=top_up.id))


def _claims_one(tx: Tx) -> Claim | None:
    key, later = write_chat_key(CHAT), START + timedelta(minutes=1)
    kind = show_kind(CHAT.platform)
    return tx.lanes.claim_one(kind, key, START, owner="w", until=later)


def _release(tx: Tx, claim: Claim, again: datetime | None) -> None:
    tx.lanes.release(claim, next_due=again, tries=0)


async def test_121_a_renewed_copy_promises_nothing_of_the_originals_payments(
    tmp_path: Path,
) -> None:
    """Nobody reads that what they paid will be credited here, or that nothing was taken."""
    async with bot_place(tmp_path) as original:
        for person in (ANA, BEN):
            card = await original.asks_for(person)
        await original.checkout(card)
        sources = original.app.services.sources
        await original.app.store.transact(
            lambda tx: marks.renew_mark(tx, Deployment({"PUBLIC_URL": "x"}), "a copy", sources)
        )
    async with bot_place(tmp_path, seed="two") as copy:
        copy.clock.advance(seconds=1)
        copy.names = count(len(copy.rows("deliveries")) + 1).__next__
        for person in (ANA, BEN):
            await copy.does(person, text="/topup cancel")
        said = [copy.chat.newest(person).view.body for person in (ANA, BEN)]

    for body in said:
        (sentence,) = body
        assert sentence.startswith("This bot serves a copy and does not see what was paid")

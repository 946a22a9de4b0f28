"""Several bots on one Stripe account: each takes in what it opened, and nothing of the others."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from billing.judgment import judge_payment
from billing.marks import UNMARKED, InstallationMarks
from service.common.context import context_of
from service.money import held, marks, recovery
from service.money.accounts import OperatorError
from service.ports.store import Refund, Tx
from tests.support.bots.bot_place import ANA, BEN, BotPlace
from tests.support.bots.paying import PAID, pay_by_card
from tests.support.bots.stripe_bot_place import stripe_bot
from tests.support.bots.stripe_place import StripePlace

TOKEN = "m" * 32
WHY = "its disk is gone"
ASIDE = "left_aside payment="


@pytest.fixture
def stripe() -> StripePlace:
    return StripePlace()


async def _opens(place: BotPlace, person: str = ANA) -> str:
    """A checkout of this bot's: the session's id."""
    page = await place.checkout(await place.asks_for(person))
    return page.rsplit("/", 1)[1]


async def _pays(stripe: StripePlace, session: str) -> None:
    await pay_by_card(stripe.client, stripe.stripe.page(session), PAID)


async def _hears(place: BotPlace, stripe: StripePlace) -> None:
    """What Stripe has to tell comes to the bot that was started last."""
    await stripe.wait(0)
    await place.quiet()


async def _looks_through(place: BotPlace) -> None:
    """The gateways' lists are looked through, from an hour before."""
    rows, now = place.app.store, place.clock()
    await recovery.ask_since(rows, now - timedelta(hours=1), now)
    await _passes(place, minutes=1)


async def _passes(place: BotPlace, **parts: float) -> None:
    place.clock.advance(**parts)
    for runner in place.app.runners:
        runner.wake()
    await place.quiet()


@asynccontextmanager
async def _second(tmp_path: Path, stripe: StripePlace, **settings: Any) -> AsyncIterator[BotPlace]:
    async with stripe_bot(tmp_path / "second.db", stripe, "other dice", **settings) as place:
        yield place


async def test_121_what_another_installation_opened_is_left_aside(
    tmp_path: Path, stripe: StripePlace, caplog: pytest.LogCaptureFixture
) -> None:
    """Callbacks and the list reach both: nothing is held, and the log names the mark."""
    caplog.set_level(logging.INFO)
    async with stripe_bot(tmp_path / "first.db", stripe) as first:
        session = await _opens(first)
        mark = (await first.app.store.transact(lambda tx: tx.marks.read())).own
        await _pays(stripe, session)
        async with _second(tmp_path, stripe, metrics_token=SecretStr(TOKEN)) as second:
            await _hears(second, stripe)
            await _looks_through(second)
            told = {"authorization": f"Bearer {TOKEN}"}
            metrics = (await second.web.get("/metrics", headers=told)).text
            assert second.rows("payments") == second.rows("tasks") == []
        await first.presses(ANA, "I have paid")
        assert [row["status"] for row in first.rows("top_ups")] == ["credited"]

    assert stripe.stripe.sessions[session]["metadata"]["installation"] == mark
    assert f"{ASIDE}{session} mark={mark}" in caplog.text
    assert 'topup_left_aside_total{gateway="stripe",whose="another_installation"} 1.0' in metrics


async def test_121_money_of_another_installation_is_not_sent_back(
    tmp_path: Path, stripe: StripePlace
) -> None:
    """Also where an older version held it: the order is refused, and the operator reads why."""
    async with stripe_bot(tmp_path / "first.db", stripe) as first:
        session = await _opens(first)
        await _pays(stripe, session)
        for key in ("metadata", "intent_metadata"):
            stripe.stripe.sessions[session][key].pop("installation")
        paid = (await first.app.checkouts.gateways["stripe"].fetch(session))[0]
    async with _second(tmp_path, stripe) as second:

        def held_before(tx: Tx) -> Refund:
            # As the version before marks did with a payment that it did not know.
            tx.payments.put(judge_payment(None, paid, None).payment, second.clock())
            why = held.Decision("who is this")
            return held.refund_held(context_of(tx, second.app.services), session, why)

        await second.app.store.transact(held_before)
        await second.quiet()
        (task,) = second.rows("tasks")

    assert task["kind"] == "refund_refused"
    assert "another installation" in task["detail"]
    assert stripe.stripe.refunds == {}


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
async def test_121_a_checkout_of_an_older_version_is_ours_where_its_top_up_is_known(
    tmp_path: Path, stripe: StripePlace, known: bool
) -> None:
    """It names a top-up and no installation: credited where it was asked for, else left aside."""
    async with stripe_bot(tmp_path / "first.db", stripe) as first:
        session = await _opens(first)
        stripe.stripe.sessions[session]["metadata"].pop("installation")
        await _pays(stripe, session)
        if known:
            await _hears(first, stripe)
            assert [row["status"] for row in first.rows("top_ups")] == ["credited"]
            return
    async with _second(tmp_path, stripe) as second:
        await _hears(second, stripe)
        await _looks_through(second)
        assert second.rows("payments") == []


@pytest.mark.parametrize("old", [False, True], ids=["marked", "unmarked"])
async def test_121_a_lost_database_is_taken_over_by_its_mark(
    tmp_path: Path, stripe: StripePlace, old: bool
) -> None:
    """What was paid there is found in Stripe's list and held, for a person to decide on."""
    async with stripe_bot(tmp_path / "first.db", stripe) as first:
        session = await _opens(first)
        mark = (await first.app.store.transact(lambda tx: tx.marks.read())).own or ""
        await _pays(stripe, session)
    if old:
        stripe.stripe.sessions[session]["metadata"].pop("installation")
        mark = UNMARKED
    async with _second(tmp_path, stripe) as second:
        await second.app.store.transact(lambda tx: marks.adopt_mark(tx, mark, WHY, second.clock()))
        await _looks_through(second)
        (payment,) = second.rows("payments")
        acts = [row for row in second.rows("audit") if row["act"] == "mark_adopted"]

    assert (payment["payment_ref"], payment["disposition"]) == (session, "held")
    assert [(act["subject"], WHY in act["detail"]) for act in acts] == [(mark, True)]


async def test_121_an_attempt_of_an_older_version_is_gone_on_with(stripe: StripePlace) -> None:
    """Its page was opened without a mark, and the reply was lost: the same page, no second one."""
    before = await stripe.open(installation="")

    assert await stripe.open() == before
    assert len(stripe.stripe.sessions) == 1


async def test_121_a_copy_that_was_renewed_leaves_the_originals_alone(
    tmp_path: Path, stripe: StripePlace
) -> None:
    """It knows the top-up, and neither credits it nor closes its page; unmarked ones no more."""
    async with stripe_bot(tmp_path / "first.db", stripe) as first:
        sessions = [await _opens(first), await _opens(first, BEN)]
    stripe.stripe.sessions[sessions[1]]["metadata"].pop("installation")
    (tmp_path / "second.db").write_bytes((tmp_path / "first.db").read_bytes())
    async with _second(tmp_path, stripe) as copy:
        place = marks.Deployment({"PUBLIC_URL": "staging"})
        sources = copy.app.services.sources
        await copy.app.store.transact(lambda tx: marks.renew_mark(tx, place, "staging", sources))
        await _passes(copy, hours=2)
        assert {row["status"] for row in copy.rows("top_ups")} == {"expired"}
        assert {stripe.stripe.sessions[each]["status"] for each in sessions} == {"open"}
        for session in sessions:
            await _pays(stripe, session)
        await _passes(copy, hours=2)
        assert copy.rows("transactions") == []
        assert {row["status"] for row in copy.rows("top_ups")} == {"expired"}


def test_121_what_is_no_mark_is_not_adopted() -> None:
    """A sentence says what a mark looks like and where to find it."""
    for text in ("", "in_", "TU-7K3M9Q2X", "in_0123456789ABCDEF", "in_0123456789abcdef0"):
        with pytest.raises(OperatorError, match="no mark such as"):
            marks.adopt_mark(None, text, WHY, StripePlace().now)  # type: ignore[arg-type]


def test_121_owners_by_what_is_known() -> None:
    """Own and adopted marks always; none at all only where the top-up is known, and no copy."""
    own, other = "in_0000000000000001", "in_0000000000000002"
    plain = InstallationMarks(own, frozenset({other}))
    copy = replace(plain, former=frozenset({"in_0000000000000003"}))
    took = replace(copy, adopted=frozenset({UNMARKED}))

    assert plain.own_marks(known=True) == {own, other, None}
    assert plain.own_marks(known=False) == copy.own_marks(known=True) == {own, other}
    assert took.own_marks(known=False) == {own, None}
    assert InstallationMarks().own_marks(known=False) == set()

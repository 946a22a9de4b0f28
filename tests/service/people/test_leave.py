"""Leave to use an account: what it does not give, and what goes with it when it is taken."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from billing.money import Money
from billing.topups import Mode
from conversations.dialog.steps import step
from conversations.protocol.actions import Slot
from conversations.protocol.events import Asking, ConversationKey, Idle, Reviewing, Said
from conversations.protocol.facts import AccountFacts
from conversations.protocol.views import View
from conversations.words import words
from service.common.context import context_of
from service.people import access
from service.ports.store import Tx
from tests.support.bots.bot_place import ACCOUNT, ANA, BotPlace, bot_place, let_in
from tests.support.dialogs.terms import TEAM_A, terms

LIVE = AccountFacts("prod", "Production", "USD", Money(0, "USD"), Mode.LIVE)
STRANGER = ConversationKey("telegram", "9", "7001", "7001")


def labels(view: View) -> set[str]:
    return {row.label for row in view.rows}


def take_leave(place: BotPlace, account: str) -> None:
    """As an operator takes it: by hand."""
    with closing(sqlite3.connect(place.database)) as connection:
        connection.execute("DELETE FROM links WHERE account = ?", (account,))
        connection.commit()


async def test_who_may_not_use_an_account_does_not_see_its_balance(tmp_path: Path) -> None:
    """Their top-up of it stays theirs, with its ids; what is left there is not their business."""
    async with bot_place(tmp_path) as place:
        await place.app.store.transact(lambda tx: let_in(tx, "team-b"))
        await place.pays(await place.asks_for(line="/topup 50 USD card team-a"))
        top_up = place.rows("top_ups")[0]["id"]
        await place.does(ANA, text=f"/topup status {top_up}")
        before = place.chat.newest(ANA).view
        take_leave(place, ACCOUNT)
        await place.does(ANA, text=f"/topup status {top_up}")
        after = place.chat.newest(ANA).view

    assert labels(before) - labels(after) == {words.NEW_BALANCE}
    assert words.TRANSACTION_ID in labels(after)


async def test_signing_up_takes_nobody_elses_account(tmp_path: Path) -> None:
    """An account that they had, and that an operator took from them, stays taken."""
    async with bot_place(tmp_path) as place:
        services = replace(place.app.services, signup_open=True)

        def sign_up(tx: Tx) -> None:
            access.open_signup_account(context_of(tx, services), STRANGER, "Kim")

        def take(tx: Tx) -> str:
            (link,) = [one for one in tx.accounts.links() if one.external_id == STRANGER.person]
            tx.accounts.unlink(link)
            return link.account

        await place.app.store.transact(sign_up)
        taken = await place.app.store.transact(take)
        await place.app.store.transact(sign_up)
        links = await place.app.store.transact(lambda tx: tx.accounts.links(taken))

    assert list(links) == []


def test_only_gateways_of_the_accounts_mode_are_offered() -> None:
    """Beside a sandbox account, a live one is not offered the sandbox's ways to pay."""
    known = replace(terms(accounts=(TEAM_A, LIVE)), modes={"sandbox": Mode.SANDBOX})

    live = step(Idle(), Said("50 prod card", command=True), known)
    sandbox = step(Idle(), Said("50 team-a card", command=True), known)

    assert isinstance(live.state, Asking)
    assert live.state.slot is Slot.METHOD
    assert "No way to pay takes USD yet" in live.shows[0].view.fallback
    assert isinstance(sandbox.state, Reviewing)


async def test_services_tell_no_key(tmp_path: Path) -> None:
    """What signs links and buttons is in no text that somebody might log."""
    async with bot_place(tmp_path) as place:
        services = replace(place.app.services, older_secrets=(b"an older key",))
        assert repr(services.secret) not in repr(services)
        assert "older key" not in repr(services)

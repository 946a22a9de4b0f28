"""What an operator changes of an account, and who hears of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from secrets import token_bytes

import pytest

from adapters.storage.store import open_store
from conversations.protocol.places import read_chat
from service.common.context import context_of
from service.common.ids import Sources
from service.common.services import Services
from service.money import accounts
from service.money.account_changes import AccountChange, change_account
from service.money.accounts import NewAccount, OperatorError
from service.ports.store import Link, LinkKind, Tx

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CHANNEL = Link("acme", "slack", "T1", LinkKind.CHANNEL, "C1")


async def test_what_an_operator_changes_is_looked_at_at_once() -> None:
    """A new name tells of nothing; a threshold above the balance does, without waiting."""
    at = Services(
        sources=Sources(now=lambda: NOW, random_bytes=token_bytes),
        secret=b"s" * 32,
        support="billing@example.com",
        zone="UTC",
        methods=(),
        merchants=(),
    )
    store = open_store("sqlite://")
    wanted = NewAccount("acme", "Acme Cloud", "usd", "sandbox", "20")

    async def wish(wanted: AccountChange) -> tuple[str, int]:
        def changed(tx: Tx) -> tuple[str, int]:
            title = change_account(context_of(tx, at), "acme", wanted).title
            return title, len(tx.cards.due_in(read_chat("slack", "T1", "C1"), 10))

        return await store.transact(changed)

    await store.transact(lambda tx: accounts.add_account(tx, wanted, NOW))
    await store.transact(lambda tx: accounts.link_account(tx, CHANNEL, NOW))
    with pytest.raises(OperatorError, match=r"Say what changes: .* AMOUNT \(or none\)\."):
        await wish(AccountChange())

    assert await wish(AccountChange(alert_below="none")) == ("Acme Cloud", 0)
    assert await wish(AccountChange(title="Acme Again")) == ("Acme Again", 0)
    assert await wish(AccountChange(alert_below="50", reason="they grew")) == ("Acme Again", 1)
    trail = await store.transact(lambda tx: tx.audit.page(1, 9))
    details = [one.entry.detail for one in trail if one.entry]
    assert ["reason" in each for each in details][-3:] == [False, False, True]
    assert json.loads(details[-1])["reason"] == "they grew"
    assert json.loads(details[-1])["alert_below_minor_before"] == "none"
    await store.close()

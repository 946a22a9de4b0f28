"""Who may use an account: nobody unless a link says so, judged by the rows of this moment."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from secrets import token_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.storage.store import open_store
from billing.ledger import Posting, Transaction, TransactionKind, customer_account
from billing.methods import Fee, PaymentMethod
from billing.money import Money
from billing.topups import Mode
from bot.wiring.traits import TRAITS
from conversations.protocol.events import ConversationKey
from conversations.protocol.places import read_chat
from service.common.context import Context, context_of
from service.common.ids import Sources
from service.common.services import Services
from service.money import accounts, alerts
from service.money.accounts import NewAccount, OperatorError
from service.money.charges import ChargeRequest, charge_account
from service.people import access
from service.ports.store import Link, LinkKind, Store, Tx

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ANA = ConversationKey("slack", "T1", "U1", "U1")
ELSEWHERE = ConversationKey("slack", "T2", "U1", "U1")
KIM = ConversationKey("telegram", "9", "7001", "7001")
LEE = ConversationKey("telegram", "9", "7002", "7002")
HERE = ConversationKey("console", "local", "me", "me")
TEAM = Link("acme", "slack", "T1", LinkKind.TEAM, "T1")
CHANNEL = Link("acme", "slack", "T1", LinkKind.CHANNEL, "C1")
PERSON = Link("acme", "telegram", "", LinkKind.PERSON, "7001")


def services(*, signup_open: bool = False) -> Services:
    """Services whose clock stands still."""
    return Services(
        sources=Sources(now=lambda: NOW, random_bytes=token_bytes),
        secret=b"s" * 32,
        support="billing@example.com",
        zone="UTC",
        methods=(PaymentMethod("card", "sandbox", Fee()),),
        merchants=(),
        traits=TRAITS,
        signup_open=signup_open,
    )


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """A database with one account that nobody may use."""
    opened = open_store("sqlite://")
    wanted = NewAccount("acme", "Acme Cloud", "usd", "sandbox", "20")
    await opened.transact(lambda tx: accounts.add_account(tx, wanted, NOW))
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("link", "key", "channels", "allowed"),
    [
        (TEAM, ANA, (), True),
        (TEAM, ELSEWHERE, (), False),
        (TEAM, KIM, (), False),
        (CHANNEL, ANA, ("C1",), True),
        (CHANNEL, ANA, ("C2",), False),
        (CHANNEL, ANA, (), False),
        (CHANNEL, ELSEWHERE, ("C1",), False),
        (PERSON, KIM, (), True),
        (PERSON, LEE, (), False),
        (PERSON, ConversationKey("slack", "T1", "7001", "7001"), (), False),
    ],
)
async def test_only_a_fitting_link_opens(
    store: Store,
    link: Link,
    key: ConversationKey,
    channels: tuple[str, ...],
    allowed: bool,
) -> None:
    """Platform, tenant and kind must all fit; a channel also needs the person in it now."""
    assert await store.transact(lambda tx: access.accounts_of(tx, key, frozenset(channels))) == ()

    await store.transact(lambda tx: accounts.link_account(tx, link, NOW))
    found = await store.transact(lambda tx: access.accounts_of(tx, key, frozenset(channels)))

    assert allowed == bool(found)


_IDS = st.sampled_from(["T1", "T2", "C1", "U1", "7001"])
_TENANTS = st.sampled_from(["", "T1", "T2"])
_PLATFORMS = st.sampled_from(["slack", "telegram"])
_LINKS = st.builds(
    Link, st.sampled_from(["acme", "lab"]), _PLATFORMS, _TENANTS, st.sampled_from(LinkKind), _IDS
)


@given(
    links=st.lists(_LINKS, max_size=6),
    key=st.builds(ConversationKey, _PLATFORMS, _TENANTS, _IDS, _IDS),
    channels=st.frozensets(_IDS, max_size=2),
)
@settings(max_examples=60)
def test_who_is_let_in_is_who_the_links_name(
    links: list[Link], key: ConversationKey, channels: frozenset[str]
) -> None:
    """Looked up by their names or read one by one, the links let the same people in."""

    def opens(link: Link) -> bool:
        to = {LinkKind.TEAM: {key.tenant}, LinkKind.PERSON: {key.person}}
        here = link.platform == key.platform and link.tenant in ("", key.tenant)
        return here and link.external_id in to.get(link.kind, channels)

    async def found() -> tuple[access.AllowedAccount, ...]:
        store = open_store("sqlite://")

        def work(tx: Tx) -> tuple[access.AllowedAccount, ...]:
            for name in ("lab", "acme"):
                accounts.add_account(tx, NewAccount(name, name, "usd", "sandbox", ""), NOW)
            for link in links:
                tx.accounts.link(link, NOW)
            return access.accounts_of(tx, key, channels)

        try:
            return await store.transact(work)
        finally:
            await store.close()

    let_in = {(one.account.id, link) for one in asyncio.run(found()) for link in one.links}
    assert let_in == {(link.account, link) for link in links if opens(link)}


async def test_a_leave_that_is_taken_back_is_gone_at_once(store: Store) -> None:
    """The others stay; who has none is told so, and the trail says who took it and why."""
    for link in (TEAM, CHANNEL):
        await store.transact(partial(accounts.link_account, wanted=link, now=NOW))

    await store.transact(lambda tx: accounts.unlink_account(tx, TEAM, "she left", NOW))

    assert await store.transact(lambda tx: access.accounts_of(tx, ANA, frozenset())) == ()
    assert await store.transact(lambda tx: access.accounts_of(tx, ANA, frozenset({"C1"})))
    with pytest.raises(OperatorError, match="slack team T1 may not use acme"):
        await store.transact(lambda tx: accounts.unlink_account(tx, TEAM, "again", NOW))
    trail = await store.transact(lambda tx: tx.audit.page(1, 100))
    entry = trail[-1].entry
    assert entry is not None
    assert (entry.act, json.loads(entry.detail)["reason"]) == ("account_unlinked", "she left")


async def test_only_linked_channels_are_asked_about(store: Store) -> None:
    """No other channel of the person is anybody's business."""
    await store.transact(lambda tx: accounts.link_account(tx, CHANNEL, NOW))

    assert {"C1"} == set(await store.transact(lambda tx: access.channels_to_ask(tx, ANA)))
    assert set() == set(await store.transact(lambda tx: access.channels_to_ask(tx, ELSEWHERE)))


async def test_a_team_has_a_threshold_and_a_person_has_none(store: Store) -> None:
    """An account that a person has for themselves needs nobody's leave."""
    for link, key, team in ((TEAM, ANA, True), (PERSON, KIM, False)):
        await store.transact(partial(accounts.link_account, wanted=link, now=NOW))
        (found,) = await store.transact(partial(access.accounts_of, key=key, channels=frozenset()))

        assert team == access.account_facts(found).team


async def test_signing_up_is_closed_unless_opened(store: Store) -> None:
    """Nobody gets an account of their own by asking, and in Slack nobody ever does."""
    closed, opened = services(), services(signup_open=True)

    await store.transact(lambda tx: access.open_signup_account(context_of(tx, closed), KIM, "Kim"))
    await store.transact(lambda tx: access.open_signup_account(context_of(tx, opened), ANA, "Ana"))
    assert [row["id"] for row in await store.transact(accounts.list_accounts)] == ["acme"]
    await store.transact(
        lambda tx: access.open_signup_account(context_of(tx, opened), KIM, "Kim\n" * 40)
    )
    (mine,) = await store.transact(lambda tx: access.accounts_of(tx, KIM, frozenset()))

    assert Mode.SANDBOX is mine.account.mode
    assert len(mine.account.title) <= access.TITLE_MAX
    assert "\n" not in mine.account.title


async def test_a_terminal_has_one_account_of_its_own(store: Store) -> None:
    """It is opened the first time, and found each time after."""
    opened = services(signup_open=True)

    for _ in range(2):
        await store.transact(lambda tx: accounts.open_own_account(context_of(tx, opened), HERE))
        assert len(await store.transact(lambda tx: access.accounts_of(tx, HERE, frozenset()))) == 1


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (NewAccount("acme", "Again", "USD", "sandbox", ""), "already"),
        (NewAccount("7up", "Seven", "USD", "sandbox", ""), "begins with a letter"),
        (NewAccount("beta", "Beta", "DOLLARS", "sandbox", ""), "no ISO code"),
        (NewAccount("beta", "Beta", "USD", "test", ""), "sandbox or live"),
        (NewAccount("beta", "Beta", "USD", "sandbox", "lots"), "no amount"),
        (NewAccount("beta", "Two\nlines", "USD", "sandbox", ""), "one line"),
        (NewAccount("beta", "Beta", "USD", "sandbox", "", "UK"), "ISO country"),
    ],
)
async def test_an_operators_mistake_is_told(store: Store, wanted: NewAccount, why: str) -> None:
    """The sentence says what would be right, and nothing is written."""
    with pytest.raises(OperatorError, match=why):
        await store.transact(lambda tx: accounts.add_account(tx, wanted, NOW))

    assert [row["id"] for row in await store.transact(accounts.list_accounts)] == ["acme"]


@pytest.mark.parametrize(
    ("platform", "kind", "who", "why"),
    [
        ("slack", LinkKind.CHANNEL, "C1", "team/channel"),
        ("slack", LinkKind.CHANNEL, "T1/billing", "team/channel"),
        ("slack", LinkKind.TEAM, "acme.slack.com", "id such as"),
        ("telegram", LinkKind.PERSON, "@kim", "number"),
        ("telegram", LinkKind.TEAM, "9", "no team"),
        ("slack", LinkKind.PERSON, "U1", "no person"),
    ],
)
def test_a_link_is_spelled_as_the_platform_does(
    platform: str, kind: LinkKind, who: str, why: str
) -> None:
    """Ids, not names: names change hands."""
    with pytest.raises(OperatorError, match=why):
        accounts.parse_link("acme", TRAITS[platform], kind, who)


async def test_an_unknown_account_is_not_linked(store: Store) -> None:
    """A typo does not become an account."""
    lost = Link("acne", "slack", "T1", LinkKind.TEAM, "T1")
    with pytest.raises(OperatorError, match="no such account"):
        await store.transact(lambda tx: accounts.link_account(tx, lost, NOW))


def _draws(context: Context, amount: str, key: str) -> str:
    return charge_account(context, ChargeRequest("acme", amount, key, overdraw=True))


async def test_a_charge_is_drawn_once_for_each_key(store: Store) -> None:
    """The same key again changes nothing, so a program may retry."""
    for _ in range(3):
        await store.transact(lambda tx: _draws(context_of(tx, services()), "5.00", "job-1"))

    left = await store.transact(lambda tx: _draws(context_of(tx, services()), "1", "job-2"))

    assert left == "-$6.00"


async def test_a_key_that_drew_another_amount_is_refused(store: Store) -> None:
    """A program that reuses a key would lose what it wanted to draw, and not know it."""
    await store.transact(lambda tx: _draws(context_of(tx, services()), "5", "job-1"))

    with pytest.raises(OperatorError, match="another amount"):
        await store.transact(lambda tx: _draws(context_of(tx, services()), "6", "job-1"))
    (listed,) = await store.transact(accounts.list_accounts)

    assert listed["balance_minor"] == -500


async def test_an_alert_is_told_once_and_resolved_on_the_same_card(store: Store) -> None:
    """Below the threshold there is one card, whatever is spent after; a new fall is a new one."""
    at = services()

    def spend(tx: Tx, amount: str) -> None:
        _draws(context_of(tx, at), amount, amount)

    def restore(tx: Tx) -> None:
        amount = Money(10_000, "USD")
        posting = Posting("gateway:sandbox:m", customer_account("acme"), amount)
        tx.ledger.post(Transaction("a top-up", TransactionKind.CREDIT, (posting,), NOW))
        alerts.update_alert(context_of(tx, at), "acme")

    def shown(tx: Tx) -> list[str]:
        return [card.wanted.title for card in tx.cards.due_in(read_chat("slack", "T1", "C1"), 10)]

    await store.transact(lambda tx: accounts.link_account(tx, CHANNEL, NOW))
    await store.transact(lambda tx: spend(tx, "1"))
    await store.transact(lambda tx: spend(tx, "2"))
    (low,) = await store.transact(shown)
    await store.transact(restore)
    (resolved,) = await store.transact(shown)
    await store.transact(lambda tx: spend(tx, "90"))
    titles = await store.transact(shown)

    assert "Low balance" in low
    assert "Resolved" in resolved
    assert ["Resolved" in title for title in titles] == [True, False]

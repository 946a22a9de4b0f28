"""SECRET_KEY changes as `.env.example` says, and what was sealed and signed stays of use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr

from conversations.protocol.installations import Installation
from conversations.protocol.ports import Message
from conversations.protocol.views import Toast
from conversations.words import words
from service.chat.installations import StoredInstallations
from service.common.context import context_of
from service.common.keys import Keyring, key_sentences, report_keys
from service.common.vault import Vault, key_name
from service.money.charges import ChargeRequest, charge_account
from service.ports.records import Link, LinkKind
from service.ports.store import Tx
from tests.support.bots.bot_place import ACCOUNT, ANA, BEN, START, BotPlace, Clock, bot_place
from tests.support.bots.operator_place import Operator, operator
from tests.support.chats.pocket_chat import PLATFORM, TENANT, button

__all__ = ["operator"]

OLD, NEW, NEWEST = "o" * 32, "n" * 32, "m" * 32
CHANNEL = "C1"
WORKSPACE = Installation("", "T9", is_enterprise_install=False, bot_token="xoxb-9")
ORGANISATION = Installation("E1", "", is_enterprise_install=True, bot_token="xoxb-1")


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@asynccontextmanager
async def started(
    folder: Path, clock: Clock, *keys: str, seed: str = ""
) -> AsyncIterator[BotPlace]:
    """The bot with these keys in SECRET_KEY."""
    secret = SecretStr(",".join(keys))
    seed = seed or keys[0]
    async with bot_place(folder, seed=seed, clock=clock, secret_key=secret) as place:
        # What people do has a name that no earlier bot heard.
        place.names = count(1_000 * ord(seed[0])).__next__
        yield place


def installed(place: BotPlace, *keys: str) -> StoredInstallations:
    return StoredInstallations(PLATFORM, Vault(keys), place.clock, place.app.store)


async def alerts(place: BotPlace) -> None:
    """The balance falls, and a channel is told."""

    def work(tx: Tx) -> None:
        tx.accounts.link(Link(ACCOUNT, PLATFORM, TENANT, LinkKind.CHANNEL, CHANNEL), START)
        tx.accounts.set_threshold(ACCOUNT, 2_000)
        charge_account(
            context_of(tx, place.app.services), ChargeRequest(ACCOUNT, "5", overdraw=True)
        )

    await place.app.store.transact(work)
    await place.quiet()


def alert(place: BotPlace) -> Message:
    (found,) = (each for ref, each in place.chat.messages.items() if ref.chat == CHANNEL)
    return found


async def begins(place: BotPlace, person: str, token: str) -> bool:
    """Whether pressing this button begins something."""
    before = len(place.chat.messages)
    replies = await place.does(person, press=token)
    told = [each.text for each in replies if isinstance(each, Toast)]
    return len(place.chat.messages) > before and told == []


async def shows_its_code(place: BotPlace, card: Message) -> bool:
    """Whether the pay page shows the code that stands on the card."""
    page = (await place.web.get(button(card, "Pay").url or "")).text
    (code,) = (row.value for row in card.view.rows if row.label == words.CODE)
    return code in page


async def needs(place: BotPlace, *keys: str) -> list[str]:
    now, keyring = place.clock(), Keyring(keys)
    return key_sentences(await place.app.store.transact(lambda tx: report_keys(tx, keyring, now)))


async def test_106_changing_the_secret_key_as_advised_loses_nothing(
    tmp_path: Path, clock: Clock
) -> None:
    """`old`, `new,old` for a week, then `new`: tokens, buttons, pay links, ways back, codes."""
    async with started(tmp_path, clock, OLD) as place:
        for one in (WORKSPACE, ORGANISATION):
            await installed(place, OLD).save(one)
        await alerts(place)
        button_of_before = button(alert(place), "Top up").token or ""
        card_of_before = await place.asks_for()
        back = await place.return_address(button(card_of_before, "Pay").url or "")

    async with started(tmp_path, clock, NEW, OLD) as place:
        assert await shows_its_code(place, card_of_before)
        assert (await place.web.get(back)).status_code == 200
        assert await begins(place, ANA, button_of_before)
        (first, old) = await needs(place, NEW, OLD)
        assert first == f"{key_name(NEW)} is the first key: it seals and signs."
        assert old.startswith(f"{key_name(OLD)} is still needed by 1 pay links until 2026-11-")
        clock.advance(days=6)
        later = await place.asks_for(BEN, "/topup 30 USD bank")
        back = await place.return_address(button(later, "Pay").url or "")
        assert await shows_its_code(place, later)
        clock.advance(days=1)
        assert (await needs(place, NEW, OLD))[1] == (
            f"{key_name(OLD)} is needed by nothing. It may be dropped."
        )

    async with started(tmp_path, clock, NEW, seed="last") as place:
        for one, tenant in ((WORKSPACE, "T9"), (ORGANISATION, "E1.T3")):
            assert await installed(place, NEW).find(tenant) == one
        assert await shows_its_code(place, later)
        assert (await place.web.get(back)).status_code == 200
        assert await begins(place, ANA, button_of_before)


async def test_106_a_key_is_not_dropped_unheard(tmp_path: Path, clock: Clock) -> None:
    """Where no bot started with both, the seals are counted and named; nothing is made of them."""
    async with started(tmp_path, clock, OLD) as place:
        await installed(place, OLD).save(WORKSPACE)
        unstarted = await needs(place, NEW, OLD)
        assert "No bot has started with it yet" in unstarted[0]
        named = f"(T9, buttons of {key_name(OLD)})"
        assert unstarted[1] == f"{key_name(OLD)} is still needed by 2 sealed {named}."
        gone = await needs(place, NEW)
        assert gone[1].startswith(f"No key of SECRET_KEY opens 2 sealed {named}.")

    async with started(tmp_path, clock, NEW) as place:
        assert await installed(place, NEW).find("T9") is None
        assert await installed(place, NEW, OLD).find("T9") == WORKSPACE


async def test_106_bots_that_learn_a_key_one_after_the_other_agree(
    tmp_path: Path, clock: Clock
) -> None:
    """A key behind a known one is only read; a first one makes codes an hour after its start."""
    async with started(tmp_path, clock, OLD) as place:
        await alerts(place)
    async with started(tmp_path, clock, OLD, NEW, seed="reads") as other:
        assert len(other.app.services.remembered) == 1
        assert other.app.services.secret_of(clock()) == other.app.services.secret
        async with started(tmp_path, clock, NEW, OLD) as place:
            both = place.app.services, other.app.services
            assert len({services.page_code("TU-00000001", 1, clock()) for services in both}) == 1
            assert place.app.services.secret_of(clock() + timedelta(hours=2)) == both[0].secret
    async with started(tmp_path, clock, NEWEST, seed="third") as place:
        assert len(place.app.services.remembered) == 1


async def test_106_a_pay_link_of_a_bot_that_has_the_old_key_first_is_counted(
    tmp_path: Path, clock: Clock
) -> None:
    """Bots are restarted one after the other: what the last one signed needs its key as well."""
    for keys in ((OLD,), (NEW, OLD)):
        async with started(tmp_path, clock, *keys):
            pass
    clock.advance(minutes=10)
    async with started(tmp_path, clock, OLD, NEW, seed="later") as later:
        await later.asks_for()
        assert "1 pay links" in (await needs(later, NEW, OLD))[1]


async def test_106_a_key_that_was_first_and_made_way_again_is_still_needed(
    tmp_path: Path, clock: Clock
) -> None:
    """Back from `new,old` to `old,new`: what was signed meanwhile needs the new one."""
    async with started(tmp_path, clock, OLD):
        pass
    async with started(tmp_path, clock, NEW, OLD) as place:
        card = await place.asks_for()
        assert "1 pay links" not in (await needs(place, NEW, OLD))[0]
    async with started(tmp_path, clock, OLD, NEW, seed="back") as place:
        assert await shows_its_code(place, card)
        assert "1 pay links" in (await needs(place, OLD, NEW))[1]


def test_106_the_command_says_what_needs_a_key(operator: Operator) -> None:
    """In words and for programs, and the keys themselves stand in neither."""
    operator.patch.setenv("SECRET_KEY", f"{NEW},{OLD}")
    told, found = operator.types("keys"), operator.types("keys", "--json")
    assert told.code == found.code == 0
    assert told.out.splitlines()[1] == f"{key_name(OLD)} is needed by nothing. It may be dropped."
    assert [row["may_be_dropped"] for row in found.json] == [False, True]
    assert NEW not in told.out + found.out
    assert OLD not in told.out + found.out

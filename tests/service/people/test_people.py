"""What is known of a person: under which name, who can read it, and what is left of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.storage.queries.about_person import ABOUT_NOBODY, personal_rows
from adapters.storage.schema.tables import metadata
from billing.records import Account
from billing.topups import Mode, TopUpStatus
from bot.wiring.traits import TRAITS
from conversations.protocol.events import ConversationKey
from conversations.protocol.people import Person, PersonTraces
from service.common.context import context_of
from service.money import accounts
from service.money.accounts import OperatorError
from service.people import access
from service.people.people import existing_name, person_name
from service.ports.records import Link, LinkKind
from service.ports.store import Tx
from service.privacy.erasure import erase_person, export_person, find_person
from tests.support.bots.bot_place import ACCOUNT, ANA, BEN, EVE, START, BotPlace, bot_place, dump
from tests.support.bots.operator_place import Operator, operator
from tests.support.chats.pocket_chat import PLATFORM, TENANT, delivery, key_of
from tests.support.dialogs.terms import top_up as a_top_up

__all__ = ["operator"]

TRAIL = ("audit", "transactions", "postings", "top_ups", "payments")
STRANGER = ConversationKey("telegram", "9", "7700770077", "7700770077")
NAME = "Anastasia"
WHO = "p77007700"
SPELLED = f"{PLATFORM}:{WHO}"
BENS = Link("solo", PLATFORM, TENANT, LinkKind.PERSON, BEN)


def told_by(place: BotPlace, *tables: str) -> str:
    return json.dumps([place.rows(table) for table in tables])


async def test_111_ledger_and_audit_call_nobody_by_their_own_name(tmp_path: Path) -> None:
    """Neither their number, their account's id nor their name stands in what is never changed."""
    async with bot_place(tmp_path) as place:
        services = replace(place.app.services, signup_open=True)
        link = Link(ACCOUNT, "telegram", "", LinkKind.PERSON, STRANGER.person)

        await place.pays(await place.asks_for())
        await place.app.store.transact(
            lambda tx: access.open_signup_account(context_of(tx, services), STRANGER, NAME)
        )
        await place.app.store.transact(
            lambda tx: accounts.link_account(tx, link, START, "person-1")
        )
        await place.app.store.transact(lambda tx: accounts.unlink_account(tx, link, "left", START))
        told = told_by(place, *TRAIL)
        (top_up,) = place.rows("top_ups")
        ana = await place.app.store.transact(lambda tx: existing_name(tx, key_of(ANA)))

    assert top_up["requester"] == ana
    assert ana in told
    for own in (STRANGER.person, NAME, f"{PLATFORM}:{TENANT}:{ANA}"):
        assert own not in told, own


async def test_111_a_name_is_given_once(tmp_path: Path) -> None:
    """Whatever somebody does, and wherever they do it; another tenant's person has another."""
    async with bot_place(tmp_path) as place:
        services, elsewhere = place.app.services, replace(key_of(ANA), chat="elsewhere")
        others = replace(key_of(ANA), tenant="T2")
        keys = (key_of(ANA), key_of(ANA), elsewhere, others)
        first, again, there, another = await place.app.store.transact(
            lambda tx: [person_name(context_of(tx, services), key) for key in keys]
        )

    assert first == again == there
    assert first != another


def test_111_every_table_is_told_or_is_about_nobody() -> None:
    """Who adds a table says which of its rows are about a person."""
    told = {table.name for table in personal_rows(PersonTraces(Person("slack", "T1", "U1"), ()))}

    assert told | ABOUT_NOBODY == set(metadata.tables)
    assert told & ABOUT_NOBODY == set()


async def test_111_who_is_erased_is_led_to_by_nothing(tmp_path: Path) -> None:
    """Not in any row of any table; their money stays, and who returns is somebody new."""
    async with bot_place(tmp_path) as place:
        await place.app.store.transact(let_in_alone)
        await place.pays(await place.asks_for(WHO, "/topup 50 USD card"))
        money = {name: place.rows(name) for name in ("postings", "payments", "top_ups")}
        exported = json.dumps(
            await place.app.store.transact(lambda tx: export_person(tx, SPELLED, TRAITS))
        )
        with pytest.raises(OperatorError, match=r"hold a balance.*: solo"):
            await erased(place)
        await place.app.store.transact(lambda tx: tx.accounts.link(BENS, START))
        traces = await erased(place)
        left = json.dumps(dump(place.database))
        repeated = await place.app.inbox.accept(delivery("d1", WHO, text="/topup 50 USD card"))
        known = await place.app.store.transact(lambda tx: existing_name(tx, key_of(WHO)))
        stays = {name: place.rows(name) for name in money}
        trail = place.rows("audit")

    assert all(word in exported for word in (WHO, money["top_ups"][0]["id"], "/topup 50 USD card"))
    assert traces.names == (money["top_ups"][0]["requester"],)
    assert [name for name, rows in json.loads(left).items() if WHO in json.dumps(rows)] == []
    assert (repeated, known) == (None, "")
    assert stays == money
    assert (trail[-1]["act"], trail[-1]["subject"]) == ("person_erased", traces.names[0])
    assert "they asked" in trail[-1]["detail"]


async def test_111_nobody_is_erased_whose_money_is_under_way(tmp_path: Path) -> None:
    """Open, cancelled and perhaps paid all the same, or held: the sentence names it."""
    async with bot_place(tmp_path) as place:
        await place.app.store.transact(let_in_alone)
        await place.asks_for(WHO)
        (top_up,) = place.rows("top_ups")
        with pytest.raises(OperatorError, match=rf"are open, or paid.*: {top_up['id']}"):
            await erased(place)
        await place.presses(WHO, "Cancel")
        with pytest.raises(OperatorError, match=f"may still be paid: {top_up['id']}"):
            await erased(place)
        assert WHO in json.dumps(dump(place.database, "people", "conversations"))
        place.clock.advance(days=30)
        assert (await erased(place)).person.id == WHO


async def test_111_a_person_is_named_without_doubt(tmp_path: Path) -> None:
    """Nobody, or one of several: the sentence says what would be right."""
    async with bot_place(tmp_path) as place:

        def find_all(tx: Tx) -> list[str]:
            person_name(context_of(tx, place.app.services), key_of(ANA))
            person_name(context_of(tx, place.app.services), replace(key_of(ANA), tenant="T2"))
            told = []
            for text in (f"{PLATFORM}:{ANA}", f"{PLATFORM}:nobody", "ana", "person-0", ":/", ""):
                with pytest.raises(OperatorError) as refused:
                    find_person(tx, text, TRAITS)
                told.append(str(refused.value))
            own = find_person(tx, f"{PLATFORM}:T2/{ANA}", TRAITS)
            assert find_person(tx, own.names[0], TRAITS) == own
            return told

        several, *nobody = await place.app.store.transact(find_all)

    assert several.endswith(f"say which of them: {PLATFORM}:{TENANT}/{ANA}, {PLATFORM}:T2/{ANA}.")
    assert all("Write a person as slack:T1/U1" in told for told in nobody)


def let_in_alone(tx: Tx) -> None:
    """An account that nobody else may use."""
    tx.accounts.add(Account("solo", "Solo", "USD", Mode.SANDBOX), START)
    tx.accounts.link(replace(BENS, external_id=WHO), START)


async def erased(place: BotPlace) -> PersonTraces:
    return await place.app.store.transact(
        lambda tx: erase_person(tx, SPELLED, "they asked", place.clock(), TRAITS)
    )


def test_111_an_operator_exports_and_erases(operator: Operator) -> None:
    """JSON for the one, a sentence and an act in the trail for the other; nobody is exit 2."""
    operator.types("accounts", "add", "ops")
    operator.types("accounts", "link", "ops", "--telegram-person", "7700770077")
    exported = operator.types("people", "export", "telegram:7700770077")
    erased = operator.types("people", "erase", "telegram:7700770077", "--reason", "they asked")
    again = operator.types("people", "export", "telegram:7700770077")

    assert exported.json["links"][0]["external_id"] == "7700770077"
    assert (erased.code, again.code) == (0, 2)
    assert "Messages in the chat itself are not deleted" in erased.out
    assert "nothing is known of them" in again.err
    told = operator.types("audit", "export", "--format", "json").out
    assert "person_erased" in told
    assert "7700770077" not in told


async def test_111_the_account_topped_up_last_is_asked_about_first(tmp_path: Path) -> None:
    """Found by the name that top-ups call its person by, not by their platform's id."""
    async with bot_place(tmp_path) as place:

        def work(tx: Tx) -> tuple[str, ...]:
            name = person_name(context_of(tx, place.app.services), key_of(EVE))
            for number, account in (("C1", "first"), ("C2", "second")):
                tx.accounts.add(Account(account, account, "USD", Mode.SANDBOX), START)
                tx.accounts.link(Link(account, PLATFORM, TENANT, LinkKind.CHANNEL, number), START)
            tx.top_ups.add(
                replace(a_top_up(TopUpStatus.EXPIRED), account="second", requester=name)
            )
            return access.channels_to_ask(tx, key_of(EVE))

        assert await place.app.store.transact(work) == ("C2", "C1")

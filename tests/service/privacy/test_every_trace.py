"""Whoever stands in one table alone is found there, told of it, and erased from it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.contracts.store import NOW, StoreUnderTest
from adapters.storage.queries.about_person import personal_rows
from adapters.storage.store import open_store
from bot.wiring.traits import TRAITS
from conversations.protocol.people import Person, PersonTraces
from service.common.errors import OperatorError
from service.ports.records import LinkKind
from service.privacy.erasure import erase_person, export_person
from tests.support.bots.bot_place import dump
from tests.support.databases.filled import ROWS

WHO = "7700770077"
SPELLED = f"telegram:{WHO}"
Row = Mapping[str, Any]
LINK = {"account": "a", "platform": "telegram", "tenant": "", "kind": "person"}
CARD = {"chat": WHO, "person": WHO, "message_chat": WHO, "subject": None}

# Wherever their id may stand, that place alone. Money leads to them by their name only.
ALONE: dict[str, tuple[str, Row]] = {
    "a name": ("people", {"external_id": WHO}),
    "a link": ("links", {**LINK, "external_id": WHO}),
    "a talk": ("conversations", {"chat": WHO, "person": WHO}),
    "a talk in a group": ("conversations", {"chat": "-5", "person": WHO}),
    "a card": ("cards", CARD),
    "a card in a group": ("cards", {**CARD, "chat": "-5", "message_chat": "-5"}),
    "a card that names nobody": ("cards", {**CARD, "person": ""}),
    "a page": ("cards", {**CARD, "chat": f"home:{WHO}", "person": ""}),
    "a delivery": (
        "deliveries",
        {"lane": f"telegram:9:{WHO}", "body": {"message": {"from": {"id": int(WHO)}}}},
    ),
    "a delivery that waits": (
        "deliveries",
        {"lane": f"telegram:9:{WHO}", "body": {"text": WHO}, "done_at": None},
    ),
    "a turn": ("lanes", {"kind": "turns", "key": f"telegram:9:{WHO}"}),
    "a chat's lane": ("lanes", {"kind": "show:telegram", "key": f"telegram|9|{WHO}"}),
    "a page's lane": ("lanes", {"kind": "show:telegram", "key": f"telegram|9|home:{WHO}"}),
    "a limit": ("buckets", {"name": f"telegram|9||{WHO}"}),
}
# What looks like them and is somebody else's, or a channel's.
OTHERS: dict[str, tuple[str, Row]] = {
    "a longer id": ("deliveries", {"lane": f"telegram:9:{WHO}1", "body": {"text": "mine"}}),
    "another chat's lane": ("lanes", {"kind": "show:telegram", "key": f"telegram|9|{WHO}1"}),
    "another platform": ("deliveries", {"lane": f"slack:9:{WHO}", "body": {"text": "mine"}}),
    "a limit of a longer id": ("buckets", {"name": f"telegram|9||{WHO}1"}),
}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[StoreUnderTest]:
    opened = open_store(f"sqlite:///{tmp_path / 'bot.db'}")
    await opened.transact(lambda tx: None)
    yield opened
    await opened.close()


def plants(database: Path, table: str, row: Row) -> None:
    whole = {**ROWS[table], **row}
    values = [json.dumps(v) if isinstance(v, dict | list) else v for v in whole.values()]
    marks = ", ".join("?" * len(whole))
    with closing(sqlite3.connect(database)) as connection, connection:
        names = ", ".join(whole)
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608


def left(database: Path) -> list[str]:
    return [name for name, rows in dump(database).items() if WHO in json.dumps(rows)]


def test_111_every_table_that_names_people_is_tried() -> None:
    """Tables without a platform's ids lead to somebody by their name, or not at all."""
    by_name = {"accounts", "top_ups", "attempts", "payments", "refunds", "reversals"}
    by_name |= {"tasks", "postings", "transactions", "audit"}
    told = {table.name for table in personal_rows(PersonTraces(Person("telegram", "9", WHO), ()))}
    assert told - by_name == {table for table, _ in ALONE.values()}
    assert LINK["kind"] == LinkKind.PERSON


@pytest.mark.parametrize("where", ALONE)
async def test_111_who_stands_in_one_place_alone_is_told_and_erased(
    store: StoreUnderTest, tmp_path: Path, where: str
) -> None:
    """A name that operators gave, a first message that was never read, an alert that went out."""
    table, row = ALONE[where]
    plants(tmp_path / "bot.db", table, row)
    told = await store.transact(lambda tx: export_person(tx, SPELLED, TRAITS))
    assert len(told[table]) == 1
    await store.transact(lambda tx: erase_person(tx, SPELLED, "they asked", NOW, TRAITS))
    assert left(tmp_path / "bot.db") == []


async def test_111_a_link_alone_does_not_hide_what_has_a_tenant(
    store: StoreUnderTest, tmp_path: Path
) -> None:
    """An operator links somebody of any bot; an alert, its limit and its lane are of one."""
    for where in ("a link", "a card", "a limit", "a chat's lane"):
        plants(tmp_path / "bot.db", *ALONE[where])
    traces = await store.transact(lambda tx: erase_person(tx, SPELLED, "asked", NOW, TRAITS))
    assert traces.person.tenant == "9"
    assert left(tmp_path / "bot.db") == []


@pytest.mark.parametrize("where", OTHERS)
async def test_111_nothing_of_others_is_taken_for_theirs(
    store: StoreUnderTest, tmp_path: Path, where: str
) -> None:
    """Ids are read whole."""
    plants(tmp_path / "bot.db", *OTHERS[where])
    before = dump(tmp_path / "bot.db")
    with pytest.raises(OperatorError, match="nothing is known of them"):
        await store.transact(lambda tx: erase_person(tx, SPELLED, "asked", NOW, TRAITS))
    plants(tmp_path / "bot.db", *ALONE["a name"])
    await store.transact(lambda tx: erase_person(tx, SPELLED, "asked", NOW, TRAITS))
    table = OTHERS[where][0]
    assert dump(tmp_path / "bot.db")[table] == before[table]


async def test_111_the_alerts_of_a_linked_channel_are_nobodys(
    store: StoreUnderTest, tmp_path: Path
) -> None:
    """Whoever writes a channel's id where a person's belongs erases nothing."""
    plants(tmp_path / "bot.db", *ALONE["a card that names nobody"])
    plants(tmp_path / "bot.db", "links", {**LINK, "kind": "channel", "external_id": WHO})
    with pytest.raises(OperatorError, match="nothing is known of them"):
        await store.transact(lambda tx: erase_person(tx, SPELLED, "asked", NOW, TRAITS))


@pytest.mark.parametrize(
    "spelled", [f"Telegram:{WHO}", f"  telegram:{WHO}\n", f"telegram:9:{WHO}", f"telegram:9/{WHO}"]
)
async def test_111_a_person_is_found_however_they_are_spelled(
    store: StoreUnderTest, tmp_path: Path, spelled: str
) -> None:
    """With capitals or blanks, or as older rows of the audit trail call them."""
    plants(tmp_path / "bot.db", *ALONE["a delivery"])
    told = await store.transact(lambda tx: export_person(tx, spelled, TRAITS))
    assert told["person"] == f"telegram:9/{WHO}"


@pytest.mark.parametrize("link", [None, "8"], ids=["no link", "somebody else's"])
async def test_111_an_operators_account_of_such_a_name_is_nobodys(
    store: StoreUnderTest, tmp_path: Path, link: str | None
) -> None:
    """Accounts were once called after their person; whose one is, its link says."""
    account = {"id": f"telegram-{WHO}", "title": "Payroll Ltd"}
    plants(tmp_path / "bot.db", "accounts", account)
    plants(tmp_path / "bot.db", *ALONE["a name"])
    if link is not None:
        row = {**LINK, "account": account["id"], "external_id": link}
        plants(tmp_path / "bot.db", "links", row)
    told = await store.transact(lambda tx: export_person(tx, SPELLED, TRAITS))
    await store.transact(lambda tx: erase_person(tx, SPELLED, "asked", NOW, TRAITS))
    assert told["accounts"] == []
    assert "Payroll Ltd" in json.dumps(dump(tmp_path / "bot.db")["accounts"])


async def test_111_an_account_that_somebody_signed_up_for_is_theirs(
    store: StoreUnderTest, tmp_path: Path
) -> None:
    """By the link that came with it; its title goes."""
    account = {"id": f"telegram-{WHO}", "title": "Zoe", "balance_minor": 0}
    plants(tmp_path / "bot.db", "accounts", account)
    row = {**LINK, "account": account["id"], "external_id": WHO}
    plants(tmp_path / "bot.db", "links", row)
    await store.transact(lambda tx: erase_person(tx, SPELLED, "asked", NOW, TRAITS))
    assert "Zoe" not in json.dumps(dump(tmp_path / "bot.db"))

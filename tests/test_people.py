"""What is known of a person: under which name, who can read it, and what is left of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from billing.records import Link, LinkKind
from bot import access, accounts
from bot.people import known_as, name_of
from conversations.vocabulary import ConversationKey
from tests.bot_place import ACCOUNT, ANA, START, BotPlace, bot_place
from tests.pocket_chat import PLATFORM, TENANT, key_of

TRAIL = ("audit", "transactions", "postings", "top_ups", "payments")
STRANGER = ConversationKey("telegram", "9", "7700770077", "7700770077")
NAME = "Anastasia"


def told_by(place: BotPlace, *tables: str) -> str:
    return json.dumps([place.rows(table) for table in tables])


async def test_111_ledger_and_audit_call_nobody_by_their_own_name(tmp_path: Path) -> None:
    """Neither their number, their account's id nor their name stands in what is never changed."""
    async with bot_place(tmp_path) as place:
        desk = replace(place.app.desk, signup_open=True)
        link = Link(ACCOUNT, "telegram", "", LinkKind.PERSON, STRANGER.person)

        await place.pays(await place.asks_for())
        await place.app.store.transact(lambda tx: access.enrol(tx, STRANGER, NAME, desk))
        await place.app.store.transact(lambda tx: accounts.link(tx, link, START, "person-1"))
        await place.app.store.transact(lambda tx: accounts.unlink(tx, link, "left", START))
        told = told_by(place, *TRAIL)
        (top_up,) = place.rows("top_ups")
        ana = await place.app.store.transact(lambda tx: known_as(tx, key_of(ANA)))

    assert top_up["requester"] == ana
    assert ana in told
    for own in (STRANGER.person, NAME, f"{PLATFORM}:{TENANT}:{ANA}"):
        assert own not in told, own


async def test_111_a_name_is_given_once(tmp_path: Path) -> None:
    """Whatever somebody does, and wherever they do it; another tenant's person has another."""
    async with bot_place(tmp_path) as place:
        desk, elsewhere = place.app.desk, replace(key_of(ANA), chat="elsewhere")
        others = replace(key_of(ANA), tenant="T2")
        keys = (key_of(ANA), key_of(ANA), elsewhere, others)
        first, again, there, another = await place.app.store.transact(
            lambda tx: [name_of(tx, key, desk) for key in keys]
        )

    assert first == again == there
    assert first != another

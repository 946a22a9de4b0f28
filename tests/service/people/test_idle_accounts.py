"""What was signed up for and never used ends, whatever became of the link that came with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from conversations.protocol.events import ConversationKey, Idle
from conversations.protocol.records import SavedState
from service.common.context import context_of
from service.money import accounts
from service.people import access
from service.ports.records import Link, LinkKind
from service.ports.store import Tx
from tests.support.bots.bot_place import START, bot_place

KEY = ConversationKey("telegram", "9", "7700770077", "7700770077")
LATER = START + timedelta(days=40)


@pytest.mark.parametrize(
    ("unlinked", "other", "talked", "left"),
    [
        (False, False, False, 0),
        (True, False, False, 0),
        (True, True, False, 1),
        (True, False, True, 1),
        (False, False, True, 1),
    ],
    ids=["linked", "unlinked", "somebody else's", "unlinked and talking", "talking"],
)
async def test_114_an_idle_account_ends_with_or_without_its_link(
    tmp_path: Path, unlinked: bool, other: bool, talked: bool, left: int
) -> None:
    """With the name that it bears, and the row that leads to its person."""

    async with bot_place(tmp_path, signup_open=True) as place:

        def work(tx: Tx) -> int:
            access.open_signup_account(context_of(tx, place.app.services), KEY, "Zoe Q")
            (own,) = [link for link in tx.accounts.links() if link.external_id == KEY.person]
            if unlinked:
                accounts.unlink_account(tx, own, "they left", START)
            if other:
                others = Link(own.account, "telegram", "", LinkKind.PERSON, "8")
                tx.accounts.link(others, START)
            if talked:
                tx.conversations.save(KEY, SavedState(Idle(), LATER, "en", "UTC"))
            tx.leftovers.drop_idle_accounts("", START + timedelta(days=31), 200)
            return sum(each.title == "Zoe Q" for each in tx.accounts.all())

        assert await place.app.store.transact(work) == left
        assert len([row for row in place.rows("people") if row["platform"] == "telegram"]) == left

"""The audit trail stays for good: what an operator types brings nobody's own name into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.contracts.cards import record_failed
from billing.topups import Mode
from conversations.protocol.people import Person
from conversations.protocol.places import read_chat
from conversations.protocol.ports import Verdict
from conversations.protocol.views import View
from service.cards.cards import stable_card_id, want_card
from service.common.context import context_of
from service.money import held
from service.money.account_changes import AccountChange, change_account
from service.money.held import Decision
from service.ports.records import Entry, Link, LinkKind
from service.ports.store import Account, Card, Tx
from tests.support.bots.bot_place import START
from tests.support.bots.settle_place import SettlePlace, settle_place

WHY = Decision("they blocked us")
WHO = "7700770077"


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


def refuses(place: SettlePlace, chat: str, person: str, platform: str = "telegram") -> None:
    """A chat does not take a card that is somebody's, or, for "", everybody's there."""
    there = read_chat(platform, "9", chat)
    card = Card(stable_card_id(chat, person), there, person, "en", "UTC", View("a", "a"), 1)

    def work(tx: Tx) -> None:
        want_card(context_of(tx, place.services), card)
        record_failed(tx, card.id, Verdict.GONE, "gone")

    place.do(work)


def closes(place: SettlePlace) -> list[str]:
    """An operator closes every line of `held list`; what the trail calls each."""

    def close(tx: Tx) -> None:
        for line in held.list_held(tx):
            held.close_task(context_of(tx, place.services), line["id"], WHY)

    place.do(close)
    return [entry.subject for entry in trail(place) if entry.act == "task_closed"]


def trail(place: SettlePlace) -> list[Entry]:
    page = place.do(lambda tx: tx.audit.page(1, 999))
    return [each.entry for each in page if each.entry]


@pytest.mark.parametrize(
    ("chat", "platform"),
    [(WHO, "telegram"), ("D77", "slack"), (f"home:{WHO}", "slack"), ("D77/1.2", "slack")],
)
def test_111_a_private_chat_is_named_by_the_name_of_no_meaning(
    place: SettlePlace, chat: str, platform: str
) -> None:
    """Whether it is called after the person or not, since it leads to them alone."""
    refuses(place, chat, WHO, platform)
    (told,) = closes(place)
    name = place.do(lambda tx: tx.people.name_of(Person(platform, "9", WHO)))
    assert told == f"{platform}/9/{name}:gone"
    assert WHO not in str(trail(place))


def test_111_a_channel_is_named_as_it_is(place: SettlePlace) -> None:
    """One that an operator linked, and one in which a card is everybody's, or several people's."""
    made = place.new()
    linked = Link(made.account, "telegram", "", LinkKind.CHANNEL, "-1")
    place.do(lambda tx: tx.accounts.link(linked, START))
    refuses(place, "-1", WHO)
    assert closes(place) == ["telegram/9/-1:gone"]
    refuses(place, "-2", "")
    assert closes(place)[-1] == "telegram/9/-2:gone"
    for person in (WHO, "8"):
        refuses(place, "-3", person)
    assert closes(place)[-1] == "telegram/9/-3:gone"


@pytest.mark.parametrize("id", ["person-0f1e2d3c4b5a6978", f"telegram-{WHO}"])
def test_111_a_title_that_is_somebodys_name_is_not_written_down(
    place: SettlePlace, id: str
) -> None:
    """Whoever signed up gave it; the new one may be their name, too."""

    def renames(tx: Tx) -> None:
        tx.accounts.add(Account(id, "Zoe Quinn", "USD", Mode.SANDBOX), START)
        tx.accounts.link(Link(id, "telegram", "", LinkKind.PERSON, WHO), START)
        change_account(
            context_of(tx, place.services), id, AccountChange(title="Zoe Q", reason="they asked")
        )

    place.do(renames)
    assert "Zoe" not in str(trail(place))
    assert "they asked" in str(trail(place))


def test_111_a_title_that_an_operator_gave_is_written_down(place: SettlePlace) -> None:
    """Also where the id only looks like a person's."""

    def renames(tx: Tx) -> None:
        tx.accounts.add(Account(f"telegram-{WHO}", "Payroll", "USD", Mode.SANDBOX), START)
        change_account(
            context_of(tx, place.services), f"telegram-{WHO}", AccountChange(title="Wages")
        )

    place.do(renames)
    assert all(title in str(trail(place)) for title in ("Payroll", "Wages"))

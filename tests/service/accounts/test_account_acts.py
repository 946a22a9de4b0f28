"""What an operator does to accounts stands in the trail, by whom and to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.gateways.sandbox.settings import Sandbox
from bot.commands import run
from bot.settings.gateways import Gateways
from bot.wiring.traits import TRAITS
from service.money import accounts
from service.money.accounts import NewAccount, OperatorError
from service.ports.store import Link, LinkKind, Tx
from tests.support.bots.bot_place import START, changed, config_for
from tests.support.bots.settle_place import SettlePlace, settle_place
from tests.support.bots.stripe_bot_place import PLAYED

TEAM = Link("acme", "slack", "T1", LinkKind.TEAM, "T1")
PERSON = Link("acme", "telegram", "", LinkKind.PERSON, "77")
ACME = NewAccount("acme", "Acme Cloud", "usd", "sandbox", "20")


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    """An account of an operator's."""
    with settle_place() as made:
        made.do(lambda tx: accounts.add_account(tx, ACME, START))
        yield made


def trail(place: SettlePlace) -> list[tuple[str, str, str, Any]]:
    page = place.do(lambda tx: tx.audit.page(1, 99))
    found = [each.entry for each in page if each.entry]
    return [(e.actor, e.act, e.subject, json.loads(e.detail)) for e in found]


def test_a_link_is_written_down_once(place: SettlePlace) -> None:
    """Linked twice is linked once; taken back with its reason, and only what there was."""
    for _ in range(2):
        place.do(lambda tx: accounts.link_account(tx, TEAM, START))
    place.do(lambda tx: accounts.unlink_account(tx, TEAM, "they left", START))
    with pytest.raises(OperatorError, match="may not use acme"):
        place.do(lambda tx: accounts.unlink_account(tx, TEAM, "they left", START))

    assert trail(place) == [
        ("operator", "account_added", "acme", {"currency": "USD"}),
        ("operator", "account_linked", "acme", {"to": "slack team T1"}),
        ("operator", "account_unlinked", "acme", {"from": "slack team T1", "reason": "they left"}),
    ]


@pytest.mark.parametrize("name", ["", "Ana"])
def test_a_person_stands_in_the_trail_without_what_leads_to_them(
    place: SettlePlace, name: str
) -> None:
    """By the name that the trail has for them, and by none where they have none yet."""
    place.do(partial(_links, name=name))
    known = place.do(lambda tx: tx.people.find_all("telegram", "77"))

    _, (_, act, _, detail) = trail(place)
    own = next(iter(known), "")
    assert (act, bool(own)) == ("account_linked", bool(name))
    assert detail == {"to": f"telegram person {own}".rstrip()}
    assert "77" not in detail["to"].removesuffix(own)


def test_a_person_has_one_name_in_the_trail(place: SettlePlace) -> None:
    """Also where they are linked again, to another account, and when that is taken back."""
    other = Link("other", *_PERSON_PARTS)
    place.do(lambda tx: accounts.add_account(tx, replace(ACME, id="other"), START))
    place.do(partial(_links, name="Ana"))
    place.do(lambda tx: accounts.link_account(tx, other, START))
    place.do(lambda tx: accounts.unlink_account(tx, other, "they left", START))

    details = [detail for _, _, _, detail in trail(place)[2:]]
    (name,) = place.do(lambda tx: tx.people.find_all("telegram", "77"))
    assert [each.get("to", each.get("from")) for each in details] == [
        f"telegram person {name}"
    ] * 3


_PERSON_PARTS = ("telegram", "", LinkKind.PERSON, "77")


def _links(tx: Tx, name: str) -> None:
    accounts.link_account(tx, PERSON, START, name)


def test_nobody_is_linked_to_an_account_that_is_not_there(place: SettlePlace) -> None:
    """In a sentence that says where they are listed."""
    with pytest.raises(OperatorError, match="no such account"):
        place.do(lambda tx: accounts.link_account(tx, Link("nobody", *_TEAM_PARTS), START))


_TEAM_PARTS = ("slack", "T1", LinkKind.TEAM, "T1")


@pytest.mark.parametrize(("text", "stored"), [("0", None), ("100", 10_000)])
def test_an_overdraft_is_written_down_with_its_reason(
    place: SettlePlace, text: str, stored: int | None
) -> None:
    """None is agreed where it is zero."""
    agreed = place.do(lambda tx: accounts.set_overdraft(tx, "acme", text, "agreed", START))
    account = place.do(lambda tx: tx.accounts.get("acme"))

    assert account is not None
    assert (agreed.minor, account.overdraft_minor) == (stored or 0, stored)
    facts = {"overdraft_minor": stored or 0, "currency": "USD", "reason": "agreed"}
    assert trail(place)[1:] == [("operator", "overdraft_set", "acme", facts)]


def test_nothing_is_agreed_for_an_account_that_is_not_there(place: SettlePlace) -> None:
    """In a sentence, and nothing is written down."""
    with pytest.raises(OperatorError, match="no such account"):
        place.do(lambda tx: accounts.set_overdraft(tx, "nobody", "1", "agreed", START))
    assert len(trail(place)) == 1


def test_a_trial_at_a_terminal_moves_no_real_money(tmp_path: Path) -> None:
    """Whoever sits there needs no leave; only the sandbox is asked, whatever is configured."""
    gateways = Gateways((PLAYED, Sandbox()), (Sandbox(),))
    tried = run.for_a_trial(changed(config_for(tmp_path / "bot.db"), gateways=gateways))

    assert (tried.people.signup_open, tried.gateways.chosen) == (True, (Sandbox(),))


def test_only_an_alert_that_nobody_reads_is_worth_a_sentence(place: SettlePlace) -> None:
    """Once a person is linked, and for an account that is not there, nothing is said."""

    def said(account: str) -> str:
        return place.do(lambda tx: accounts.unread_alert_sentence(tx, account, TRAITS))

    before = said("acme")
    place.do(partial(_links, name=""))

    assert "$20.00" in before
    assert [said("acme"), said("nobody")] == ["", ""]

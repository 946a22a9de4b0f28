"""Drawing a balance down: a floor, a reason, a row in the trail, and a way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from billing.ledger import USAGE, TransactionKind, customer_account
from billing.money import Money
from billing.topups import Mode
from conversations.messages.answers import balance_view
from conversations.messages.home import home_view
from conversations.protocol.facts import AccountFacts
from conversations.protocol.places import read_chat
from service.common.context import context_of
from service.common.errors import OperatorError
from service.common.languages import load_catalogues, speaker_of
from service.money import accounts, charges
from service.money.charges import ChargeRequest
from service.ports.store import Link, LinkKind, Tx
from tests.support.bots.operator_place import Operator, operator
from tests.support.bots.settle_place import SettlePlace, paid, settle_place
from tests.support.dialogs.terms import terms

__all__ = ["operator"]

ABSURD = "9,999,999,999,999.99"
WHY = ("--reason", "typed one digit too many")


@pytest.fixture
def place() -> Iterator[SettlePlace]:
    with settle_place() as made:
        yield made


@pytest.fixture
def account(place: SettlePlace) -> str:
    """An account in which $50.00 are."""
    top_up = place.new()
    place.settle(paid(top_up))
    return top_up.account


def _draw(place: SettlePlace, wanted: ChargeRequest) -> str:
    return place.do(lambda tx: charges.charge_account(context_of(tx, place.services), wanted))


def _correct(place: SettlePlace, name: str) -> None:
    place.do(lambda tx: charges.correct_charge(context_of(tx, place.services), name, "a mistake"))


def _left(place: SettlePlace, account: str) -> int:
    found = place.do(lambda tx: tx.accounts.get(account))
    ledger = place.do(lambda tx: tx.ledger.balance_minor(customer_account(account), "USD"))
    assert found is not None
    assert found.balance_minor == ledger
    return ledger


def _last(place: SettlePlace) -> tuple[str, str]:
    """The name and the kind of the newest transaction."""
    newest = place.do(lambda tx: tx.inspection.postings(1))[0]
    return newest.transaction, newest.kind


# --- the floor -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overdraft", "amount", "overdraw", "left"),
    [
        (None, "50", False, 0),
        (None, "50.01", False, None),
        (None, "50.01", True, -1),
        ("100", "150", False, -10_000),
        ("100", "150.01", False, None),
        ("100", "150.01", True, -10_001),
        (None, ABSURD, False, None),
        (None, ABSURD, True, None),
        ("0", "50.01", False, None),
    ],
)
def test_123_a_charge_stops_at_the_floor(
    place: SettlePlace,
    account: str,
    overdraft: str | None,
    amount: str,
    overdraw: bool,
    left: int | None,
) -> None:
    """At zero, or as far below as is agreed; further only when asked to, never absurdly far."""
    if overdraft is not None:
        now = place.clock()
        place.do(lambda tx: accounts.set_overdraft(tx, account, overdraft, "agreed", now))
    wanted = ChargeRequest(account, amount, overdraw=overdraw)
    if left is not None:
        _draw(place, wanted)
    else:
        with pytest.raises(OperatorError) as refused:
            _draw(place, wanted)
        assert ("--overdraw" in str(refused.value)) is not overdraw

    assert _left(place, account) == (5_000 if left is None else left)


def test_123_a_charge_is_in_the_trail_once(place: SettlePlace, account: str) -> None:
    """With its reason, its key and its transaction; the same key again adds nothing."""
    for _ in range(2):
        _draw(place, ChargeRequest(account, "12.50", "job-1", "the batch of Monday"))
    rows = [one for one in _trail(place) if one.act == "charged"]

    assert len(rows) == 1
    assert rows[0].subject == account
    assert all(
        word in rows[0].detail for word in ("1250", "USD", "job-1", "batch of Monday", "TX-")
    )
    assert _left(place, account) == 3_750


def test_123_a_repeated_key_is_not_judged_again(place: SettlePlace, account: str) -> None:
    """A program that asks again after the balance fell hears what it drew, and no refusal."""
    _draw(place, ChargeRequest(account, "30", "job-1"))

    assert _draw(place, ChargeRequest(account, "30", "job-1")) == "$20.00"
    with pytest.raises(OperatorError, match="another amount"):
        _draw(place, ChargeRequest(account, "31", "job-1"))


def test_123_a_key_tells_whether_it_drew_already(place: SettlePlace, account: str) -> None:
    """Not before it did, and never of a draw without a key: that one is a new draw each time."""
    asked = [
        ChargeRequest(account, "20", "job-1"),
        ChargeRequest(account, "20"),
        ChargeRequest("nobody", "20", "job-1"),
    ]

    def drew() -> list[bool]:
        return place.do(
            lambda tx: [charges.was_charged(context_of(tx, place.services), one) for one in asked]
        )

    before = drew()
    for wanted in asked[:2]:
        _draw(place, wanted)

    assert before == [False, False, False]
    assert drew() == [True, False, False]


@pytest.mark.parametrize("amount", ["0", "-5", "", "abc", "1e400", "9" * 400])
def test_123_what_is_no_amount_is_refused(place: SettlePlace, account: str, amount: str) -> None:
    """In a sentence, and nothing is drawn."""
    with pytest.raises(OperatorError):
        _draw(place, ChargeRequest(account, amount, overdraw=True))
    assert _left(place, account) == 5_000


# --- the way back ----------------------------------------------------------------------------


def test_123_a_charge_is_corrected_once(place: SettlePlace, account: str) -> None:
    """The opposite is booked, the charge stays; a second time is refused, and says by what."""
    _draw(place, ChargeRequest(account, "12.50"))
    name, _ = _last(place)
    _correct(place, name)
    correction, kind = _last(place)
    with pytest.raises(OperatorError, match=correction):
        _correct(place, name)

    assert kind == TransactionKind.CORRECTION
    assert _left(place, account) == 5_000
    assert place.do(lambda tx: tx.ledger.balance_minor(USAGE, "USD")) == 0
    assert [one.subject for one in _trail(place) if one.act == "transaction_corrected"] == [name]


def test_123_a_correction_is_corrected_too(place: SettlePlace, account: str) -> None:
    """Who corrected the wrong one books the charge again."""
    _draw(place, ChargeRequest(account, "12.50"))
    _correct(place, _last(place)[0])
    _correct(place, _last(place)[0])

    assert _left(place, account) == 3_750


def test_123_a_correction_of_a_correction_stops_at_the_floor(
    place: SettlePlace, account: str
) -> None:
    """It draws again what may be gone meanwhile: no way round the floor of a charge."""
    _draw(place, ChargeRequest(account, "50"))
    _correct(place, _last(place)[0])
    again, _ = _last(place)
    _draw(place, ChargeRequest(account, "0.01", key="another"))

    with pytest.raises(OperatorError, match="--overdraw"):
        _correct(place, again)
    assert _left(place, account) == 4_999
    place.do(
        lambda tx: charges.correct_charge(
            context_of(tx, place.services), again, "so be it", overdraw=True
        )
    )
    assert _left(place, account) == -1


def test_123_what_a_payment_made_is_refunded_instead(place: SettlePlace, account: str) -> None:
    """A credit is no mistake of ours: the sentence names the command that sends money back."""
    with pytest.raises(OperatorError, match="topup-bot refund"):
        _correct(place, _last(place)[0])
    for name in (
        "",
        "TX-999999",
        "42",
        "TX-" + "9" * 400,
        "TX-\u0664\u0662\u0664\u0662\u0664\u0662",
    ):
        with pytest.raises(OperatorError, match="no such transaction"):
            _correct(place, name)
    assert _left(place, account) == 5_000


# --- what people read ------------------------------------------------------------------------


def test_148_163_an_alert_says_overdrawn(place: SettlePlace, account: str) -> None:
    """By how much, and how far the account may go; never that so much is left."""
    card = read_chat("telegram", "", "7")

    def prepare(tx: Tx) -> None:
        tx.accounts.set_threshold(account, 2_000)
        tx.accounts.set_overdraft(account, 50_000)
        link = Link(account, "telegram", "", LinkKind.PERSON, "7")
        tx.accounts.link(link, place.clock())

    place.do(prepare)
    _draw(place, ChargeRequest(account, "535"))
    (alert,) = place.do(lambda tx: tx.cards.due_in(card, 9))
    rows = [row.value for row in alert.wanted.rows]
    text = " ".join([alert.wanted.title, *alert.wanted.body, alert.wanted.fallback])

    assert "is overdrawn by $485.00" in text
    assert "left" not in text
    assert rows[0] == "overdrawn by $485.00, may go down to -$500.00"


@pytest.mark.parametrize(
    ("language", "minor", "overdraft", "said"),
    [
        ("en", -48_500, None, "overdrawn by $485.00"),
        ("de", -48_500, None, "um 485,00\xa0$ überzogen"),
        ("en", 500, Money(10_000, "USD"), "$5.00, may go down to -$100.00"),
        ("de", 0, Money(10_000, "USD"), "0,00\xa0$, bis -100,00\xa0$ erlaubt"),
        ("en", 500, None, "$5.00"),
    ],
)
def test_148_163_a_balance_says_overdrawn(
    language: str, minor: int, overdraft: Money | None, said: str
) -> None:
    """The answer about balances and the home page say it in the same words, in every language."""
    localizer = speaker_of(language, "UTC", load_catalogues())
    account = AccountFacts(
        "acme", "Acme", "USD", Money(minor, "USD"), Mode.SANDBOX, overdraft=overdraft
    )
    seen = replace(terms(), localizer=localizer, accounts=(account,))

    assert [view(seen).rows[0].value for view in (balance_view, home_view)] == [said, said]


# --- as typed --------------------------------------------------------------------------------


def test_123_as_an_operator_types_it(operator: Operator) -> None:
    """Refused in a sentence, done with the option, corrected by the name that `inspect` shows."""
    operator.types("accounts", "add", "acme", "--overdraft", "10")
    refused = operator.types("charge", "acme", ABSURD)
    drawn = operator.types("charge", "acme", "25", "--overdraw", *WHY)
    ((name,),) = operator.runs_sql("SELECT id FROM transactions")
    corrected = operator.types("correct", f"TX-{name:06d}", *WHY)
    again = operator.types("correct", f"TX-{name:06d}", *WHY)
    silent = operator.types("correct", f"TX-{name:06d}")
    agreed = operator.types("accounts", "overdraft", "acme", "0", *WHY)
    listed = operator.types("accounts", "list", "--json").json[0]

    assert (refused.code, drawn.code, corrected.code) == (2, 0, 0)
    assert "may not go below -$10.00" in refused.err
    assert drawn.out.strip() == "-$25.00"
    assert "$25.00 from house:usage to customer:acme" in corrected.out
    assert (again.code, silent.code, agreed.code) == (2, 2, 0)
    assert (listed["balance_minor"], listed["overdraft_minor"]) == (0, None)
    assert operator.runs_sql("SELECT act FROM audit ORDER BY id") == [
        ("account_added",), ("charged",), ("transaction_corrected",), ("overdraft_set",)
    ]  # fmt: skip


def _trail(place: SettlePlace) -> list[Any]:
    return [one.entry for one in place.do(lambda tx: tx.audit.page(1, 99)) if one.entry]

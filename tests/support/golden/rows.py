"""A row in every state that there is, written by the product's own repositories.

What a story cannot lead to quickly is put beside it. Enumerations are looped over, so that a new
word is there as soon as the files are written anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, replace
from datetime import datetime, timedelta
from itertools import count, product
from typing import Any, get_args, get_type_hints

from adapters.contracts.cards import want_card
from adapters.gateways.sandbox.server import books as sandbox
from billing.ledger import Posting, Transaction, TransactionKind, customer_account
from billing.marks import UNMARKED
from billing.marks import MarkStatus as MarkStanding
from billing.money import Money
from billing.records import Attempt, Refund
from billing.reversals import Reversals
from billing.topups import (
    Disposition,
    HeldReason,
    Mode,
    Payment,
    PaymentStatus,
    TopUp,
    TopUpStatus,
)
from conversations.protocol.actions import Action, AskTopic, Slot, Topic
from conversations.protocol.events import Asking, ConversationKey, Draft, Idle, Reviewing, State
from conversations.protocol.installations import Installation
from conversations.protocol.pacing import Bucket
from conversations.protocol.people import Person
from conversations.protocol.places import read_chat
from conversations.protocol.ports import Verdict
from conversations.protocol.views import ButtonStyle, Choice, PayQrCode, Row, View
from service.common.vault import Vault
from service.ports.records import Link, LinkKind, Task, TaskKind
from service.ports.store import Card, SavedState, Tx
from tests.support.bots.bot_place import ACCOUNT, SECRET_KEY
from tests.support.chats.pocket_chat import PLATFORM, TENANT
from tests.support.golden.acts import acts

MADE = "TU-G0LD"
SLACK_TOKEN = "xoxb-secret-token"
_USD = "USD"
_GATEWAY: dict[str, Any] = {"gateway": "sandbox", "merchant_account": "sandbox_merchant"}
_DRAFT = Draft("00000000000000d0", ACCOUNT, Money(5_000, _USD), _USD, "card", "50", "a" * 16)


def fill(tx: Tx, now: datetime) -> None:
    """Every row; `now` is when all of it happens."""
    numbers = count(1)
    shown = _top_ups(tx, now, numbers)
    _payments(tx, now, shown)
    _cards(tx, shown)
    _conversations(tx, now)
    _money(tx, now)
    _others(tx, now)
    _documents(tx)


def _top_ups(tx: Tx, now: datetime, numbers: Iterator[int]) -> list[TopUp]:
    """One in each status, with an attempt of each kind beside it."""
    said: tuple[dict[str, Any], ...] = (
        {},
        {"refused": "no such method"},
        {"closed_at": now},
        {"unread": "a status of next year"},
        {"asked_at": now, "answered_at": now},
    )
    found = []
    for status, noted in zip(TopUpStatus, [*said, *said], strict=True):
        number = next(numbers)
        top_up = TopUp(
            id=f"{MADE}{number:04}",
            account=ACCOUNT,
            amount=Money(2_000, _USD),
            fee=Money(30, _USD),
            method="card",
            mode=Mode.SANDBOX,
            status=status,
            revision=1,
            requester="person-00000000000000aa",
            card=f"{number:016x}",
            created_at=now,
            expires_at=now + timedelta(hours=1),
            watched_until=now + timedelta(days=1),
            decline="the card was declined" if status is TopUpStatus.FAILED else None,
            **_GATEWAY,
        )
        tx.top_ups.add(top_up)
        attempt = Attempt(f"{number:032x}", top_up.id, 1, "sandbox", now)
        tx.top_ups.add_attempt(attempt)
        tx.top_ups.save_answer(replace(attempt, **noted))
        found.append(top_up)
    return found


def _payments(tx: Tx, now: datetime, shown: list[TopUp]) -> None:
    """One of each status, one of each disposition, and one held for each reason."""
    numbers = count(1)

    def put(status: PaymentStatus, **more: Any) -> None:
        ref = f"pay_golden_{next(numbers)}"
        amount = Money(2_030, _USD)
        tx.payments.put(
            Payment(payment_ref=ref, status=status, amount=amount, **_GATEWAY, **more), now
        )

    for status in PaymentStatus:
        put(status, top_up=shown[0].id)
    for why in HeldReason:
        named = None if why is HeldReason.UNKNOWN_TOP_UP else shown[1].id
        put(PaymentStatus.PAID, top_up=named, disposition=Disposition.HELD, held_because=why)
    for top_up in shown:
        if top_up.status in (TopUpStatus.CREDITED, TopUpStatus.REFUNDED, TopUpStatus.DISPUTED):
            back = Reversals(*range(6, 1, -1))
            applied = Disposition.APPLIED
            put(PaymentStatus.PAID, top_up=top_up.id, disposition=applied, reversals=back)
    put(PaymentStatus.PAID, top_up=None, disposition=Disposition.REFUNDED, search_ref="pi_1")


def _cards(tx: Tx, shown: list[TopUp]) -> None:
    """A card of each top-up, one with each action, and one for each way of not being shown."""
    for top_up in shown:
        _want(tx, top_up.card, "dm-golden", subject=top_up.id)
    for number, (made, style) in enumerate(product(get_args(Action), ButtonStyle), start=0xA00):
        choice = Choice("Do it", _example(made), style, "Really?", "No")
        _want(tx, f"{number:016x}", "dm-golden", choices=((choice,),))
    for number, topic in enumerate(Topic, start=0xA80):
        choice = Choice("Ask", AskTopic(topic))
        _want(tx, f"{number:016x}", "dm-golden", choices=((choice,),))
    code = PayQrCode(shown[0].id, 1, "a code")
    _want(tx, f"{0xB00:016x}", "dm-golden", picture=code, away=False)
    for number, why in enumerate(Verdict, start=0xC00):
        chat, id = f"dm-{why}", f"{number:016x}"
        for each in (id, f"{number + 0x100:016x}"):
            _want(tx, each, chat)
            card = tx.cards.get(each)
            assert card is not None
            given_up = 0 if each == id else card.wanted_rev
            card = replace(card, tries=1, error=f"it is {why}", given_up_rev=given_up)
            dismissed = why if why is Verdict.GONE else None
            tx.cards.save(replace(card, refused=why, dismissed=dismissed))
    for number, platform in enumerate(("slack", "telegram"), start=0xE00):
        tenant, chat = {"slack": ("T1", "U1"), "telegram": ("4242", "77")}[platform]
        _want(tx, f"{number:016x}", chat, platform=platform, tenant=tenant)


def _want(tx: Tx, id: str, chat: str, *, subject: str | None = None, **more: Any) -> None:
    platform, tenant = more.pop("platform", PLATFORM), more.pop("tenant", TENANT)
    rows = (Row("Account", "⁨Team Ä⁩"), Row("Id", "TU-1", code=True))
    view = View("⏳ Title", "All of it.", ("A sentence.",), rows, hint="A hint.", **more)
    card = Card(id, read_chat(platform, tenant, chat), "golden", "de", "Europe/Berlin", view, 1)
    if platform == "slack":
        card = replace(card, person="U1")
    want_card(tx, replace(card, subject=subject))


def _example(made: type[Any]) -> Any:
    """An action with everything filled in."""
    some = {str: "TU-G0LD0001", int: 7, bool: True, Slot: Slot.METHOD, Topic: Topic.STATUS}
    types = get_type_hints(made)
    named = [each.name for each in fields(made) if each.name != "kind"]
    texts = {name: some.get(types[name], "USD") for name in named}
    assert all(each.default is not MISSING for each in fields(made) if each.name not in texts)
    return made(**texts)


def _conversations(tx: Tx, now: datetime) -> None:
    """Each state, asking for each slot, by a card and by a form."""
    states: list[State] = [Idle(), Reviewing(_DRAFT, "b" * 16)]
    states += [Asking(_DRAFT, slot, card) for slot in Slot for card in (None, "c" * 16)]
    for number, state in enumerate(states):
        key = ConversationKey(PLATFORM, TENANT, f"dm-{number}", f"{number}")
        saved = SavedState(state, now, "de", "UTC", made_by=f"{'b' * 16} 1 0", pointer="d" * 16)
        tx.conversations.save(key, saved)


def _money(tx: Tx, now: datetime) -> None:
    """A transaction, a link and a task of each kind; a refund that is done, and one refused."""
    for kind in TransactionKind:
        # Both ways, so that it adds up to nothing.
        ends = ("house:golden", customer_account(ACCOUNT))
        for source, destination in (ends, ends[::-1]):
            posting = Posting(source, destination, Money(1, _USD))
            tx.ledger.post(Transaction(f"golden:{kind}:{source}", kind, (posting,), now))
    for number, link_kind in enumerate(LinkKind):
        tx.accounts.link(Link("yen", "telegram", "", link_kind, f"{number}"), now)
    for why in TaskKind:
        tx.tasks.add(Task(why, f"golden {why}", "what it is about", now))
        tx.tasks.add(Task(why, f"closed {why}", "what it was about", now))
        tx.tasks.close(why, f"closed {why}", "looked into", now)
    for number, error in enumerate((None, "it was refused"), start=1):
        order = f"golden-order-{number}"
        amount = Money(10, _USD)
        asked: dict[str, Any] = {"reason": "asked", "asked_by": "operator", "asked_at": now}
        paid = {**_GATEWAY, "payment_ref": "pay_golden_1"}
        tx.refunds.add(Refund(id=order, amount=amount, **paid, **asked))
        tx.refunds.finish(order, now, error)


def _others(tx: Tx, now: datetime) -> None:
    """Marks, installations, people, paces and every act."""
    tx.marks.put("in_00000000000000ad", MarkStanding.ADOPTED, now)
    tx.marks.put(UNMARKED, MarkStanding.ADOPTED, now)
    tx.marks.put("in_00000000000000f0", MarkStanding.FORMER, now)
    sealed = Vault((SECRET_KEY,)).seal(SLACK_TOKEN)
    tx.installations.save(Installation("", "T1", False, sealed), now)
    tx.installations.save(Installation("E1", "", True, sealed), now)
    tx.people.add(Person("slack", "T1", "U9"), "person-00000000000000aa", now)
    later = now + timedelta(seconds=5)
    tx.buckets.lock(["slack|T1|U1", "telegram|4242||77"], now)
    tx.buckets.save("slack|T1|U1", Bucket((now, now), later, later))
    tx.buckets.save("telegram|4242||77", Bucket((now,)))
    for act in acts():
        tx.audit.write(now, "operator", act, "golden", {"amount_minor": 1, "why": "ä ✓"})


def _documents(tx: Tx) -> None:
    """The sandbox's own pages in each status, of another installation, so that nobody asks."""
    book = tx.documents.all("checkout")[0] | {"installation": "in_00000000000000ee"}
    for status, transfer in product(sandbox.CheckoutStatus, (None, *sandbox.TransferOutcome)):
        name = f"{status}_{transfer}"
        ids: dict[str, Any] = {"id": f"cs_{name}", "payment": f"pay_{name}", "callbacks": []}
        state = {"status": str(status), "transfer": transfer and str(transfer)}
        tx.documents.put("checkout", ids["id"], book | ids | state)

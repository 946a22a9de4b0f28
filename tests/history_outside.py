"""What is outside of the bot in a history: a gateway and a chat platform that may do anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from billing.methods import Fee, PaymentMethod
from billing.money import Money
from billing.ports import CheckoutRequest, GatewayError, HostedPage, PaymentHint
from billing.topups import Mode, PaymentSnapshot, PaymentStatus
from conversations.ports import (
    Chat,
    ChatError,
    Incoming,
    Message,
    MessageRef,
    Receive,
    Verdict,
)
from conversations.vocabulary import ConversationKey
from tests import pocket_chat
from tests.bot_place import Clock
from tests.invariants import Order, Taken

FEE = Fee(basis_points=150)


class Trouble(StrEnum):
    """What may go wrong once, the next time that somebody outside is asked."""

    DOWN = "down"
    LIMITED = "limited"
    REPLY_LOST = "reply_lost"


@dataclass(slots=True)
class Record:
    """A payment in the gateway's own books: every state it was in, the newest last."""

    snapshot: PaymentSnapshot
    checkout: str
    states: list[PaymentStatus]
    paid_at: datetime | None = None

    def becomes(self, status: PaymentStatus, now: datetime) -> None:
        """What is paid stays paid, at the gateway too."""
        if self.paid_at is None:
            self.states.append(status)
        if status is PaymentStatus.PAID and self.paid_at is None:
            self.paid_at = now

    def at(self, status: PaymentStatus) -> PaymentSnapshot:
        """The payment as it was when it had this status."""
        own = self.snapshot
        return PaymentSnapshot(
            own.gateway,
            own.merchant_account,
            own.payment_ref,
            own.reference,
            status,
            own.amount,
            own.mode,
            "card_declined" if status is PaymentStatus.FAILED else None,
        )


@dataclass(slots=True)
class WildGateway:
    """Opens a checkout once for each key, keeps true books, and sometimes answers badly."""

    name: str
    mode: Mode
    clock: Clock
    merchant_account: str = "acct_1"
    trouble: Trouble | None = None
    stale: bool = False
    orders: list[Order] = field(default_factory=list)
    pages: dict[str, HostedPage] = field(default_factory=dict)
    asked: dict[str, CheckoutRequest] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    @property
    def hosts(self) -> frozenset[str]:
        """Its one address."""
        return frozenset({f"https://{self.name}.example"})

    @property
    def methods(self) -> tuple[PaymentMethod, ...]:
        """A quick one and a slow one."""
        return (
            PaymentMethod("card", self.name, FEE),
            PaymentMethod("bank_transfer", self.name, link_life=timedelta(days=7)),
        )

    async def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        """The same page for the same key, also when the first answer was lost."""
        trouble, self.trouble = self.trouble, None
        if trouble is Trouble.DOWN:
            raise GatewayError("down", retry=True)
        said = f"{request.total} {request.method} {request.expires_at} {request.return_url}"
        self.orders.append(Order(request.attempt, request.reference, said))
        checkout = f"{self.name}_{request.attempt[:12]}"
        url = f"https://{self.name}.example/{checkout}"
        page = HostedPage(checkout, url, request.expires_at)
        self.pages[request.attempt] = page
        self.asked[checkout] = request
        if trouble is not None:
            raise GatewayError("no answer", retry=True)
        return page

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> tuple[PaymentHint, ...]:
        """The body is the checkout; who calls is not what a history is about."""
        return (PaymentHint(body.decode()),)

    async def fetch(self, checkout_ref: str) -> tuple[PaymentSnapshot, ...]:
        """Every payment as it is now; as it was just before, from a replica that lags."""
        if checkout_ref not in self.asked:
            raise GatewayError("no such checkout", retry=False)
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise GatewayError("no answer", retry=True)
        stale, self.stale = self.stale, False
        mine = [each for each in self.records if each.checkout == checkout_ref]
        return tuple(each.at(each.states[-2:][0] if stale else each.states[-1]) for each in mine)

    def pay(self, checkout: str, status: PaymentStatus, **changed: Any) -> Record:
        """Somebody pays at a checkout, or tries to; `changed` is what does not fit."""
        asked = self.asked[checkout]
        snapshot = PaymentSnapshot(
            gateway=self.name,
            merchant_account=changed.get("merchant_account", self.merchant_account),
            payment_ref=f"pay_{len(self.records) + 1}",
            reference=changed.get("reference", asked.reference),
            status=status,
            amount=changed.get("amount", asked.total),
            mode=changed.get("mode", self.mode),
        )
        record = Record(snapshot, checkout, [])
        record.becomes(status, self.clock())
        self.records.append(record)
        return record

    def taken(self) -> dict[str, Taken]:
        """The books, by the keys that our ledger uses."""
        found = {}
        for each in self.records:
            own = each.snapshot
            key = f"{own.gateway}/{own.merchant_account}/{own.payment_ref}"
            sum_ = own.amount.minor, own.amount.currency
            found[key] = Taken(*sum_, own.mode, own.reference, each.paid_at is not None)
        return found


def odd(request: CheckoutRequest, what: str) -> dict[str, Any]:
    """What does not fit about a payment; nothing for "fits"."""
    total = request.total
    changes: dict[str, dict[str, Any]] = {
        "fits": {},
        "less": {"amount": Money(total.minor - 1, total.currency)},
        "more": {"amount": Money(total.minor + 100, total.currency)},
        "currency": {"amount": Money(total.minor, "EUR")},
        "sandbox": {"mode": Mode.SANDBOX},
        "live": {"mode": Mode.LIVE},
        "merchant": {"merchant_account": "acct_2"},
        "reference": {"reference": "TU-00000000"},
        "nameless": {"reference": None},
    }
    return changes[what]


@dataclass(slots=True)
class WildChat:
    """The pocket chat on a bad day: down, limited, losing replies, blocked, messages deleted."""

    trouble: Trouble | None = None
    blocked: set[str] = field(default_factory=set)
    ever_blocked: bool = False
    messages: dict[MessageRef, Message] = field(default_factory=dict)
    deleted: set[MessageRef] = field(default_factory=set)
    posts: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    last_post: str | None = None
    tokens: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    platform: str = pocket_chat.PLATFORM

    @asynccontextmanager
    async def listening(self, receive: Receive) -> AsyncIterator[None]:
        """The history hands deliveries to the inbox."""
        yield

    def to_event(self, body: Mapping[str, Any]) -> Incoming | None:
        """As in the pocket chat."""
        return pocket_chat.to_event(body)

    async def show(
        self, chat: Chat, message: Message, *, replacing: MessageRef | None
    ) -> MessageRef:
        """Post or edit; the trouble there is counts once."""
        trouble, self.trouble = self.trouble, None
        self.last_post = None
        self._refuse(chat, trouble, replacing)
        ref = replacing or MessageRef(chat.id, str(len(self.messages) + 1))
        if replacing is None:
            self.last_post = message.card
            self.posts[message.card] += 1
        self._put(ref, chat, message)
        if trouble is Trouble.REPLY_LOST:
            self.excuse()
            raise ChatError("no answer", Verdict.OUTAGE)
        return ref

    def excuse(self) -> None:
        """The bot cannot know of what was posted just now: it may post it once more."""
        if self.last_post is not None:
            self.excused[self.last_post] += 1
            self.last_post = None

    async def shares(self, key: ConversationKey, channels: frozenset[str]) -> frozenset[str]:
        """None: there are no channels."""
        return frozenset()

    def delete(self, ref: MessageRef) -> None:
        """A person deletes a message of the bot."""
        if ref not in self.deleted:
            self.deleted.add(ref)
            self.excused[self.messages[ref].card] += 1

    def blocks(self, chat: str) -> None:
        """Somebody blocks the bot, or lets it in again."""
        self.blocked ^= {chat}
        self.ever_blocked = True

    def titles(self) -> dict[str, str]:
        """What stands there, by chat and message."""
        there = self.messages.items()
        return {f"{ref.chat}/{ref.id}": each.view.title for ref, each in there}

    def _refuse(self, chat: Chat, trouble: Trouble | None, replacing: MessageRef | None) -> None:
        if trouble is Trouble.DOWN:
            raise ChatError("down", Verdict.OUTAGE)
        if trouble is Trouble.LIMITED:
            raise ChatError("slow down", Verdict.OUTAGE, retry_after=timedelta(seconds=30))
        if chat.id in self.blocked:
            raise ChatError("blocked", Verdict.GONE)
        if replacing in self.deleted:
            raise ChatError("message to edit not found", Verdict.LOST)

    def _put(self, ref: MessageRef, chat: Chat, message: Message) -> None:
        self.messages[ref] = message
        buttons = [each for line in message.buttons for each in line]
        self.tokens += [(chat.id, each.token) for each in buttons if each.token]
        self.links += [each.url for each in buttons if each.url and each.url not in self.links]

"""The payment gateway of a history: true books, and answers that may be late, lost or odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from billing.methods import Fee, PaymentMethod
from billing.money import Money
from billing.ports import CheckoutRequest, GatewayError, HostedPage, ListedCheckout, PaymentHint
from billing.records import Refund
from billing.reversals import NOTHING_BACK, Reversals
from billing.topups import Mode, PaymentSnapshot, PaymentStatus, UnreadEntry
from tests.support.bots.bot_place import Clock
from tests.support.histories.chat_platform import Trouble
from tests.support.histories.seen import Order, Taken

FEE = Fee(basis_points=150)
_OVER = (PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.CANCELLED)


@dataclass(slots=True)
class Record:
    """A payment in the gateway's own books: every state it was in, the newest last."""

    snapshot: PaymentSnapshot
    checkout: str
    states: list[PaymentStatus]
    paid_at: datetime | None = None
    backs: list[Reversals] = field(default_factory=lambda: [NOTHING_BACK])

    def becomes(self, status: PaymentStatus, now: datetime) -> None:
        """What is paid stays paid, at the gateway too."""
        if self.paid_at is None:
            self.states.append(status)
        if status is PaymentStatus.PAID and self.paid_at is None:
            self.paid_at = now

    @property
    def key(self) -> str:
        """Its name in our ledger."""
        own = self.snapshot
        return f"{own.gateway}/{own.merchant_account}/{own.payment_ref}"

    @property
    def back(self) -> Reversals:
        """What went back of it until now."""
        return self.backs[-1]

    @property
    def gone_minor(self) -> int:
        """How much of it is not there any more."""
        return self.back.gone_minor(self.snapshot.amount.minor)

    def now(self, *, lagging: bool) -> PaymentSnapshot:
        """The payment as it is, or as it was just before."""
        if lagging and len(self.backs) > 1:
            return self.at(self.states[-1], self.backs[-2])
        status = self.states[-2:][0] if lagging else self.states[-1]
        return self.at(status, self.back if status is PaymentStatus.PAID else NOTHING_BACK)

    def at(self, status: PaymentStatus, back: Reversals) -> PaymentSnapshot:
        """The payment with that status, and that much gone of it."""
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
            back,
            own.installation,
        )

    def goes_back(self, change: str, minor: int) -> None:
        """One of the counts grows by so much, or by less where there is less to move."""
        back, paid = self.back, self.snapshot.amount.minor
        left = {
            "refunded_minor": paid - self.gone_minor,
            "refund_failed_minor": back.sent_back_minor,
            "disputed_minor": paid - back.withheld_minor,
            "dispute_won_minor": back.undecided_minor,
            "dispute_lost_minor": back.undecided_minor,
        }
        grown = getattr(back, change) + max(0, min(minor, left[change]))
        if self.paid_at is not None:
            self.backs.append(replace(back, **{change: grown}))


def _of_no_known_status(told: PaymentSnapshot) -> PaymentSnapshot:
    odd = UnreadEntry(told.payment_ref, "a new word")
    return replace(told, status=PaymentStatus.OPEN, reversals=NOTHING_BACK, unread=(odd,))


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
    closed: list[str] = field(default_factory=list)
    refunds: dict[str, int] = field(default_factory=dict)
    opened: dict[str, datetime] = field(default_factory=dict)
    said_over: set[str] = field(default_factory=set)

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
        if trouble is Trouble.ODD:
            raise GatewayError("not for us", retry=False)
        said = f"{request.total} {request.method} {request.expires_at} {request.return_url}"
        self.orders.append(Order(request.attempt, request.reference, said))
        checkout = f"{self.name}_{request.attempt[:12]}"
        url = f"https://{self.name}.example/{checkout}"
        page = HostedPage(checkout, url, request.expires_at)
        self.pages[request.attempt] = page
        self.asked[checkout] = request
        self.opened.setdefault(checkout, self.clock())
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
        if trouble is Trouble.ODD:
            raise GatewayError("an amount that is none", retry=False)
        if trouble not in (None, Trouble.MUTE):
            raise GatewayError("no answer", retry=True)
        stale, self.stale = self.stale, False
        mine = [each for each in self.records if each.checkout == checkout_ref]
        told = tuple(each.now(lagging=stale) for each in mine)
        if trouble is Trouble.MUTE:
            return tuple(map(_of_no_known_status, told))
        if any(each.status not in _OVER for each in told):
            return told
        if not told and checkout_ref not in self.closed:
            return (self._unpaid(checkout_ref, PaymentStatus.OPEN),)
        # From now on nobody can pay there, by its word; people pay all the same.
        self.said_over.add(checkout_ref)
        return (*told, self._unpaid(checkout_ref, PaymentStatus.EXPIRED))

    def _unpaid(self, checkout: str, status: PaymentStatus) -> PaymentSnapshot:
        """What gateways say of a page that nobody has paid on."""
        asked, ref = self.asked[checkout], f"unpaid_{checkout}"
        place = self.name, self.merchant_account
        return PaymentSnapshot(*place, ref, asked.reference, status, asked.total, self.mode)

    async def opened_since(self, at: datetime) -> tuple[ListedCheckout, ...]:
        """All that it opened from then on, the newest first."""
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise GatewayError("no answer", retry=True)
        return tuple(
            ListedCheckout(name, self.asked[name].installation)
            for name, when in reversed(self.opened.items())
            if when >= at
        )

    async def close_checkout(self, checkout_ref: str) -> None:
        """Whoever has the page open may pay all the same: a race that the bot must not lose."""
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise GatewayError("no answer", retry=True)
        self.closed.append(checkout_ref)

    async def refund(
        self, order: Refund, owners: frozenset[str | None]
    ) -> tuple[PaymentSnapshot, ...]:
        """Once for each order, also when the first answer was lost; never more than there is."""
        trouble, self.trouble = self.trouble, None
        if trouble is Trouble.DOWN:
            raise GatewayError("down", retry=True)
        record = next(one for one in self.records if one.snapshot.payment_ref == order.payment_ref)
        if record.snapshot.installation not in owners:
            raise GatewayError("not yours", retry=False)
        left = record.snapshot.amount.minor - record.gone_minor
        if order.id not in self.refunds and order.amount.minor > left:
            raise GatewayError("not that much", retry=False)
        if order.id not in self.refunds:
            record.goes_back("refunded_minor", order.amount.minor)
        self.refunds[order.id] = order.amount.minor
        if trouble is not None:
            raise GatewayError("no answer", retry=True, unread=trouble is Trouble.ODD)
        return await self.fetch(record.checkout)

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
            installation=asked.installation,
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
            sum_ = own.amount.minor, own.amount.currency
            paid = each.paid_at is not None
            found[each.key] = Taken(*sum_, own.mode, own.reference, paid, each.gone_minor)
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

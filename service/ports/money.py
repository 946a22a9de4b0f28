"""The ports to the rows of money and of the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from billing.ledger import Movement, Transaction
from billing.records import Account, Attempt, Refund
from billing.topups import Payment, TopUp
from service.ports.records import Link, Numbering, Recorded, Seal, Task, TaskKind


class Accounts(Protocol):
    """Accounts and who may use them."""

    def add(self, account: Account, at: datetime) -> bool:
        """False when the id is taken."""

    def get(self, account: str) -> Account | None: ...
    def lock(self, account: str) -> Account | None: ...
    def all(self) -> Sequence[Account]: ...
    def named(self, ids: Iterable[str]) -> Sequence[Account]:
        """Those with these ids, by id."""

    def link(self, link: Link, at: datetime) -> bool:
        """False when it is linked already."""

    def unlink(self, link: Link) -> bool:
        """False when it was not linked."""

    def move_channel_links(self, platform: str, channel: str, to: str) -> Sequence[str]:
        """A channel has another id now; the accounts that are linked to it."""

    def links(self, account: str | None = None) -> Sequence[Link]: ...
    def links_to(self, platform: str, external_ids: Iterable[str]) -> Sequence[Link]:
        """Links of a platform to anything of these names, whatever it is."""

    def channels(self, platform: str, tenant: str) -> Sequence[Link]:
        """Links to a channel of a tenant, and of none in particular."""

    def set_title(self, account: str, title: str) -> None: ...
    def set_threshold(self, account: str, threshold_minor: int | None) -> None: ...
    def set_overdraft(self, account: str, overdraft_minor: int | None) -> None: ...
    def set_alert_card(self, account: str, card: str | None) -> None: ...


class TopUps(Protocol):
    """Top-ups and the attempts to pay them."""

    def add(self, top_up: TopUp) -> None: ...
    def get(self, top_up: str) -> TopUp | None: ...
    def lock(self, top_up: str) -> TopUp | None: ...
    def save(self, top_up: TopUp) -> None: ...
    def of_requester(self, requester: str, limit: int) -> Sequence[TopUp]:
        """The newest first."""

    def of_account(self, account: str, limit: int) -> Sequence[TopUp]:
        """The newest first."""

    def watched(self, now: datetime, limit: int, after: TopUp | None = None) -> Sequence[TopUp]:
        """Opened at a gateway, not credited, and still inside the time they are watched.

        The first to end first; `after` is the last of the page before.
        """

    def opened_since(self, at: datetime, limit: int, after: str) -> Sequence[TopUp]:
        """Made at that time or later and opened at a gateway, by id, from the one `after` on."""

    def known_checkouts(self, gateway: str, refs: Sequence[str]) -> frozenset[str]:
        """Those of the gateway's checkouts that an attempt opened."""

    def unpaid(self, now: datetime) -> Sequence[TopUp]:
        """Those whose pay link is open, the first to end first."""

    def add_attempt(self, attempt: Attempt) -> None: ...
    def attempt(self, top_up: str, revision: int) -> Attempt | None: ...
    def attempts(self, *top_ups: str) -> Sequence[Attempt]:
        """Those of one top-up, or of several, by revision."""

    def attempt_at(self, gateway: str, checkout_ref: str) -> Attempt | None:
        """The attempt that opened this checkout."""

    def save_answer(self, attempt: Attempt) -> None:
        """Write down what its gateway said of it. Raises LookupError."""

    def record_opened(self, attempt: str, checkout_ref: str, url: str) -> None: ...


class Payments(Protocol):
    """What gateways say they took."""

    def get(self, gateway: str, merchant_account: str, payment_ref: str) -> Payment | None: ...
    def lock(self, gateway: str, merchant_account: str, payment_ref: str) -> Payment | None: ...
    def put(self, payment: Payment, at: datetime) -> None:
        """Insert or update by its unique key."""

    def of_top_up(self, *top_ups: str) -> Sequence[Payment]:
        """Those of one top-up, or of several, in the order first seen."""

    def named(self, name: str) -> Sequence[Payment]:
        """Those of that reference, or the one of that key: `gateway/merchant_account/ref`."""

    def held(self) -> Sequence[Payment]:
        """Those that wait for a person's decision, the oldest first."""


class RefundOrders(Protocol):
    """Orders to send money back, written before a gateway is asked."""

    def add(self, refund: Refund) -> bool:
        """False when there is an order of that id."""

    def get(self, refund: str) -> Refund | None: ...
    def of_payment(self, payment: Payment) -> Sequence[Refund]: ...
    def finish(self, refund: str, at: datetime, error: str | None = None) -> None:
        """The gateway did it, or refused it; what was said first stands."""


class OperatorTasks(Protocol):
    """What waits for an operator although no payment is held."""

    def add(self, task: Task, *, again: bool = True) -> None:
        """Open it, also `again` where it was closed; one that is open already stays as it is."""

    def open(self) -> Sequence[Task]:
        """The oldest first."""

    def close(self, kind: TaskKind, subject: str, reason: str, at: datetime) -> bool:
        """False when there is no such task that is open."""


class Ledger(Protocol):
    """Append-only double entry."""

    def post(self, transaction: Transaction) -> str | None:
        """Book it, update stored balances, give its id; None when the reference is booked."""

    def find(self, *references: str) -> Mapping[str, str]:
        """The ids of the transactions with these references; those that are booked."""

    def get(self, name: str) -> Transaction | None:
        """The transaction that people know by that name, such as `TX-000042`."""

    def moved_minor(self, reference: str) -> int | None:
        """What the postings of that transaction move, added up; None when it is not booked."""

    def newest(self, account: str, currency: str, limit: int) -> Sequence[Movement]:
        """What last moved in a customer's account, the newest first."""

    def balance_minor(self, ledger_account: str, currency: str) -> int:
        """The sum of the postings: in minus out."""


class Audit(Protocol):
    """Who did what, and the seals that fix it."""

    def write(
        self, at: datetime, actor: str, act: str, subject: str, detail: Mapping[str, Any]
    ) -> None: ...
    def numbering(self) -> Numbering:
        """How far the trail has come. To be asked before a transaction writes anything."""

    def last_at(self) -> datetime | None:
        """When something was last done; None when nothing was."""

    def head(self) -> Seal | None:
        """The newest seal."""

    def page(self, first: int, limit: int) -> Sequence[Recorded]:
        """What is recorded from that number on, in order."""

    def seal(self, seals: Sequence[Seal]) -> None:
        """Add seals. A second one of an entry raises."""

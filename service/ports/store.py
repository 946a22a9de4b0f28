"""The port to storage: one way to write, and small groups of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from billing.records import Account, Attempt, BookedPosting, LedgerAccount, Refund
from billing.store_errors import CommitUnknown, StoreUnavailable
from conversations.protocol.records import (
    Card,
    CardReport,
    DeliveryCounts,
    SavedState,
    SigningKey,
    StoredDelivery,
)
from service.ports.marks import MarkRows
from service.ports.money import (
    Accounts,
    Audit,
    Ledger,
    OperatorTasks,
    Payments,
    RefundOrders,
    TopUps,
)
from service.ports.records import Claim, LaneCounts, Link, LinkKind, Task, TaskKind
from service.ports.work import (
    Cards,
    Conversations,
    Deliveries,
    ExpiredRows,
    InspectionQueries,
    InstallationRecords,
    JsonDocuments,
    Lanes,
    People,
    PersonalData,
    RateLimitBuckets,
    SigningKeys,
)

# Rows live below, where storage may see them too, and groups beside; use cases find all here.
__all__ = [
    "Account",
    "Accounts",
    "Attempt",
    "Audit",
    "BookedPosting",
    "Card",
    "CardReport",
    "Cards",
    "Claim",
    "CommitUnknown",
    "Conversations",
    "Deliveries",
    "DeliveryCounts",
    "ExpiredRows",
    "InspectionQueries",
    "InstallationRecords",
    "JsonDocuments",
    "LaneCounts",
    "Lanes",
    "Ledger",
    "LedgerAccount",
    "Link",
    "LinkKind",
    "MarkRows",
    "OperatorTasks",
    "Payments",
    "People",
    "PersonalData",
    "RateLimitBuckets",
    "Refund",
    "RefundOrders",
    "SavedState",
    "SigningKey",
    "SigningKeys",
    "Store",
    "StoreUnavailable",
    "StoredDelivery",
    "Task",
    "TaskKind",
    "TopUps",
    "Tx",
]

Result = TypeVar("Result")


class Tx(Protocol):
    """One transaction, with its rows in groups."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def personal(self) -> PersonalData: ...
    @property
    def people(self) -> People: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def buckets(self) -> RateLimitBuckets: ...
    @property
    def top_ups(self) -> TopUps: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def refunds(self) -> RefundOrders: ...
    @property
    def tasks(self) -> OperatorTasks: ...
    @property
    def marks(self) -> MarkRows: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def lanes(self) -> Lanes: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def documents(self) -> JsonDocuments: ...
    @property
    def installations(self) -> InstallationRecords: ...
    @property
    def signing_keys(self) -> SigningKeys: ...
    @property
    def inspection(self) -> InspectionQueries: ...
    @property
    def leftovers(self) -> ExpiredRows: ...


class Store(Protocol):
    """The only way to write: a plain sync function, so no network call fits inside.

    Transactions may run beside each other: what is read to be changed is read by `lock`, in the
    order conversation, payment, top-up, account, card, lane, bucket. `work` may run again.
    """

    async def transact(self, work: Callable[[Tx], Result]) -> Result:
        """Run `work` in one transaction and commit. Its exception rolls back and is raised.

        Raises StoreUnavailable when the database cannot now; then nothing is acknowledged.
        """

    def on_schedule(self, wake: Callable[[str], None]) -> None:
        """Call `wake(kind)` after each commit that scheduled lanes of that kind for others."""

    async def close(self) -> None: ...

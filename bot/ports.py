"""What the use cases need from storage: one way to write, and small groups of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from billing.ledger import Transaction
from billing.records import (
    Account,
    Attempt,
    Booked,
    Claim,
    LaneCounts,
    LedgerAccount,
    Link,
    LinkKind,
)
from billing.topups import Payment, TopUp
from conversations.installing import Installation
from conversations.ports import Chat, Delivery, MessageRef
from conversations.records import (
    Card,
    CardReport,
    DeliveryCounts,
    SavedState,
    StoredDelivery,
)
from conversations.vocabulary import ConversationKey

# The rows live below, where storage may see them too; use cases find them all here.
__all__ = [
    "Account",
    "Accounts",
    "Attempt",
    "Audit",
    "Booked",
    "Card",
    "CardReport",
    "Cards",
    "Claim",
    "Conversations",
    "Deliveries",
    "DeliveryCounts",
    "Documents",
    "Inspection",
    "InstalledAt",
    "LaneCounts",
    "Lanes",
    "Ledger",
    "LedgerAccount",
    "Link",
    "LinkKind",
    "Payments",
    "SavedState",
    "Store",
    "StoredDelivery",
    "TopUps",
    "Tx",
]

Result = TypeVar("Result")


class Accounts(Protocol):
    """Accounts and who may use them."""

    def add(self, account: Account, at: datetime) -> bool:
        """False when the id is taken."""

    def get(self, account: str) -> Account | None: ...
    def all(self) -> Sequence[Account]: ...
    def link(self, link: Link, at: datetime) -> bool:
        """False when it is linked already."""

    def move_links(self, platform: str, channel: str, to: str) -> Sequence[str]:
        """A channel has another id now; the accounts that are linked to it."""

    def links(self, account: str | None = None) -> Sequence[Link]: ...
    def set_threshold(self, account: str, threshold_minor: int | None) -> None: ...
    def set_alert_card(self, account: str, card: str | None) -> None: ...


class Conversations(Protocol):
    """What the next message needs in order to be understood."""

    def load(self, key: ConversationKey) -> SavedState | None: ...
    def lock(self, key: ConversationKey) -> SavedState | None: ...
    def save(self, key: ConversationKey, saved: SavedState) -> None: ...


class Deliveries(Protocol):
    """The inbox."""

    def add(self, delivery: Delivery, at: datetime) -> int | None:
        """Its row id, or None when this sender id was received before."""

    def pending(self, lane: str, limit: int) -> Sequence[StoredDelivery]:
        """Neither done nor quarantined, in the order received."""

    def done(self, delivery: int, at: datetime) -> None: ...
    def failed(self, delivery: int, error: str) -> int:
        """Counts one more try and returns how many there were."""

    def quarantine(self, delivery: int, error: str, at: datetime) -> None: ...


class Cards(Protocol):
    """Messages wanted and shown."""

    def want(self, card: Card) -> Card:
        """Insert, or raise `wanted_rev` of the card with that id when its view differs."""

    def get(self, card: str) -> Card | None: ...
    def lock(self, card: str) -> Card | None: ...
    def due(self, chat: Chat, limit: int) -> Sequence[Card]:
        """Cards of a chat that do not show what they should, in the order first wanted."""

    def shown(self, card: str, revision: int, message: MessageRef) -> None: ...
    def forget_message(self, card: str) -> None:
        """The message is gone from the platform: the next showing posts a new one."""

    def move(self, chat: Chat, to: str) -> None:
        """The chat has another id now; its messages so far cannot be edited from there."""

    def show_as(self, card: str, name: str) -> None:
        """A card goes by another id from now on, and is shown anew; no such card is no error.

        Where there is a card of that id already, that one tells it, and this one is dropped.
        """

    def failed(self, card: str, error: str) -> int:
        """Counts one more try and returns how many there were."""

    def give_up(self, card: str, error: str) -> None:
        """Never try this revision again, until `revive`; a newer one may be shown."""

    def revive(self, chat: Chat) -> Sequence[Chat]:
        """What was given up in a chat is due again; the chat and the threads in it that wait."""


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

    def watched(self, now: datetime, limit: int) -> Sequence[TopUp]:
        """Not credited, and still inside the time they are watched."""

    def add_attempt(self, attempt: Attempt) -> None: ...
    def attempt(self, top_up: str, revision: int) -> Attempt | None: ...
    def attempts(self, top_up: str) -> Sequence[Attempt]: ...
    def opened(self, attempt: str, checkout_ref: str, url: str) -> None: ...


class Payments(Protocol):
    """What gateways say they took."""

    def get(self, gateway: str, merchant_account: str, payment_ref: str) -> Payment | None: ...
    def lock(self, gateway: str, merchant_account: str, payment_ref: str) -> Payment | None: ...
    def put(self, payment: Payment, at: datetime) -> None:
        """Insert or update by its unique key."""

    def of_top_up(self, top_up: str) -> Sequence[Payment]: ...


class Ledger(Protocol):
    """Append-only double entry."""

    def post(self, transaction: Transaction) -> str | None:
        """Book it, update stored balances, give its id; None when the reference is booked."""

    def find(self, reference: str) -> str | None:
        """The id of the transaction with that reference."""

    def balance_minor(self, ledger_account: str, currency: str) -> int:
        """The sum of the postings: in minus out."""


class Lanes(Protocol):
    """Everything pending: a kind of work and a key, due at a time, claimed under a lease."""

    def schedule(self, kind: str, key: str, due_at: datetime) -> None:
        """Due at that time, or earlier if it already was; never lost to a claim in progress."""

    def claim(
        self, kind: str, now: datetime, *, owner: str, until: datetime, limit: int
    ) -> Sequence[Claim]:
        """Take due lanes that nobody holds; each claim raises the fence."""

    def release(self, claim: Claim, *, next_due: datetime | None, tries: int) -> bool:
        """Hand it back; None retires it unless it was scheduled meanwhile. False: fenced off."""

    def holds(self, claim: Claim) -> bool:
        """Whether the claim is still ours."""


class Audit(Protocol):
    """Who did what."""

    def write(
        self, at: datetime, actor: str, act: str, subject: str, detail: Mapping[str, Any]
    ) -> None: ...


class Documents(Protocol):
    """Small JSON documents of a shipped emulator (the sandbox gateway's own books)."""

    def get(self, kind: str, key: str) -> dict[str, Any] | None: ...
    def lock(self, kind: str, key: str) -> dict[str, Any] | None: ...
    def put(self, kind: str, key: str, body: Mapping[str, Any]) -> None: ...
    def all(self, kind: str) -> Sequence[dict[str, Any]]: ...


class InstalledAt(Protocol):
    """Which workspaces installed the bot; their tokens are sealed."""

    def save(self, installation: Installation, at: datetime) -> None: ...
    def find(self, tenant: str) -> Installation | None: ...
    def forget(self, tenant: str) -> bool:
        """False when there was nothing to forget."""


class Inspection(Protocol):
    """Everything at a glance, for an operator; it changes nothing."""

    def conversations(self, limit: int) -> Sequence[tuple[ConversationKey, SavedState]]:
        """The last touched first."""

    def ledger_accounts(self) -> Sequence[LedgerAccount]:
        """Every ledger account with a posting, summed over all of them."""

    def postings(self, limit: int) -> Sequence[Booked]:
        """The newest first."""

    def cards(self, limit: int) -> Sequence[CardReport]:
        """The newest first."""

    def payments(self, limit: int) -> Sequence[Payment]:
        """The last that there was news of first."""

    def deliveries(self) -> DeliveryCounts: ...
    def lanes(self, now: datetime) -> Sequence[LaneCounts]: ...


class Tx(Protocol):
    """One transaction, with its rows in groups."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def top_ups(self) -> TopUps: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def lanes(self) -> Lanes: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def installations(self) -> InstalledAt: ...
    @property
    def inspection(self) -> Inspection: ...


class Store(Protocol):
    """The only way to write: a plain sync function, so no network call fits inside.

    Transactions may run beside each other: what is read to be changed is read by `lock`, in the
    order conversation, payment, top-up, account, card, lane. `work` may run more than once.
    """

    async def transact(self, work: Callable[[Tx], Result]) -> Result:
        """Run `work` in one transaction and commit. Its exception rolls back and is raised."""

    def on_schedule(self, wake: Callable[[str], None]) -> None:
        """Call `wake(kind)` after each commit that scheduled lanes of that kind."""

    async def close(self) -> None: ...

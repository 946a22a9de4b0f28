"""The ports to the rows of chats, people and pending work, and to what is only looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from billing.records import BookedPosting, LedgerAccount
from billing.retention import RetentionKind
from billing.topups import Payment
from conversations.protocol.events import ConversationKey
from conversations.protocol.installations import Installation
from conversations.protocol.pacing import Bucket
from conversations.protocol.people import Person, PersonTraces, UndecidedMoney
from conversations.protocol.places import Chat, Place
from conversations.protocol.ports import Delivery
from conversations.protocol.records import (
    Card,
    CardReport,
    DeliveryCounts,
    Levels,
    RefusedCards,
    SavedState,
    SigningKey,
    StoredDelivery,
)
from service.ports.records import Claim, LaneCounts


class Conversations(Protocol):
    """What the next message needs in order to be understood."""

    def load(self, key: ConversationKey) -> SavedState | None: ...
    def lock(self, key: ConversationKey) -> SavedState | None: ...
    def save(self, key: ConversationKey, saved: SavedState) -> None: ...


class People(Protocol):
    """What people are called in ledger and audit."""

    def name_of(self, person: Person) -> str | None: ...
    def add(self, person: Person, name: str, at: datetime) -> str:
        """Name somebody; the name that they had, if they have one already."""

    def person_named(self, name: str) -> Person | None:
        """Who is called so; None for who is no person, or was erased."""

    def find_all(self, platform: str, external_id: str) -> Mapping[str, Person]:
        """Everybody of that id on a platform, in any tenant, by name."""

    def forget(self, name: str) -> None: ...


class PersonalData(Protocol):
    """Everything about one person, in every table."""

    def tenants(self, platform: str, person: str) -> Sequence[str]:
        """Where anything leads to somebody of that id, in whatever table; "" for anywhere."""

    def talks(self, traces: PersonTraces) -> Sequence[ConversationKey]: ...
    def rows(self, traces: PersonTraces) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Every row about them, by table."""

    def undecided(
        self, traces: PersonTraces, now: datetime
    ) -> Sequence[tuple[UndecidedMoney, str]]:
        """What of their money is still under way, and its id."""

    def erase(self, traces: PersonTraces, now: datetime) -> None:
        """Drop what leads to them; of a delivery its id stays, so that it is known again."""


class Deliveries(Protocol):
    """The inbox."""

    def add(self, delivery: Delivery, at: datetime) -> int | None:
        """Its row id, or None when this sender id was received before."""

    def pending(self, lane: str, limit: int) -> Sequence[StoredDelivery]:
        """Neither done nor quarantined, in the order received."""

    def finish(self, delivery: int, at: datetime) -> None: ...
    def count_failure(self, delivery: int, error: str) -> int:
        """Counts one more try and returns how many there were."""

    def quarantine(self, delivery: int, error: str, at: datetime) -> None: ...


class Cards(Protocol):
    """Messages wanted and shown; what becomes of them is said in `conversations`."""

    def add(self, card: Card) -> bool:
        """Insert it; False where there is a card of that id."""

    def get(self, card: str) -> Card | None: ...
    def lock(self, card: str) -> Card | None: ...
    def save(self, card: Card) -> None:
        """Write everything but whose it is and where. Raises LookupError."""

    def due_in(self, chat: Chat, limit: int) -> Sequence[Card]:
        """Cards of a chat that do not show what they should, in the order first wanted."""

    def waiting(self, platform: str) -> Sequence[Chat]:
        """Chats with a card that is due."""

    def lock_blocked(
        self, platform: str, tenant: str, place: Place | None, why: str | None
    ) -> Sequence[Card]:
        """What is refused or given up in a place and its threads, or in all, locked to be changed.

        Of one verdict, or whatever it is for.
        """

    def refusals(self) -> Sequence[RefusedCards]:
        """What only a person can help and nobody dismissed, chat by chat."""

    def move(self, chat: Chat, to: str) -> None:
        """The chat has another id now; its messages so far cannot be edited from there."""

    def rename(self, card: str, name: str) -> None:
        """A card goes by another id from now on, and is shown anew; no such card is no error.

        Where there is a card of that id already, that one tells it, and this one is dropped.
        """


class RateLimitBuckets(Protocol):
    """How fast messages went out, by the names of limits."""

    def lock(self, names: Iterable[str], now: datetime) -> dict[str, Bucket]:
        """Each bucket, new ones too; who else asks for one waits until this transaction ends."""

    def save(self, name: str, bucket: Bucket) -> None: ...
    def is_another_closed(self, name: str, beginning: str, now: datetime) -> bool:
        """Whether, of the buckets whose names begin so, any but the named one is closed."""

    def forget_idle(self, now: datetime) -> None:
        """Drop some buckets of which nothing counts any more."""


class Lanes(Protocol):
    """Everything pending: a kind of work and a key, due at a time, claimed under a lease."""

    def schedule(self, kind: str, key: str, due_at: datetime) -> None:
        """Due at that time, or earlier if it already was; never lost to a claim in progress."""

    def claim(
        self, kind: str, now: datetime, *, owner: str, until: datetime, limit: int
    ) -> Sequence[Claim]:
        """Take due lanes that nobody holds; each claim raises the fence."""

    def claim_one(
        self, kind: str, key: str, now: datetime, *, owner: str, until: datetime
    ) -> Claim | None:
        """Take this lane, if it is due and nobody holds it."""

    def next_due_at(self, kind: str) -> datetime | None:
        """When the next lane of a kind may be claimed, be it now or long ago."""

    def bring_forward(self, kind: str, now: datetime, most: timedelta, *, owner: str) -> int:
        """Due now what is due later than in so long; what `owner` holds stays held. How many."""

    def release(self, claim: Claim, *, next_due: datetime | None, tries: int) -> bool:
        """Hand it back; None retires it unless it was scheduled meanwhile. False: fenced off."""

    def holds(self, claim: Claim) -> bool:
        """Whether the claim is still ours."""


class JsonDocuments(Protocol):
    """Small JSON documents of a shipped emulator (the sandbox gateway's own books)."""

    def get(self, kind: str, key: str) -> dict[str, Any] | None: ...
    def lock(self, kind: str, key: str) -> dict[str, Any] | None: ...
    def put(self, kind: str, key: str, body: Mapping[str, Any]) -> None: ...
    def all(self, kind: str) -> Sequence[dict[str, Any]]: ...


class ExpiredRows(Protocol):
    """What was kept long enough; what is changed at this moment is left for later."""

    def note_new_rows(self, now: datetime, most: int) -> int:
        """Rows that are new, or changed, count from now on; how many of one table at most."""

    def drop(self, kept: RetentionKind, before: datetime, most: int) -> Sequence[tuple[str, int]]:
        """Drop rows of a kind that are older; each table's name, and how many of it."""

    def drop_lanes(self, running: Collection[str], before: datetime, most: int) -> int:
        """Drop lanes of chats that nobody serves; who serves them again makes them anew."""

    def drop_idle_accounts(
        self, after: str, before: datetime, most: int
    ) -> tuple[int, str | None]:
        """Of a page of accounts, drop those that somebody signed up for and never used.

        How many, and where the next page begins; None after the last.
        """


class InstallationRecords(Protocol):
    """Which workspaces installed the bot; their tokens are sealed."""

    def save(self, installation: Installation, at: datetime) -> None: ...
    def find(self, tenant: str) -> Installation | None: ...
    def all(self) -> Sequence[Installation]: ...
    def reseal(self, installation: Installation, sealed: str) -> None:
        """The same token sealed anew; nothing where another one was installed meanwhile."""

    def forget(self, tenant: str, before: datetime) -> bool:
        """Forget what was installed by then; False when there was nothing to forget."""


class SigningKeys(Protocol):
    """What ever signed buttons here; each is sealed."""

    def all(self) -> Sequence[SigningKey]:
        """The first to sign codes first."""

    def add(self, key: SigningKey) -> None:
        """One of that name that is there stays as it is."""

    def reseal(self, name: str, sealed: str) -> None: ...


class InspectionQueries(Protocol):
    """Everything at a glance, for an operator; it changes nothing."""

    def conversations(self, limit: int) -> Sequence[tuple[ConversationKey, SavedState]]:
        """The last touched first."""

    def ledger_accounts(self) -> Sequence[LedgerAccount]:
        """Every ledger account with a posting, summed over all of them."""

    def postings(self, limit: int) -> Sequence[BookedPosting]:
        """The newest first."""

    def cards(self, limit: int) -> Sequence[CardReport]:
        """The newest first."""

    def payments(self, limit: int) -> Sequence[Payment]:
        """The last that there was news of first."""

    def deliveries(self) -> DeliveryCounts: ...
    def lanes(self, now: datetime) -> Sequence[LaneCounts]: ...
    def levels(self, now: datetime, kinds: Sequence[str]) -> Levels:
        """How full everything is, by counting; lanes of these kinds only."""

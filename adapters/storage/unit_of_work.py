"""One transaction as use cases see it: all rows, in groups. It neither begins nor ends one."""

from __future__ import annotations

from sqlalchemy import Connection

from adapters.storage.queries.inspection import InspectionRows
from adapters.storage.queries.personal_data import PersonalRows
from adapters.storage.queries.retention import ExpiredRowQueries
from adapters.storage.repositories.accounts import AccountRows
from adapters.storage.repositories.audit import AuditRows, DocumentRows
from adapters.storage.repositories.cards import CardRows
from adapters.storage.repositories.chat import ConversationRows, DeliveryRows
from adapters.storage.repositories.installations import InstallationRows
from adapters.storage.repositories.keys import SigningKeyRows
from adapters.storage.repositories.lanes import LaneRows
from adapters.storage.repositories.ledger import LedgerRows
from adapters.storage.repositories.marks import MarkRows
from adapters.storage.repositories.payments import PaymentRows
from adapters.storage.repositories.people import PeopleRows
from adapters.storage.repositories.rate_limits import BucketRows
from adapters.storage.repositories.refunds import RefundRows, TaskRows
from adapters.storage.repositories.top_ups import TopUpRows


class UnitOfWork:
    """One transaction, with its rows in groups. Of no use once the transaction ended."""

    def __init__(self, connection: Connection) -> None:
        # Lanes that somebody should look at afterwards, each as its kind and key.
        self._scheduled: set[tuple[str, str]] = set()
        self.accounts = AccountRows(connection)
        self.conversations = ConversationRows(connection)
        self.people = PeopleRows(connection)
        self.personal = PersonalRows(connection)
        self.deliveries = DeliveryRows(connection)
        self.cards = CardRows(connection)
        self.buckets = BucketRows(connection)
        self.top_ups = TopUpRows(connection)
        self.payments = PaymentRows(connection)
        self.refunds = RefundRows(connection)
        self.tasks = TaskRows(connection)
        self.marks = MarkRows(connection)
        self.ledger = LedgerRows(connection)
        self.lanes = LaneRows(connection, self._scheduled)
        self.audit = AuditRows(connection)
        self.documents = DocumentRows(connection)
        self.installations = InstallationRows(connection)
        self.signing_keys = SigningKeyRows(connection)
        self.inspection = InspectionRows(connection)
        self.leftovers = ExpiredRowQueries(connection)

    @property
    def scheduled_kinds(self) -> frozenset[str]:
        """The kinds of lanes that were scheduled, and not claimed at once."""
        return frozenset(kind for kind, _ in self._scheduled)

"""One transaction as use cases see it: all rows, in groups. It neither begins nor ends one."""

from __future__ import annotations

from sqlalchemy import Connection

from adapters.storage.lanes import LaneRows
from adapters.storage.rows_accounts import AccountRows
from adapters.storage.rows_audit import AuditRows, DocumentRows
from adapters.storage.rows_cards import CardRows
from adapters.storage.rows_chat import ConversationRows, DeliveryRows
from adapters.storage.rows_inspect import InspectionRows
from adapters.storage.rows_installs import InstallationRows
from adapters.storage.rows_keys import SigningKeyRows
from adapters.storage.rows_ledger import LedgerRows
from adapters.storage.rows_marks import MarkRows
from adapters.storage.rows_pace import BucketRows
from adapters.storage.rows_payments import PaymentRows
from adapters.storage.rows_people import PeopleRows
from adapters.storage.rows_personal import PersonalRows
from adapters.storage.rows_refunds import RefundRows, TaskRows
from adapters.storage.rows_retention import LeftoverRows
from adapters.storage.rows_top_ups import TopUpRows


class Rows:
    """One transaction, with its rows in groups. Of no use once the transaction ended."""

    def __init__(self, connection: Connection) -> None:
        """`scheduled` collects the kinds of lanes that somebody should look at afterwards."""
        self.scheduled: set[str] = set()
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
        self.lanes = LaneRows(connection, self.scheduled)
        self.audit = AuditRows(connection)
        self.documents = DocumentRows(connection)
        self.installations = InstallationRows(connection)
        self.signing_keys = SigningKeyRows(connection)
        self.inspection = InspectionRows(connection)
        self.leftovers = LeftoverRows(connection)

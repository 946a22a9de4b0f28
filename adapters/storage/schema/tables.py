"""Every table with the constraints that defend it. Triggers are in the migrations."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from adapters.storage.schema.columns import UtcTime, count, key, metadata, number, row_number, word
from adapters.storage.schema.tables_chat import cards, conversations, deliveries
from adapters.storage.schema.tables_payments import marks, refunds, reversals, tasks

__all__ = [
    "accounts",
    "attempts",
    "audit",
    "audit_seals",
    "cards",
    "conversations",
    "counters",
    "deliveries",
    "documents",
    "held",
    "lanes",
    "links",
    "marks",
    "metadata",
    "payments",
    "postings",
    "refunds",
    "reversals",
    "stuck",
    "tasks",
    "top_ups",
    "transactions",
]

# SQLite changes a CHECK only by building the table anew, so these hold every word of the design,
# also those that no code writes yet.
_MODES = "mode IN ('sandbox', 'live')"
_TOP_UP_STATUSES = (
    "status IN ('awaiting_approval', 'awaiting_payment', 'processing', 'paid', 'credited',"
    " 'cancelled', 'expired', 'failed', 'rejected', 'partly_refunded', 'refunded', 'disputed')"
)
_PAYMENT_STATUSES = "status IN ('open', 'processing', 'paid', 'failed', 'expired', 'cancelled')"
_DISPOSITIONS = "disposition IN ('applied', 'held', 'refunded')"
_LINK_KINDS = "kind IN ('team', 'channel', 'person')"
_CURRENCY = "length(currency) = 3"


accounts = Table(
    "accounts",
    metadata,
    key("id"),
    word("title"),
    word("currency"),
    word("mode"),
    count("balance_minor"),
    Column("threshold_minor", BigInteger),
    word("alert_card", null=True),
    word("country", null=True),
    Column("created_at", UtcTime, nullable=False),
    Column("overdraft_minor", BigInteger),
    CheckConstraint(_CURRENCY, "currency"),
    CheckConstraint(_MODES, "mode"),
    CheckConstraint("threshold_minor >= 0", "threshold"),
)

links = Table(
    "links",
    metadata,
    Column("account", Text, ForeignKey("accounts.id"), primary_key=True),
    key("platform"),
    key("tenant"),
    key("kind"),
    key("external_id"),
    Column("created_at", UtcTime, nullable=False),
    CheckConstraint(_LINK_KINDS, "kind"),
)
Index("ix_links_external_id", links.c.platform, links.c.kind, links.c.external_id)

top_ups = Table(
    "top_ups",
    metadata,
    key("id"),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    number("amount_minor"),
    number("fee_minor"),
    word("currency"),
    word("method"),
    word("gateway"),
    word("merchant_account"),
    word("mode"),
    word("status"),
    number("revision"),
    word("requester"),
    word("card"),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("watched_until", UtcTime, nullable=False),
    word("decline", null=True),
    CheckConstraint("amount_minor > 0", "amount"),
    CheckConstraint("fee_minor >= 0", "fee"),
    CheckConstraint(_CURRENCY, "currency"),
    CheckConstraint(_MODES, "mode"),
    CheckConstraint(_TOP_UP_STATUSES, "status"),
)
Index("ix_top_ups_requester", top_ups.c.requester, top_ups.c.created_at)
Index("ix_top_ups_account", top_ups.c.account, top_ups.c.created_at)
# Money on its way, or taken, and not credited. Spelled out: an index is used where a query says
# its condition word for word.
stuck = top_ups.c.status.in_([literal_column("'processing'"), literal_column("'paid'")])
Index(
    "ix_top_ups_stuck",
    top_ups.c.status,
    top_ups.c.created_at,
    sqlite_where=stuck,
    postgresql_where=stuck,
)
_watched = top_ups.c.status != text("'credited'")
Index(
    "ix_top_ups_watched",
    top_ups.c.watched_until,
    sqlite_where=_watched,
    postgresql_where=_watched,
)

attempts = Table(
    "attempts",
    metadata,
    key("id"),
    Column("top_up", Text, ForeignKey("top_ups.id"), nullable=False),
    number("revision"),
    word("gateway"),
    Column("created_at", UtcTime, nullable=False),
    word("checkout_ref", null=True),
    word("url", null=True),
    UniqueConstraint("top_up", "revision"),
    word("refused", null=True),
    Column("closed_at", UtcTime),
    word("unread", null=True),
    Column("asked_at", UtcTime),
    Column("answered_at", UtcTime),
)
Index("ix_attempts_created_at", attempts.c.created_at)
Index("ix_attempts_checkout", attempts.c.gateway, attempts.c.checkout_ref)

payments = Table(
    "payments",
    metadata,
    key("gateway"),
    key("merchant_account"),
    key("payment_ref"),
    Column("top_up", Text, ForeignKey("top_ups.id")),
    word("status"),
    number("amount_minor"),
    word("currency"),
    word("disposition", null=True),
    word("held_because", null=True),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    word("search_ref", null=True),
    CheckConstraint(_PAYMENT_STATUSES, "status"),
    CheckConstraint("amount_minor >= 0", "amount"),
    CheckConstraint(_CURRENCY, "currency"),
    CheckConstraint(_DISPOSITIONS, "disposition"),
    CheckConstraint("disposition <> 'applied' OR top_up IS NOT NULL", "applied"),
    CheckConstraint("disposition <> 'held' OR held_because IS NOT NULL", "held"),
)
Index("ix_payments_top_up", payments.c.top_up)
Index("ix_payments_search_ref", payments.c.search_ref)
held = payments.c.disposition == text("'held'")
Index("ix_payments_held", payments.c.first_seen_at, sqlite_where=held, postgresql_where=held)
_applied = payments.c.disposition == text("'applied'")
Index(
    "uq_payments_applied",
    payments.c.top_up,
    unique=True,
    sqlite_where=_applied,
    postgresql_where=_applied,
)

# The ledger and the audit trail only grow: triggers refuse UPDATE and DELETE. Their words are not
# checked against a list, since to change a CHECK would be to build the table anew.
transactions = Table(
    "transactions",
    metadata,
    row_number("id"),
    word("reference"),
    word("kind"),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("reference"),
    sqlite_autoincrement=True,
)

postings = Table(
    "postings",
    metadata,
    row_number("id"),
    Column("transaction_id", ForeignKey("transactions.id"), nullable=False),
    word("source"),
    word("destination"),
    number("amount_minor"),
    word("currency"),
    CheckConstraint("amount_minor > 0", "amount"),
    CheckConstraint("source <> destination", "ends"),
    CheckConstraint(_CURRENCY, "currency"),
    sqlite_autoincrement=True,
)
Index("ix_postings_transaction_id", postings.c.transaction_id)
Index("ix_postings_source", postings.c.source, postings.c.currency)
Index("ix_postings_destination", postings.c.destination, postings.c.currency)

audit = Table(
    "audit",
    metadata,
    row_number("id"),
    Column("at", UtcTime, nullable=False),
    word("actor"),
    word("act"),
    word("subject"),
    Column("detail", JSON, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_audit_subject", audit.c.subject)

# Without a foreign key: the seal of an act that somebody removed must stay and tell.
audit_seals = Table(
    "audit_seals",
    metadata,
    Column("audit_id", BigInteger, primary_key=True, autoincrement=False),
    word("hash"),
    CheckConstraint("length(hash) = 64", "hash"),
)

# `claimable_at` is when somebody may take the lane: its due time, or the end of the lease of the
# `owner` it has. One index answers both. `wanted_at` keeps what was scheduled during a lease.
lanes = Table(
    "lanes",
    metadata,
    key("kind"),
    key("key"),
    Column("claimable_at", UtcTime, nullable=False),
    word("owner", null=True),
    count("fence"),
    Column("wanted_at", UtcTime),
    count("tries"),
    CheckConstraint("owner IS NOT NULL OR wanted_at IS NULL", "wanted"),
)
Index("ix_lanes_claimable", lanes.c.kind, lanes.c.claimable_at)

counters = Table("counters", metadata, key("name"), count("value"))

documents = Table(
    "documents",
    metadata,
    key("kind"),
    key("key"),
    Column("body", JSON, nullable=False),
    Column("noted_at", UtcTime),
)
Index("ix_documents_noted_at", documents.c.noted_at)

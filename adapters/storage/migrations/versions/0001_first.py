"""The first tables: accounts, chats, top-ups, payments, the ledger, lanes and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapters.storage.migrations.parts import (
    check,
    count,
    forbid_changes,
    json,
    number,
    partial_index,
    reference,
    row_number,
    table,
    time,
    word,
    words,
)

revision = "0001"
down_revision: str | None = None

_TOP_UP_STATUSES = (
    "status IN ('awaiting_approval', 'awaiting_payment', 'processing', 'paid', 'credited',"
    " 'cancelled', 'expired', 'failed', 'rejected', 'partly_refunded', 'refunded', 'disputed')"
)
_PAYMENT_STATUSES = "status IN ('open', 'processing', 'paid', 'failed', 'expired', 'cancelled')"
_DELIVERY_PENDING = "done_at IS NULL AND quarantined_at IS NULL"
_CARD_DUE = "shown_rev < wanted_rev AND given_up_rev < wanted_rev"
_IMMUTABLE = ("transactions", "postings", "audit")


def upgrade() -> None:
    """Make everything in a new database."""
    _accounts()
    _links()
    _conversations()
    _deliveries()
    _cards()
    _top_ups()
    _attempts()
    _payments()
    _transactions()
    _postings()
    _audit()
    _lanes()
    _counters()
    _documents()
    for name in _IMMUTABLE:
        forbid_changes(name)


def _accounts() -> None:
    table(
        "accounts",
        ["id"],
        *words("id", "title", "currency", "mode"),
        count("balance_minor"),
        number("threshold_minor", null=True),
        word("alert_card", null=True),
        word("country", null=True),
        time("created_at"),
        check("ck_accounts_mode", "mode IN ('sandbox', 'live')"),
        check("ck_accounts_currency", "length(currency) = 3"),
        check("ck_accounts_threshold", "threshold_minor >= 0"),
    )


def _links() -> None:
    table(
        "links",
        ["account", "platform", "tenant", "kind", "external_id"],
        *words("account", "platform", "tenant", "kind", "external_id"),
        time("created_at"),
        check("ck_links_kind", "kind IN ('team', 'channel', 'person')"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_links_account")),
    )


def _conversations() -> None:
    table(
        "conversations",
        ["platform", "tenant", "chat", "person"],
        *words("platform", "tenant", "chat", "person", "state"),
        time("touched_at"),
        *words("locale", "zone"),
    )


def _deliveries() -> None:
    table(
        "deliveries",
        ["id"],
        row_number("id"),
        *words("source", "sender_id", "lane"),
        json("body"),
        time("received_at"),
        count("tries"),
        word("error", null=True),
        time("done_at", null=True),
        time("quarantined_at", null=True),
        sa.UniqueConstraint("source", "sender_id", name=op.f("uq_deliveries_source_sender_id")),
    )
    partial_index("ix_deliveries_pending", "deliveries", ["lane", "id"], _DELIVERY_PENDING)


def _cards() -> None:
    table(
        "cards",
        ["position"],
        row_number("position"),
        *words("id", "platform", "tenant", "chat", "person", "locale", "zone"),
        word("subject", null=True),
        word("wanted_view"),
        number("wanted_rev"),
        count("shown_rev"),
        count("given_up_rev"),
        word("message_chat", null=True),
        word("message_id", null=True),
        count("tries"),
        word("error", null=True),
        check("ck_cards_message", "(message_chat IS NULL) = (message_id IS NULL)"),
        check("ck_cards_given_up", "given_up_rev BETWEEN 0 AND wanted_rev"),
        check("ck_cards_shown", "shown_rev BETWEEN 0 AND wanted_rev"),
        check("ck_cards_wanted", "wanted_rev >= 1"),
        sa.UniqueConstraint("id", name=op.f("uq_cards_id")),
    )
    partial_index("ix_cards_due", "cards", ["platform", "tenant", "chat", "position"], _CARD_DUE)


def _top_ups() -> None:
    table(
        "top_ups",
        ["id"],
        *words("id", "account"),
        number("amount_minor"),
        number("fee_minor"),
        *words("currency", "method", "gateway", "merchant_account", "mode", "status"),
        number("revision"),
        *words("requester", "card"),
        time("created_at"),
        time("expires_at"),
        time("watched_until"),
        word("decline", null=True),
        check("ck_top_ups_mode", "mode IN ('sandbox', 'live')"),
        check("ck_top_ups_status", _TOP_UP_STATUSES),
        check("ck_top_ups_amount", "amount_minor > 0"),
        check("ck_top_ups_fee", "fee_minor >= 0"),
        check("ck_top_ups_currency", "length(currency) = 3"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_top_ups_account")),
    )
    op.create_index("ix_top_ups_account", "top_ups", ["account", "created_at"])
    op.create_index("ix_top_ups_requester", "top_ups", ["requester", "created_at"])
    partial_index("ix_top_ups_watched", "top_ups", ["watched_until"], "status != 'credited'")


def _attempts() -> None:
    table(
        "attempts",
        ["id"],
        *words("id", "top_up"),
        number("revision"),
        word("gateway"),
        time("created_at"),
        word("checkout_ref", null=True),
        word("url", null=True),
        sa.ForeignKeyConstraint(["top_up"], ["top_ups.id"], name=op.f("fk_attempts_top_up")),
        sa.UniqueConstraint("top_up", "revision", name=op.f("uq_attempts_top_up_revision")),
    )


def _payments() -> None:
    table(
        "payments",
        ["gateway", "merchant_account", "payment_ref"],
        *words("gateway", "merchant_account", "payment_ref"),
        word("top_up", null=True),
        word("status"),
        number("amount_minor"),
        word("currency"),
        word("disposition", null=True),
        word("held_because", null=True),
        time("first_seen_at"),
        time("updated_at"),
        check("ck_payments_applied", "disposition <> 'applied' OR top_up IS NOT NULL"),
        check("ck_payments_held", "disposition <> 'held' OR held_because IS NOT NULL"),
        check("ck_payments_disposition", "disposition IN ('applied', 'held', 'refunded')"),
        check("ck_payments_status", _PAYMENT_STATUSES),
        check("ck_payments_amount", "amount_minor >= 0"),
        check("ck_payments_currency", "length(currency) = 3"),
        sa.ForeignKeyConstraint(["top_up"], ["top_ups.id"], name=op.f("fk_payments_top_up")),
    )
    op.create_index("ix_payments_top_up", "payments", ["top_up"])
    partial_index(
        "uq_payments_applied", "payments", ["top_up"], "disposition = 'applied'", unique=True
    )


def _transactions() -> None:
    table(
        "transactions",
        ["id"],
        row_number("id"),
        *words("reference", "kind"),
        time("at"),
        sa.UniqueConstraint("reference", name=op.f("uq_transactions_reference")),
    )


def _postings() -> None:
    table(
        "postings",
        ["id"],
        row_number("id"),
        reference("transaction_id"),
        *words("source", "destination"),
        number("amount_minor"),
        word("currency"),
        check("ck_postings_amount", "amount_minor > 0"),
        check("ck_postings_currency", "length(currency) = 3"),
        check("ck_postings_ends", "source <> destination"),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_postings_transaction_id")
        ),
    )
    op.create_index("ix_postings_destination", "postings", ["destination", "currency"])
    op.create_index("ix_postings_source", "postings", ["source", "currency"])
    op.create_index("ix_postings_transaction_id", "postings", ["transaction_id"])


def _audit() -> None:
    table(
        "audit",
        ["id"],
        row_number("id"),
        time("at"),
        *words("actor", "act", "subject"),
        json("detail"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])


def _lanes() -> None:
    table(
        "lanes",
        ["kind", "key"],
        *words("kind", "key"),
        time("claimable_at"),
        word("owner", null=True),
        count("fence"),
        time("wanted_at", null=True),
        count("tries"),
        check("ck_lanes_wanted", "owner IS NOT NULL OR wanted_at IS NULL"),
    )
    op.create_index("ix_lanes_claimable", "lanes", ["kind", "claimable_at"])


def _counters() -> None:
    table(
        "counters",
        ["name"],
        word("name"),
        count("value"),
    )


def _documents() -> None:
    table(
        "documents",
        ["kind", "key"],
        *words("kind", "key"),
        json("body"),
    )

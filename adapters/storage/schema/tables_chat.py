"""The tables of what is said, and of who installed the bot to say it. No money is here."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Index, Table, UniqueConstraint

from adapters.storage.schema.columns import (
    UtcDateTimeList,
    UtcTime,
    count,
    key,
    metadata,
    number,
    row_number,
    word,
)

conversations = Table(
    "conversations",
    metadata,
    key("platform"),
    key("tenant"),
    key("chat"),
    key("person"),
    word("state"),
    Column("touched_at", UtcTime, nullable=False),
    word("locale"),
    word("zone"),
)
Index("ix_conversations_touched_at", conversations.c.touched_at)
Index("ix_conversations_person", conversations.c.person)

deliveries = Table(
    "deliveries",
    metadata,
    row_number("id"),
    word("source"),
    word("sender_id"),
    word("lane"),
    Column("body", JSON, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    count("tries"),
    word("error", null=True),
    Column("done_at", UtcTime),
    Column("quarantined_at", UtcTime),
    UniqueConstraint("source", "sender_id"),
    sqlite_autoincrement=True,
)
Index("ix_deliveries_received_at", deliveries.c.received_at)
quarantined = deliveries.c.quarantined_at.is_not(None)
Index(
    "ix_deliveries_quarantined",
    deliveries.c.quarantined_at,
    sqlite_where=quarantined,
    postgresql_where=quarantined,
)
_pending = deliveries.c.done_at.is_(None) & deliveries.c.quarantined_at.is_(None)
Index(
    "ix_deliveries_pending",
    deliveries.c.lane,
    deliveries.c.id,
    sqlite_where=_pending,
    postgresql_where=_pending,
)

# `position` is the order in which cards were first wanted; everybody else names them by `id`.
cards = Table(
    "cards",
    metadata,
    row_number("position"),
    word("id"),
    word("platform"),
    word("tenant"),
    word("chat"),
    word("person"),
    word("locale"),
    word("zone"),
    word("subject", null=True),
    word("wanted_view"),
    number("wanted_rev"),
    count("shown_rev"),
    count("given_up_rev"),
    word("message_chat", null=True),
    word("message_id", null=True),
    count("tries"),
    word("error", null=True),
    # Why only a person can help: a verdict.
    word("refused", null=True),
    # The verdict of which an operator wants to hear no more.
    word("dismissed", null=True),
    # Since when it is as it is, by the retention, which looks now and then.
    Column("noted_at", UtcTime),
    UniqueConstraint("id"),
    CheckConstraint("wanted_rev >= 1", "wanted"),
    CheckConstraint("shown_rev BETWEEN 0 AND wanted_rev", "shown"),
    CheckConstraint("given_up_rev BETWEEN 0 AND wanted_rev", "given_up"),
    CheckConstraint("(message_chat IS NULL) = (message_id IS NULL)", "message"),
    sqlite_autoincrement=True,
)
Index("ix_cards_noted_at", cards.c.noted_at)
due = (cards.c.shown_rev < cards.c.wanted_rev) & (cards.c.given_up_rev < cards.c.wanted_rev)
Index(
    "ix_cards_due",
    cards.c.platform,
    cards.c.tenant,
    cards.c.chat,
    cards.c.position,
    sqlite_where=due,
    postgresql_where=due,
)

refused = cards.c.refused.is_not(None)
told = refused & cards.c.dismissed.is_distinct_from(cards.c.refused)
Index(
    "ix_cards_refused",
    cards.c.platform,
    cards.c.tenant,
    cards.c.chat,
    sqlite_where=refused,
    postgresql_where=refused,
)

# `bot_token` is sealed. `team_id` is '' where a whole organisation installed at once.
slack_installations = Table(
    "slack_installations",
    metadata,
    key("enterprise_id"),
    key("team_id"),
    number("is_enterprise_install"),
    word("bot_token"),
    Column("installed_at", UtcTime, nullable=False),
    CheckConstraint("is_enterprise_install IN (0, 1)", "enterprise"),
    CheckConstraint("enterprise_id <> '' OR team_id <> ''", "whose"),
)
Index("ix_slack_installations_team_id", slack_installations.c.team_id)

# What signs buttons, sealed, by the name of the key that it comes from.
signing_keys = Table(
    "signing_keys",
    metadata,
    key("name"),
    word("sealed"),
    Column("since", UtcTime, nullable=False),
)

# What somebody is called in ledger and audit. Without its row the name leads to nobody.
people = Table(
    "people",
    metadata,
    key("name"),
    word("platform"),
    word("tenant"),
    word("external_id"),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("platform", "tenant", "external_id"),
)
Index("ix_people_external_id", people.c.external_id)

# What went out under one limit of a platform, oldest first. `idle_at` is when it may be forgotten.
buckets = Table(
    "buckets",
    metadata,
    key("name"),
    Column("sent", UtcDateTimeList, nullable=False),
    Column("closed_until", UtcTime),
    Column("turn_at", UtcTime),
    Column("idle_at", UtcTime, nullable=False),
)
Index("ix_buckets_idle_at", buckets.c.idle_at)

"""What people are called in ledger and audit, and the top-ups that were asked for so far."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from adapters.storage.migrations.parts import table, time, word

revision = "0014"
down_revision: str | None = "0013"

_ASKED = "SELECT requester, min(created_at) FROM top_ups GROUP BY requester"
_ADD = sa.text("INSERT INTO people VALUES (:name, :platform, :tenant, :person, :at)")
_RENAME = sa.text("UPDATE top_ups SET requester = :name WHERE requester = :actor")
_PARTS = 3


def upgrade() -> None:
    """Make the table, and name who asked for a top-up: `slack:T1:U1` until now."""
    table(
        "people",
        ["name"],
        word("name"),
        word("platform"),
        word("tenant"),
        word("external_id"),
        time("created_at"),
        sa.UniqueConstraint(
            "platform",
            "tenant",
            "external_id",
            name=op.f("uq_people_platform_tenant_external_id"),
        ),
    )
    op.create_index("ix_people_external_id", "people", ["external_id"])
    connection = op.get_bind()
    for actor, at in connection.exec_driver_sql(_ASKED).all():
        parts = actor.split(":", _PARTS - 1)
        if len(parts) == _PARTS and parts[-1]:
            who = dict(zip(("platform", "tenant", "person"), parts, strict=True))
            name = f"person-{secrets.token_hex(8)}"
            connection.execute(_ADD, {"name": name, "at": at, **who})
            connection.execute(_RENAME, {"name": name, "actor": actor})

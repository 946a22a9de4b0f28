"""Workspaces that installed the Slack app, with their sealed tokens."""

from __future__ import annotations

from alembic import op

from adapters.storage.migrations.parts import check, number, table, time, word, words

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Make the table."""
    table(
        "slack_installations",
        ["enterprise_id", "team_id"],
        *words("enterprise_id", "team_id"),
        number("is_enterprise_install"),
        word("bot_token"),
        time("installed_at"),
        check("ck_slack_installations_enterprise", "is_enterprise_install IN (0, 1)"),
        check("ck_slack_installations_whose", "enterprise_id <> '' OR team_id <> ''"),
    )
    op.create_index("ix_slack_installations_team_id", "slack_installations", ["team_id"])

"""Rows of Slack installations. Tokens come sealed and leave sealed: no key is here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from adapters.storage.statements import insert
from adapters.storage.tables_chat import slack_installations
from conversations.installing import Installation, key_of

_ADD = insert(slack_installations)
_SAVE = _ADD.on_conflict_do_update(
    index_elements=["enterprise_id", "team_id"],
    set_={
        name: _ADD.excluded[name]
        for name in ("is_enterprise_install", "bot_token", "installed_at")
    },
)


class InstallationRows:
    """Which workspaces and organisations installed the app."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, installation: Installation, at: datetime) -> None:
        """In place of an older one of the same workspace; `bot_token` is sealed."""
        row = {
            "enterprise_id": installation.enterprise_id,
            "team_id": installation.team_id,
            "is_enterprise_install": int(installation.is_enterprise_install),
            "bot_token": installation.bot_token,
            "installed_at": at,
        }
        self._connection.execute(_SAVE, row)

    def find(self, tenant: str) -> Installation | None:
        """The installation that serves a tenant, the newest if there are two."""
        newest = slack_installations.c.installed_at.desc()
        found = select(slack_installations).where(*_of(tenant)).order_by(newest).limit(1)
        row = self._connection.execute(found).first()
        if row is None:
            return None
        return Installation(
            row.enterprise_id, row.team_id, bool(row.is_enterprise_install), row.bot_token
        )

    def forget(self, tenant: str) -> bool:
        """Delete what served a tenant; False when there was nothing."""
        return (
            self._connection.execute(delete(slack_installations).where(*_of(tenant))).rowcount > 0
        )


def _of(tenant: str) -> list[ColumnElement[bool]]:
    enterprise, team = key_of(tenant)
    of_team = slack_installations.c.team_id == team
    return [of_team, slack_installations.c.enterprise_id == enterprise] if not team else [of_team]

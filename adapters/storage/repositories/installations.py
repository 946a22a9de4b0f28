"""Rows of Slack installations, whose tokens come sealed and leave sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from adapters.storage.schema.statements import insert
from adapters.storage.schema.tables_chat import slack_installations
from conversations.protocol.installations import Installation, installation_key

_KEY = (slack_installations.c.enterprise_id, slack_installations.c.team_id)
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
        return _installation(row)

    def all(self) -> Sequence[Installation]:
        """Every installation, by organisation and workspace."""
        ordered = select(slack_installations).order_by(*_KEY)
        return [_installation(row) for row in self._connection.execute(ordered)]

    def reseal(self, installation: Installation, sealed: str) -> None:
        """The same token sealed anew; nothing where another one was installed meanwhile."""
        same = update(slack_installations).where(
            slack_installations.c.enterprise_id == installation.enterprise_id,
            slack_installations.c.team_id == installation.team_id,
            slack_installations.c.bot_token == installation.bot_token,
        )
        self._connection.execute(same.values(bot_token=sealed))

    def forget(self, tenant: str, before: datetime) -> bool:
        """Delete what served a tenant and was installed by then; False when there was nothing."""
        older = delete(slack_installations).where(
            *_of(tenant), slack_installations.c.installed_at <= before
        )
        return self._connection.execute(older).rowcount > 0


def _installation(row: Row[Any]) -> Installation:
    return Installation(
        row.enterprise_id, row.team_id, bool(row.is_enterprise_install), row.bot_token
    )


def _of(tenant: str) -> list[ColumnElement[bool]]:
    enterprise, team = installation_key(tenant)
    of_team = slack_installations.c.team_id == team
    return [of_team, slack_installations.c.enterprise_id == enterprise] if not team else [of_team]

"""Workspaces that installed the bot, where one bot serves several, and the port to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

BETWEEN = "."
"""Between an organisation and one of its workspaces, where the whole organisation installed."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation. `team_id` is "" where a whole organisation installed at once."""

    enterprise_id: str
    team_id: str
    is_enterprise_install: bool
    bot_token: str = field(repr=False)


class Installations(Protocol):
    """Where installations are kept, their tokens sealed. A tenant is `T1`, or `E1.T1`."""

    async def save(self, installation: Installation) -> None:
        """In place of what the same workspace or organisation installed before."""

    async def find(self, tenant: str) -> Installation | None: ...


def tenant_name(installation: Installation) -> str:
    """Whom an installation serves: a workspace, or every one of an organisation, `E1.*`."""
    whole = f"{installation.enterprise_id}{BETWEEN}*"
    return installation.team_id or whole


def installation_key(tenant: str) -> tuple[str, str]:
    """Organisation and workspace under which a tenant's installation is found.

    The whole organisation's, or that of a workspace whose organisation does not matter: "".
    """
    enterprise, between, team = tenant.rpartition(BETWEEN)
    return (enterprise, "") if between else ("", team)

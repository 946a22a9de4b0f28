"""Keeps the workspaces that installed the bot, with their tokens sealed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from conversations.protocol.events import ConversationKey
from conversations.protocol.installations import Installation
from service.cards.cards import retry_waiting
from service.common.vault import CannotUnseal, Vault
from service.ports.store import Store, Tx

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredInstallations:
    """The `Installations` that an adapter asks."""

    platform: str
    vault: Vault
    now: Callable[[], datetime]
    store: Store

    async def save(self, installation: Installation) -> None:
        """In place of what the same workspace or organisation installed before."""
        sealed = replace(installation, bot_token=self.vault.seal(installation.bot_token))
        whose = installation.team_id or installation.enterprise_id

        def work(tx: Tx) -> None:
            tx.installations.save(sealed, self.now())
            tx.audit.write(self.now(), self.platform, "app_installed", whose, {})
            retry_waiting(tx, self.platform, self.now())

        await self.store.transact(work)

    async def find(self, tenant: str) -> Installation | None:
        """The installation with its token; None when there is none, or it cannot be opened."""
        found = await self.store.transact(lambda tx: tx.installations.find(tenant))
        if found is None:
            return None
        try:
            return replace(found, bot_token=self.vault.open(found.bot_token))
        except CannotUnseal as error:
            log.error("installation_sealed tenant=%s error=%s", tenant, error)
            return None


def forget_installation(tx: Tx, key: ConversationKey, by: datetime, now: datetime) -> None:
    """The app was uninstalled at that time: the token of who had installed it is deleted.

    News comes late and in any order: who installed it again since then keeps it.
    """
    if tx.installations.forget(key.tenant, by):
        tx.audit.write(now, key.platform, "app_uninstalled", key.tenant, {})

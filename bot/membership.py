"""Who somebody is at this moment, asked of their chat platform. It opens no doors itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.access import linked_channels
from bot.desk import Desk
from bot.ports import Store
from conversations.ports import ChatAdapter, ChatError, Incoming
from conversations.vocabulary import ConversationKey, Standing

SHARES_SECONDS = 1.0
STANDING_SECONDS = 1.0
# What a platform said when a delivery came counts so long; then it is asked again.
STANDING_FRESH = timedelta(seconds=60)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Membership:
    """Asks the chat adapters. Fail closed: nobody is let in on an old memory."""

    rows: Store
    adapters: Mapping[str, ChatAdapter]
    desk: Desk

    async def judged(self, incoming: Incoming, received_at: datetime) -> Standing:
        """How the sender of a delivery stands now, however long the delivery waited."""
        if self.desk.sources.now() - received_at < STANDING_FRESH:
            return incoming.standing
        return await self.standing(incoming.key)

    async def standing(self, key: ConversationKey) -> Standing:
        """How a person stands now; unknown when the platform does not say in time."""
        adapter = self.adapters.get(key.platform)
        if adapter is None or not key.person:
            return Standing.UNKNOWN
        try:
            return await asyncio.wait_for(adapter.standing(key), STANDING_SECONDS)
        except (TimeoutError, ChatError):
            log.warning("standing_unknown platform=%s tenant=%s", key.platform, key.tenant)
            return Standing.UNKNOWN

    async def channels(self, key: ConversationKey) -> frozenset[str]:
        """Linked channels that the person is in; none when the platform does not say in time."""
        if not key.person:
            return frozenset()
        linked = await self.rows.transact(lambda tx: linked_channels(tx, key))
        if not linked:
            return frozenset()
        try:
            shares = self.adapters[key.platform].shares(key, linked)
            return await asyncio.wait_for(shares, SHARES_SECONDS)
        except (TimeoutError, ChatError):
            log.warning("membership_unknown platform=%s tenant=%s", key.platform, key.tenant)
            return frozenset()

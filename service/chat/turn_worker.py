"""Works off stored deliveries, one conversation's in order, and quarantines what is poison."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from conversations.protocol.ports import ChatAdapter, UnreadableDelivery
from conversations.protocol.views import Reply
from service.chat import turns
from service.chat.answers import AwaitedReplies
from service.chat.inbox import UNREADABLE
from service.chat.turns import Turn
from service.common.context import context_of
from service.common.fail_points import FailPoint
from service.common.services import Services
from service.lanes.failures import log_failure
from service.lanes.lanes import back_off
from service.people.membership import MembershipChecker
from service.ports.store import Claim, Store, StoredDelivery, StoreUnavailable, Tx

TRIES_MAX = 5
AWAY_PAUSE = timedelta(minutes=5)
BATCH_MAX = 20
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TurnWorker:
    """Takes the turns that deliveries ask for, and gives their answers to whoever waits."""

    store: Store
    adapters: Mapping[str, ChatAdapter]
    services: Services
    members: MembershipChecker
    answers: AwaitedReplies

    async def work(self, claim: Claim) -> datetime | None:
        """Work off one conversation's deliveries, in order."""
        # Some at a time: a lane whose page was full is due again at once.
        pending = await self.store.transact(lambda tx: tx.deliveries.pending(claim.key, BATCH_MAX))
        for delivery in pending:
            if delivery.source not in self.adapters:
                # Configured away for now; what was said waits until its platform is back.
                return self.services.sources.now() + AWAY_PAUSE
            if not await self._work_off(delivery, claim):
                return self.services.sources.now() + back_off(delivery.tries + 1)
        return self.services.sources.now() if len(pending) == BATCH_MAX else None

    async def _work_off(self, delivery: StoredDelivery, claim: Claim) -> bool:
        """False when it should be tried again later; poison is quarantined instead."""
        try:
            await self._take(delivery, claim)
        except StoreUnavailable:
            # That says nothing against the delivery: it is not worn out by a database that is.
            raise
        except UnreadableDelivery as error:
            await self._quarantine(delivery, f"unreadable: {error}")
        except Exception as error:
            what = "turn_failed delivery=%d source=%s"
            log_failure(log, error, what, delivery.id, delivery.source)
            why = type(error).__name__
            tries = await self.store.transact(
                lambda tx: tx.deliveries.count_failure(delivery.id, why)
            )
            if tries < TRIES_MAX:
                return False
            await self._quarantine(delivery, why)
        return True

    async def _take(self, delivery: StoredDelivery, claim: Claim) -> None:
        if UNREADABLE in delivery.body:
            raise UnreadableDelivery(delivery.body[UNREADABLE])
        incoming = self.adapters[delivery.source].to_event(delivery.body)
        prompt = self.answers.is_expected(delivery.id)
        if incoming is None:
            await self.store.transact(
                lambda tx: tx.deliveries.finish(delivery.id, self.services.sources.now())
            )
            self.answers.give(delivery.id, ())
            return
        who = await self.members.check_sender(incoming, delivery.received_at)
        incoming = replace(incoming, membership=who.membership)
        turn = Turn(incoming, who.channels, prompt=prompt, doubt=who.doubt)

        def work(tx: Tx) -> tuple[Reply, ...] | None:
            if not tx.lanes.holds(claim):
                return None
            context = context_of(tx, self.services)
            replies = turns.take_turn(context, turn)
            if turns.is_form_without_prompt(turn):
                turns.show_late_replies(context, turn, replies)
            tx.deliveries.finish(delivery.id, context.now)
            return replies

        replies = await self.store.transact(work)
        if replies is None:
            # The lease ran out while we asked who this is: whoever took it over answers.
            return
        self.services.reach_fail_point(FailPoint.TURN_COMMITTED)
        if turn.prompt and not self.answers.give(delivery.id, replies):
            await self.store.transact(
                lambda tx: turns.show_late_replies(context_of(tx, self.services), turn, replies)
            )

    async def _quarantine(self, delivery: StoredDelivery, error: str) -> None:
        log.error("delivery_quarantined delivery=%d error=%s", delivery.id, error)
        now = self.services.sources.now()
        await self.store.transact(lambda tx: tx.deliveries.quarantine(delivery.id, error, now))
        self.answers.give(delivery.id, ())

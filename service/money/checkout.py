"""Use cases that ask gateways: open a checkout, fetch payments, reconcile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from billing.judgment import SettleOutcome
from billing.marks import UNMARKED
from billing.origins import leads_to
from billing.ports import CheckoutRequest, GatewayError, PaymentGateway
from billing.topups import (
    CREDITED_STATUSES,
    ENDED_UNPAID,
    PaymentSnapshot,
    PaymentStatus,
    TopUp,
)
from conversations.messages.pages import UnpayableReason
from conversations.protocol.facts import TopUpFacts
from service.common.context import Context, context_of
from service.common.fail_points import FailPoint
from service.common.metrics import Credited, Owner
from service.common.services import Services
from service.common.signed_tokens import PayLink, sign_return
from service.lanes.keys import LaneKind, read_checkout_key
from service.money import attempts, pay_links, topups
from service.money.denials import KeyUse, note_access
from service.money.hints import end_hints
from service.money.marks import own_mark
from service.people.terms import top_up_facts
from service.ports.store import Attempt, Claim, Store, Tx

# After an opened checkout: 30 s, 1, 2, 5, 15, 60 minutes, then hourly.
RECONCILE_AFTER = tuple(timedelta(seconds=each) for each in (30, 60, 120, 300, 900, 3600))
# What a gateway is asked when the watch ends is answered by then, or will not be.
LAST_WORD_AFTER = timedelta(hours=1)
# Until an operator says whether this is a copy.
CLOSED_WAIT = timedelta(minutes=5)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checkouts:
    """Talks to the gateways; what they answer goes through `topups.settle`."""

    store: Store
    gateways: Mapping[str, PaymentGateway]
    services: Services
    public_url: str

    def _context(self, tx: Tx) -> Context:
        return context_of(tx, self.services)

    async def find(self, link: PayLink) -> TopUpFacts | None:
        """The top-up behind a pay link; changes nothing. None when the link is not its newest."""

        def work(tx: Tx) -> TopUpFacts | None:
            top_up = tx.top_ups.get(link.top_up)
            if top_up is None or top_up.revision != link.revision:
                return None
            return top_up_facts(self._context(tx), top_up)

        return await self.store.transact(work)

    def closed_reason(self, facts: TopUpFacts | None) -> UnpayableReason | None:
        """Why this top-up cannot be paid now; None when it can."""
        return pay_links.unpayable_reason(facts, self.gateways, self.services)

    def page_host(self, top_up: TopUp) -> str:
        """Where the gateway's own page lives, for people to compare."""
        gateway = self.gateways.get(top_up.gateway)
        origins = sorted(gateway.hosts) if gateway else []
        return urlsplit(origins[0]).netloc if origins else top_up.gateway

    async def open_page(self, link: PayLink) -> str | UnpayableReason:
        """The address of the gateway's page for this link, opening it if need be."""
        facts = await self.find(link)
        closed = self.closed_reason(facts)
        if closed is not None or facts is None:
            return closed or UnpayableReason.UNKNOWN
        gateway = self.gateways[facts.top_up.gateway]
        attempt = await self._attempt(facts.top_up)
        if attempt.url is not None:
            return attempt.url
        try:
            return await self._open(gateway, facts, attempt)
        except GatewayError as error:
            log.warning("checkout_failed top_up=%s error=%s", facts.top_up.id, error)
            if not error.is_outage:
                failed = partial(attempts.record_no_page, attempt=attempt, error=error)
                await self.store.transact(lambda tx: failed(self._context(tx)))
            if error.retry or error.unread:
                return UnpayableReason.UNREAD if error.unread else UnpayableReason.GATEWAY_DOWN
        return self.closed_reason(await self.find(link)) or UnpayableReason.GATEWAY_DOWN

    async def _attempt(self, top_up: TopUp) -> Attempt:
        """The row first, then the call: its id is the idempotency key, also after a crash."""

        def work(tx: Tx) -> Attempt:
            tx.top_ups.lock(top_up.id)
            known = tx.top_ups.attempt(top_up.id, top_up.revision)
            if known is not None:
                return known
            new, now = self.services.sources.new_attempt_id(), self.services.sources.now()
            fresh = Attempt(new, top_up.id, top_up.revision, top_up.gateway, now)
            tx.top_ups.add_attempt(fresh)
            return fresh

        attempt = await self.store.transact(work)
        self.services.reach_fail_point(FailPoint.ATTEMPT_STORED)
        return attempt

    async def _open(
        self, gateway: PaymentGateway, facts: TopUpFacts, attempt: Attempt
    ) -> str | UnpayableReason:
        top_up = facts.top_up
        mark = await self.store.transact(lambda tx: own_mark(tx, self.services.sources))
        page = await attempts.request_page(
            gateway,
            CheckoutRequest(
                attempt=attempt.id,
                reference=top_up.id,
                installation=mark,
                description=f"Top-up {top_up.id} for {facts.account_title}",
                total=top_up.total,
                method=top_up.method,
                expires_at=top_up.expires_at,
                return_url=self._return_url(top_up),
            ),
        )
        if not leads_to(page.url, gateway.hosts):
            raise GatewayError(f"{gateway.name} answered with a foreign address", retry=False)
        self.services.reach_fail_point(FailPoint.CHECKOUT_OPENED)
        first = self.services.sources.now() + RECONCILE_AFTER[0]

        def work(tx: Tx) -> str | UnpayableReason:
            now_is = tx.top_ups.lock(top_up.id)
            note_access(self._context(tx), gateway.name, KeyUse.OPEN, None)
            if attempt.unread is not None:
                attempts.read_again(self._context(tx), attempt)
            tx.top_ups.record_opened(attempt.id, page.checkout_ref, page.url)
            tx.lanes.schedule(LaneKind.RECONCILE, top_up.id, first)
            if now_is is None or now_is.status not in ENDED_UNPAID:
                return page.url
            # It was cancelled meanwhile, and said that nothing can be paid: nobody is led there.
            context = self._context(tx)
            topups.ask_gateway(context, now_is)
            topups.refresh_views(context, now_is)
            return UnpayableReason.OVER

        return await self.store.transact(work)

    def _return_url(self, top_up: TopUp) -> str:
        """Where the gateway sends people back to: one attempt always comes with one address."""
        secret = self.services.secret_of(top_up.created_at)
        token = sign_return(PayLink(top_up.id, top_up.revision), secret)
        return f"{self.public_url}/paid/{token}"

    async def settle(self, claim: Claim) -> datetime | None:
        """Ask a gateway about one checkout and settle what it says, whatever hinted at it."""
        name, checkout_ref = read_checkout_key(claim.key)
        gateway = self.gateways.get(name)
        if gateway is None or not self.services.deals_in(gateway.mode):
            return await self._cannot_ask(name, is_missing=gateway is None)
        asked = attempts.Inquiry(name, checkout_ref, self.services.sources.now(), claim.tries)
        try:
            snapshots = await self._look(gateway, checkout_ref)
        except GatewayError as error:
            for snapshot in error.told:
                await self._settle(snapshot, claim.key)
            if not error.is_outage:
                about = asked.about(error.told)
                failed = partial(attempts.record_failure, asked=about, error=error)
                await self.store.transact(lambda tx: failed(self._context(tx)))
            if error.retry:
                raise
            why = str(error)
            # Asking again will not help: a genuine hint at something the gateway does not know.
            log.error("hint_quarantined lane=%s error=%s", claim.key, why)
            now = self.services.sources.now()
            await end_hints(
                self.store, claim.key, lambda tx, hint: tx.deliveries.quarantine(hint.id, why, now)
            )
            return None
        asked = asked.about(snapshots)
        ours = await self.store.transact(
            lambda tx: attempts.record_answer(self._context(tx), asked, snapshots)
        )
        if not (snapshots or ours):
            self.services.metrics.count_left_aside(name, Owner.ANOTHER_PRODUCT)
        for snapshot in snapshots:
            await self._settle(snapshot, claim.key)
            self.services.reach_fail_point(FailPoint.SETTLED)
        await self.store.transact(lambda tx: attempts.refresh_card(self._context(tx), asked))
        now = self.services.sources.now()
        await end_hints(self.store, claim.key, lambda tx, hint: tx.deliveries.finish(hint.id, now))
        return None

    async def _cannot_ask(self, gateway: str, *, is_missing: bool) -> datetime:
        log.error("gateway_missing_or_closed gateway=%s", gateway)
        if is_missing:
            await self.store.transact(
                lambda tx: pay_links.gateway_missing(self._context(tx), gateway, again=False)
            )
        return self.services.sources.now() + CLOSED_WAIT

    async def _look(
        self, gateway: PaymentGateway, checkout_ref: str
    ) -> tuple[PaymentSnapshot, ...]:
        """What the gateway says; where nobody wants to be paid any more, after it was closed."""
        snapshots = await gateway.fetch(checkout_ref)
        waiting = [each for each in snapshots if each.status is PaymentStatus.OPEN]
        if not waiting or not await self.store.transact(lambda tx: attempts.are_over(tx, waiting)):
            return snapshots
        # Whoever pays at this very moment wins: what the gateway says after that is what counts.
        try:
            await gateway.close_checkout(waiting[0].checkout_ref or checkout_ref)
        except GatewayError as error:
            if error.retry:
                raise
            log.warning("not_closed gateway=%s error=%s", gateway.name, error)
        return await gateway.fetch(checkout_ref)

    async def _settle(self, snapshot: PaymentSnapshot, lane: str) -> None:
        became = await self.store.transact(lambda tx: self._book(tx, snapshot, lane))
        match became:
            case Credited(after):
                self.services.metrics.observe_credit(snapshot.gateway, after)
            case Owner():
                mark = snapshot.installation or UNMARKED
                log.info("left_aside payment=%s mark=%s", snapshot.payment_ref, mark)
                self.services.metrics.count_left_aside(snapshot.gateway, became)

    def _book(self, tx: Tx, snapshot: PaymentSnapshot, lane: str) -> Credited | Owner | None:
        """Settle; how long after its first callback that credited, or whose payment it seems."""
        context = self._context(tx)
        result = topups.settle(context, snapshot)
        if result.payment is None:
            return Owner.ANOTHER_INSTALLATION if snapshot.installation else Owner.UNMARKED
        if result.outcome is not SettleOutcome.CREDITED:
            return None
        # The first one alone: how long after it the payment was credited.
        told = next(iter(tx.deliveries.pending(lane, limit=1)), None)
        return Credited(context.now - told.received_at if told else None)

    async def reconcile(self, claim: Claim) -> datetime | None:
        """Look for what callbacks missed, less and less often, as long as a top-up is watched."""

        def work(context: Context, top_up: TopUp) -> datetime | None:
            topups.ask_gateway(context, top_up)
            # One moment decides both: there is another look, or this was the last.
            again = next_reconcile_at(top_up, context.now, claim.tries)
            if again is None:
                last = context.now + LAST_WORD_AFTER
                context.tx.lanes.schedule(LaneKind.HAND_OVER, top_up.id, last)
            return again

        return await self._with_top_up(claim, work)

    async def escalate(self, claim: Claim) -> datetime | None:
        """The last answer is there: what it leaves open goes to the operator."""
        return await self._with_top_up(claim, topups.escalate)

    async def expire_pay_link(self, claim: Claim) -> datetime | None:
        """End the life of a pay link."""
        return await self._with_top_up(claim, topups.expire_top_up)

    async def _with_top_up(
        self, claim: Claim, work: Callable[[Context, TopUp], datetime | None]
    ) -> datetime | None:
        """Work on a lane's top-up, but not where the bot that this is a copy of may do so."""

        def run(tx: Tx) -> datetime | None:
            context, top_up = self._context(tx), tx.top_ups.get(claim.key)
            if top_up is None or self.services.deals_in(top_up.mode):
                return work(context, top_up) if top_up else None
            return context.now + CLOSED_WAIT

        return await self.store.transact(run)


def next_reconcile_at(top_up: TopUp, now: datetime, tries: int) -> datetime | None:
    """When to ask the gateways about a top-up again; None once it was asked after the watch.

    Somebody may pay a second time after the credit, and no callback may tell: what is credited
    is looked at when its pay link ends, and all is when the watch ends, or later where no bot
    was there.
    """
    if now >= top_up.watched_until:
        return None
    if top_up.status in CREDITED_STATUSES:
        return top_up.expires_at if now < top_up.expires_at else top_up.watched_until
    wait = RECONCILE_AFTER[min(tries + 1, len(RECONCILE_AFTER) - 1)]
    return min(now + wait, top_up.watched_until)

"""Finds what was paid after the time that a database was set back to.

Top-ups that it knows are asked about again. Checkouts that it does not know are found in the
gateways' own lists; what was paid there is credited where its top-up is known, else held.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from billing.marks import InstallationMarks
from billing.ports import GatewayError, ListingGateway, PaymentGateway
from billing.topups import TopUp
from service.audit.seals import RESTORED
from service.common.context import Context, context_of
from service.common.services import Services
from service.lanes.keys import (
    LaneKind,
    read_recovery_key,
    write_checkout_key,
    write_recovery_key,
)
from service.money.accounts import OPERATOR, OperatorError
from service.money.denials import KeyUse, note_access
from service.money.marks import take_over_marks
from service.money.reconciliation import EVERY, PAGE, ask_at
from service.ports.store import Claim, Store, Task, TaskKind, Tx

# Refunds and disputes of older ones, which the gateway may have told meanwhile, are rare.
ASKED_AGAIN = timedelta(days=180)
# Between a gateway's clock and ours, and for a checkout that was opened but not noted.
CLOCKS_APART = timedelta(hours=1)
# No top-up watches over a checkout that is not known, and it may still be paid: for a week by its
# pay link, and slowly.
LOOKED_AGAIN = (*[timedelta(hours=1)] * 24, *[timedelta(days=1)] * 16)
# How long the look at a gateway waits whose money is not dealt with now.
CLOSED_WAIT = timedelta(hours=1)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RestoredDatabase:
    """A database that was put in place of a later one: from where, why, and what is kept."""

    backup: str
    kept: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """To when it was set back, and how many top-ups are asked about again."""

    since: datetime
    asked: int


def parse_moment(text: str, now: datetime) -> datetime:
    """A time in the past, as an operator types it. Raises OperatorError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = now.replace(tzinfo=None)
    if found.tzinfo is None or found > now:
        raise OperatorError(
            f"{text}: no time in the past with its zone, such as 2026-11-23T12:00+00:00"
        )
    return found.astimezone(UTC)


def note_backup(tx: Tx, name: str, reason: str, now: datetime) -> None:
    """Write down that a backup is made: the newest act in it, which tells its time."""
    tx.audit.write(now, OPERATOR, "backup_begun", "database", {"reason": reason, "into": name})


async def begin_recovery(
    store: Store, set_back: RestoredDatabase, replaced: InstallationMarks, now: datetime
) -> Recovery:
    """Write down that it was set back, and schedule all that finds what it does not know.

    What was opened under the marks of the database that is `replaced` is ours as before.
    """
    since = await store.transact(partial(_note, set_back=set_back, now=now))
    await store.transact(lambda tx: take_over_marks(tx, replaced, now))
    return Recovery(since, await ask_since(store, since, now))


async def ask_since(store: Store, since: datetime, now: datetime) -> int:
    """Have the gateways' lists looked through from that time on, and known top-ups asked about.

    How many top-ups that are.
    """
    key = write_recovery_key(since, 0)
    await store.transact(lambda tx: tx.lanes.schedule(LaneKind.RECOVER, key, now))
    asked, after = 0, ""
    while page := await store.transact(partial(_ask_page, now=now, asked=asked, after=after)):
        asked, after = asked + len(page), page[-1].id
    return asked


def _note(tx: Tx, set_back: RestoredDatabase, now: datetime) -> datetime:
    since = min(tx.audit.last_at() or _EVER, now)
    detail = {
        "reason": set_back.reason,
        "backup": set_back.backup,
        "kept": set_back.kept,
        "since": since.isoformat(),
    }
    tx.audit.write(now, OPERATOR, RESTORED, "database", detail)
    return since


def _ask_page(tx: Tx, now: datetime, asked: int, after: str) -> Sequence[TopUp]:
    # A page of all: `ask_since` goes on until one is empty.
    page = tx.top_ups.opened_since(now - ASKED_AGAIN, PAGE, after)
    for number, top_up in enumerate(page, start=asked):
        ask_at(tx, top_up, now + number * EVERY)
    return page


@dataclass(frozen=True, slots=True)
class RecoveryWorker:
    """Looks through the gateways' lists for checkouts that the database does not know."""

    store: Store
    gateways: Mapping[str, PaymentGateway]
    services: Services

    async def work(self, claim: Claim) -> datetime | None:
        """One pass over all gateways; when one does not answer, all are asked again.

        None keeps those behind it from being looked through. Raises GatewayError.
        """
        since, done = read_recovery_key(claim.key)
        failures, closed = [], False
        for gateway in self.gateways.values():
            if not self.services.deals_in(gateway.mode):
                closed = True
                continue
            if not isinstance(gateway, ListingGateway):
                log.error("recovery_without_list gateway=%s", gateway.name)
                continue
            failed = await self._look_through(gateway.name, gateway, since)
            failures += [] if failed is None else [failed]
        if failures:
            raise failures[0]
        if closed:
            return self.services.sources.now() + CLOSED_WAIT
        if done < len(LOOKED_AGAIN):
            again = self.services.sources.now() + LOOKED_AGAIN[done]
            key = write_recovery_key(since, done + 1)
            await self.store.transact(lambda tx: tx.lanes.schedule(LaneKind.RECOVER, key, again))
        return None

    async def _look_through(
        self, name: str, gateway: ListingGateway, since: datetime
    ) -> GatewayError | None:
        """Ask about what nobody here knows of its list; what kept us from that, if anything."""
        failed = None
        try:
            await self._ask_about_listed(name, gateway, since)
        except GatewayError as error:
            failed = error
        await self.store.transact(
            lambda tx: _note_list(context_of(tx, self.services), name, failed)
        )
        return failed

    async def _ask_about_listed(self, name: str, gateway: ListingGateway, since: datetime) -> None:
        listed = await gateway.opened_since(max(since - CLOCKS_APART, _EVER))
        marks = await self.store.transact(lambda tx: tx.marks.read())
        # Whether one without a mark is ours is seen when it is asked about.
        ours = {*marks.own_marks(known=True), None}
        refs = [each.checkout_ref for each in listed if each.installation in ours]
        now, unknown = self.services.sources.now(), 0
        for first in range(0, len(refs), PAGE):
            page = refs[first : first + PAGE]
            unknown += await self.store.transact(
                partial(_ask_unknown, gateway=name, refs=page, now=now, asked=unknown)
            )
        told = (name, len(listed), len(listed) - len(refs), unknown)
        log.warning("recovery gateway=%s listed=%d others=%d unknown=%d", *told)


def _note_list(context: Context, gateway: str, error: GatewayError | None) -> None:
    """The gateway listed its checkouts, or did not: what is no outage is for the operator."""
    note_access(context, gateway, KeyUse.LIST, error)
    tasks, subject = context.tx.tasks, f"{gateway}/{KeyUse.LIST}"
    if error is None:
        tasks.close(TaskKind.ANSWER_UNREAD, subject, "its list was read", context.now)
    elif not (error.is_outage or error.denied):
        detail = f"its list of checkouts, and what was paid there is not looked for: {error}"
        tasks.add(Task(TaskKind.ANSWER_UNREAD, subject, detail, context.now))


def _ask_unknown(tx: Tx, gateway: str, refs: Sequence[str], now: datetime, asked: int) -> int:
    known = tx.top_ups.known_checkouts(gateway, refs)
    unknown = [each for each in refs if each not in known]
    for number, ref in enumerate(unknown, start=asked):
        tx.lanes.schedule(
            LaneKind.PAYMENTS, write_checkout_key(gateway, ref), now + number * EVERY
        )
    return len(unknown)

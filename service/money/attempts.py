"""Records what a gateway said of an attempt to pay: refused, answered, or unreadable.

It claims nothing: what may be said of the money follows from these rows in billing/claims.py.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from billing.claims import is_over_unpaid, without_future
from billing.ports import (
    AttemptReused,
    CheckoutRequest,
    GatewayError,
    HostedPage,
    PaymentGateway,
)
from billing.topups import CREDITED_STATUSES, ENDED_UNPAID, PaymentSnapshot, TopUp
from conversations.protocol.facts import TopUpFacts
from service.common.context import Context
from service.common.signed_tokens import PayLink
from service.money import topups
from service.money.denials import KeyUse, note_access
from service.money.marks import is_ours
from service.people.terms import top_up_facts
from service.ports.store import Attempt, Task, TaskKind, Tx

log = logging.getLogger(__name__)

# What mends it stands in the trail of tasks; nobody has to close it.
_READ_AGAIN = "the gateway's answer can be read again"
_NOT_OURS = "it shows a checkout that is not the one we opened, or a status not known here"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A checkout that a gateway was asked about, when the asking began, and after what tries.

    `hinted` is the id that it was asked about by, where that is another than the checkout's.
    """

    gateway: str
    checkout_ref: str
    at: datetime
    tries: int = 0
    hinted: str | None = None

    @property
    def lane_ref(self) -> str:
        """The id that its lane has, before and after the gateway told its checkout's own."""
        return self.hinted or self.checkout_ref

    def about(self, snapshots: Sequence[PaymentSnapshot]) -> Inquiry:
        """The same, by the checkout's own id where the gateway told that."""
        told = {each.checkout_ref for each in snapshots} - {None, self.checkout_ref}
        known = next((ref for ref in told if ref is not None), None)
        return (
            self if known is None else replace(self, checkout_ref=known, hinted=self.checkout_ref)
        )


async def request_page(gateway: PaymentGateway, request: CheckoutRequest) -> HostedPage:
    """The page of an attempt. Raises GatewayError.

    Where an earlier answer was lost, and the account was renamed or the bot moved since, that
    attempt cannot be gone on with. Nobody was led to its page: another one is opened.
    """
    try:
        return await gateway.open_checkout(request)
    except AttemptReused:
        # The same change makes the same key: however often it is tried, one page is opened.
        changeable = (request.description, request.installation, request.return_url)
        digest = hashlib.sha256("\n".join(changeable).encode()).hexdigest()[:16]
        log.warning("attempt_renewed attempt=%s digest=%s", request.attempt, digest)
        again = replace(request, attempt=f"{request.attempt}-{digest}")
        return await gateway.open_checkout(again)


def record_refusal(context: Context, attempt: Attempt, why: str) -> None:
    """The gateway will never open a page for it, unless it opened one meanwhile."""
    top_up = context.tx.top_ups.lock(attempt.top_up)
    now_is = context.tx.top_ups.attempt(attempt.top_up, attempt.revision)
    if top_up is None or now_is is None or now_is.checkout_ref is not None:
        return
    context.tx.top_ups.save_answer(replace(read_again(context, now_is), refused=why))
    topups.refuse_top_up(context, top_up, why)


def record_no_page(context: Context, attempt: Attempt, error: GatewayError) -> None:
    """The gateway answered, and yet opened no page: told where a person can help."""
    note_access(context, attempt.gateway, KeyUse.OPEN, error)
    if error.unread:
        opened_unread(context, attempt, str(error))
    elif not error.retry:
        record_refusal(context, attempt, str(error))


def opened_unread(context: Context, attempt: Attempt, why: str) -> None:
    """What it answered instead of a page cannot be read: the operator is told, once."""
    tx = context.tx
    top_up = tx.top_ups.lock(attempt.top_up)
    now_is = tx.top_ups.attempt(attempt.top_up, attempt.revision)
    if top_up is None or now_is is None or now_is.checkout_ref is not None:
        return
    if now_is.unread != why:
        detail = f"{attempt.gateway}, asked for a page: {why}"
        tx.tasks.add(Task(TaskKind.ANSWER_UNREAD, top_up.id, detail, context.now))
        tx.top_ups.save_answer(replace(now_is, unread=why))


def read_again(context: Context, attempt: Attempt) -> Attempt:
    """Its gateway answered in words that can be read, of a top-up that is locked."""
    now_is = context.tx.top_ups.attempt(attempt.top_up, attempt.revision) or attempt
    if now_is.unread is None:
        return now_is
    context.tx.tasks.close(TaskKind.ANSWER_UNREAD, now_is.top_up, _READ_AGAIN, context.now)
    readable = replace(now_is, unread=None)
    context.tx.top_ups.save_answer(readable)
    return readable


def give_up(context: Context, top_up: TopUp, why: str) -> None:
    """No page is opened for it any more, nor is anybody led to one that was."""
    tx = context.tx
    locked = tx.top_ups.lock(top_up.id)
    if locked is None:
        return
    attempt = tx.top_ups.attempt(locked.id, locked.revision)
    if attempt is None:
        new = context.services.sources.new_attempt_id()
        attempt = Attempt(new, locked.id, locked.revision, locked.gateway, context.now)
        tx.top_ups.add_attempt(attempt)
    tx.top_ups.save_answer(replace(attempt, refused=why))
    topups.refuse_top_up(context, locked, why)


def record_return(context: Context, link: PayLink) -> TopUpFacts | None:
    """Somebody is back from the gateway's page: it is asked soon. None for a link that is old."""
    top_up = context.tx.top_ups.lock(link.top_up)
    if top_up is None or top_up.revision != link.revision:
        return None
    if top_up.status not in CREDITED_STATUSES:
        topups.ask_gateway(context, top_up, topups.ASK_EVERY)
    return top_up_facts(context, top_up)


def record_answer(context: Context, asked: Inquiry, snapshots: Sequence[PaymentSnapshot]) -> bool:
    """The gateway answered; of a checkout of ours, in words that tell what became of it?

    False for a checkout that we did not open.
    """
    if asked.tries:
        note_access(context, asked.gateway, KeyUse.LOOK, None)
        context.tx.tasks.close(TaskKind.ANSWER_UNREAD, asked.lane_ref, _READ_AGAIN, context.now)
    attempt = _locked(context.tx, asked)
    if attempt is None:
        return False
    if not snapshots or any(each.is_unread for each in snapshots):
        record_unreadable(context, asked, _NOT_OURS)
        return True
    said = replace(without_future(attempt, asked.at), unread=None, closed_at=None)
    if is_over_unpaid(snapshots):
        said = replace(said, closed_at=attempt.closed_at or asked.at)
    if said.is_asked:
        said = replace(said, answered_at=asked.at)
    if attempt.unread is not None:
        closing = (TaskKind.ANSWER_UNREAD, attempt.top_up, _READ_AGAIN)
        context.tx.tasks.close(*closing, context.now)
    if said != attempt:
        context.tx.top_ups.save_answer(said)
    return True


def record_failure(context: Context, asked: Inquiry, error: GatewayError) -> None:
    """The gateway said something that keeps us from knowing: told where a person can help."""
    note_access(context, asked.gateway, KeyUse.LOOK, error)
    if error.unread or not error.retry:
        record_unreadable(context, asked, str(error), understood=not error.unread)


def record_unreadable(
    context: Context, asked: Inquiry, why: str, *, understood: bool = False
) -> None:
    """The gateway's answer cannot be read: the operator is told at once, the payer not more.

    What is `understood` is a refusal: of a checkout that is not known here it is no news.
    """
    tx = context.tx
    attempt = _locked(tx, asked)
    detail = f"{asked.gateway} {asked.checkout_ref}: {why}"
    if attempt is None and understood:
        return
    if attempt is None:
        tx.tasks.add(Task(TaskKind.ANSWER_UNREAD, asked.lane_ref, detail, context.now))
        return
    if attempt.unread != why:
        # Told once: an operator who closed it knows.
        tx.tasks.add(Task(TaskKind.ANSWER_UNREAD, attempt.top_up, detail, context.now))
    tx.top_ups.save_answer(replace(attempt, unread=why, closed_at=None))
    refresh_card(context, asked)


def refresh_card(context: Context, asked: Inquiry) -> None:
    """Have the card say what is known now, where that may have changed."""
    attempt = context.tx.top_ups.attempt_at(asked.gateway, asked.checkout_ref)
    top_up = context.tx.top_ups.get(attempt.top_up) if attempt else None
    if top_up is not None and top_up.status not in CREDITED_STATUSES:
        topups.refresh_views(context, top_up)


def _locked(tx: Tx, asked: Inquiry) -> Attempt | None:
    """The attempt behind a checkout, to be changed; none for one that is not known here."""
    found = tx.top_ups.attempt_at(asked.gateway, asked.checkout_ref)
    if found is None or tx.top_ups.lock(found.top_up) is None:
        return None
    return tx.top_ups.attempt_at(asked.gateway, asked.checkout_ref)


def are_over(tx: Tx, waiting: Iterable[PaymentSnapshot]) -> bool:
    """Whether our top-ups that these payments are for were cancelled, or their time is over."""
    top_ups = [tx.top_ups.get(each.reference or "") for each in waiting]
    over = all(one is not None and one.status in ENDED_UNPAID for one in top_ups)
    return over and all(is_ours(tx, each, None) for each in waiting)

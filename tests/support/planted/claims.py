"""Bugs with what people are told of their money: claimed before anybody asked, refused in vain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from billing.claims import SEES_ALL, MoneyClaim, MoneyKnowledge, Observer, assess_money
from billing.ports import GatewayError
from billing.records import Attempt
from billing.topups import Payment, PaymentSnapshot, UnreadEntry
from service.common.context import Context
from service.money import attempts
from service.money.attempts import Inquiry
from service.people import terms
from service.ports.store import Attempt as Opened

Patches = Mapping[tuple[Any, str], Any]


def claimed_unasked() -> Patches:
    """What is not known is told as nothing taken."""

    def buggy(
        attempts: Sequence[Attempt], payments: Sequence[Payment], observer: Observer = SEES_ALL
    ) -> MoneyKnowledge:
        right = assess_money(attempts, payments, observer)
        if right.money is MoneyClaim.NOT_KNOWN:
            return replace(right, money=MoneyClaim.NOTHING_TAKEN)
        return right

    return {(terms, "assess_money"): buggy}


def never_unread() -> Patches:
    """An answer that cannot be read is told to nobody."""

    def buggy(context: Context, asked: Inquiry, why: str, *, understood: bool = False) -> None:
        """Nothing is written down."""

    return {(attempts, "record_unreadable"): buggy}


def refused_as_outage() -> Patches:
    """A refusal for good is told as a gateway that does not answer."""

    def buggy(context: Context, attempt: Opened, why: str) -> None:
        """Nothing is written down."""

    return {(attempts, "record_refusal"): buggy}


def stays_over() -> Patches:
    """Once a checkout was called over, no later answer changes that."""
    right = attempts.record_answer

    def buggy(context: Context, asked: Inquiry, snapshots: Sequence[PaymentSnapshot]) -> bool:
        ours = right(context, asked, snapshots)
        attempt = context.tx.top_ups.attempt_at(asked.gateway, asked.checkout_ref)
        if attempt is not None and attempt.closed_at is None:
            context.tx.top_ups.save_answer(replace(attempt, closed_at=asked.at))
        return ours

    return {(attempts, "record_answer"): buggy}


def one_odd_hides_all() -> Patches:
    """An entry that cannot be counted drops the whole answer."""
    from adapters.gateways.stripe import sessions as stripe_sessions

    right = stripe_sessions._counted

    def buggy(entries: Any, intent: Any, what: str) -> tuple[list[Any], list[UnreadEntry]]:
        good, odd = right(entries, intent, what)
        if odd:
            raise GatewayError(f"stripe: {odd[0].why}", retry=False)
        return good, odd

    return {(stripe_sessions, "_counted"): buggy}

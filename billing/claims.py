"""What may be claimed about the money of a top-up, from its stored attempts and payments.

Nobody is told more than this: a person who is told that nothing was taken pays elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from billing.records import Attempt
from billing.topups import Payment, PaymentSnapshot, PaymentStatus


class MoneyClaim(StrEnum):
    """What is known of the money that a gateway may have taken."""

    # Nobody was ever led to a page to pay on, or its gateway said that it is over and unpaid.
    NOTHING_TAKEN = "nothing_taken"
    NOT_KNOWN = "not_known"
    ON_ITS_WAY = "on_its_way"
    TAKEN = "taken"
    # A dispute is open: its bank keeps the money, and may give it back.
    WITHHELD = "withheld"
    GONE_BACK = "gone_back"


@dataclass(frozen=True, slots=True)
class MoneyKnowledge:
    """What may be claimed, and since when.

    `asked_at` is when somebody last wanted to know, `answered_at` as of when a gateway answered
    that. `refused` says that it will never open a page, `unread` that its last answer could not
    be read, `askable` that it can be asked at all as things stand, and `elsewhere` that another
    bot takes care of it, of whose database this is a copy.
    """

    money: MoneyClaim = MoneyClaim.NOT_KNOWN
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    refused: bool = False
    unread: bool = False
    askable: bool = True
    elsewhere: bool = False

    @property
    def is_asking(self) -> bool:
        """Whether somebody wants to know, and the gateway has not answered yet."""
        if not self.askable or self.asked_at is None:
            return False
        return self.answered_at is None or self.answered_at < self.asked_at


NOT_ASKED = MoneyKnowledge()
"""Nobody looked yet, so nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Observer:
    """What limits the knowledge of this bot.

    Whether it `can_ask` the gateway as things stand; what was written later than `now` is of a
    clock that ran ahead; and since its database was set back, pages
    may have been led to that were opened before `recovering_since` and are not known. What is of
    before `copied_at` another bot takes care of.
    """

    can_ask: bool = True
    now: datetime | None = None
    recovering_since: datetime | None = None
    copied_at: datetime | None = None

    def leaves_to_another(self, opened: Sequence[Attempt]) -> bool:
        """Whether what was paid is seen by the bot that this is a copy of, and not here."""
        at = self.copied_at
        return at is not None and all(each.created_at <= at for each in opened)

    def may_miss(self, opened: Sequence[Attempt]) -> bool:
        """Whether a page may have been opened that none of these is of."""
        since = self.recovering_since
        lost = since is not None and all(each.created_at > since for each in opened)
        return lost or (not opened and self.leaves_to_another(opened))


SEES_ALL = Observer()

# Between the clocks of two processes, and between asking again and the look that follows.
CLOCKS_DIFFER = timedelta(seconds=30)

# A gateway takes nothing more for such a payment, and took nothing.
OVER_UNPAID = frozenset({PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.CANCELLED})


def assess_money(
    attempts: Sequence[Attempt], payments: Sequence[Payment], observer: Observer = SEES_ALL
) -> MoneyKnowledge:
    """What is known of a top-up's money, from its attempts by revision."""
    opened = [each for each in attempts if each.checkout_ref is not None]
    if observer.now is not None:
        opened = [without_future(each, observer.now) for each in opened]
    asked = max(opened, key=_asked, default=None)
    money = claim_about_money(opened, payments)
    if money is MoneyClaim.NOTHING_TAKEN and observer.may_miss(opened):
        money = MoneyClaim.NOT_KNOWN
    return MoneyKnowledge(
        money=money,
        asked_at=asked.asked_at if asked else None,
        answered_at=asked.answered_at if asked else None,
        refused=bool(attempts) and attempts[-1].refused is not None,
        unread=any(each.unread is not None for each in opened),
        askable=observer.can_ask and not observer.leaves_to_another(opened),
        elsewhere=observer.leaves_to_another(opened),
    )


def claim_about_money(opened: Sequence[Attempt], payments: Sequence[Payment]) -> MoneyClaim:
    """What may be claimed, from every checkout that was opened and every payment.

    An attempt without a checkout led nobody anywhere, whatever became of the call.
    """
    paid = [each for each in payments if each.status is PaymentStatus.PAID]
    if paid and all(map(_is_gone, paid)):
        undecided = any(each.reversals.undecided_minor for each in paid)
        return MoneyClaim.WITHHELD if undecided else MoneyClaim.GONE_BACK
    if paid:
        return MoneyClaim.TAKEN
    if any(each.status is PaymentStatus.PROCESSING for each in payments):
        return MoneyClaim.ON_ITS_WAY
    if any(each.status not in OVER_UNPAID for each in payments):
        return MoneyClaim.NOT_KNOWN
    over = all(each.closed_at is not None and each.unread is None for each in opened)
    return MoneyClaim.NOTHING_TAKEN if over else MoneyClaim.NOT_KNOWN


def is_over_unpaid(snapshots: Sequence[PaymentSnapshot]) -> bool:
    """Whether a gateway says of a checkout that nothing was and nothing will be taken there."""
    return bool(snapshots) and all(each.status in OVER_UNPAID for each in snapshots)


def without_future(attempt: Attempt, now: datetime) -> Attempt:
    """The attempt without what a clock wrote that ran ahead.

    Who asked then asks now, and what was answered as of then counts for nothing.
    """
    asked_at, answered_at = attempt.asked_at, attempt.answered_at
    if asked_at is not None and asked_at > now + CLOCKS_DIFFER:
        asked_at = now
    if answered_at is not None and answered_at > now + CLOCKS_DIFFER:
        answered_at = None
    return replace(attempt, asked_at=asked_at, answered_at=answered_at)


def next_ask(attempt: Attempt, now: datetime, every: timedelta) -> tuple[datetime, datetime]:
    """As of when an answer is wanted that somebody wants now, and when to look for it.

    Who asks again before `every` is over is answered at its end.
    """
    asked_at = attempt.asked_at
    # A time further ahead than that was written by a clock that ran ahead.
    if asked_at is None or not now - every < asked_at <= now + every:
        return now, now
    if asked_at > now:
        return asked_at, asked_at
    # A look that is still to come, or under way, may be too early for what was paid just now.
    return (asked_at if attempt.is_asked else asked_at + every), asked_at + every


def _is_gone(payment: Payment) -> bool:
    minor = payment.amount.minor
    return 0 < minor == payment.reversals.gone_minor(minor)


def _asked(attempt: Attempt) -> float:
    return attempt.asked_at.timestamp() if attempt.asked_at else 0.0

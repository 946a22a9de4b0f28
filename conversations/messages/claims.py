"""Says what is known of somebody's money: the one way to the sentences of money_words."""

from __future__ import annotations

from typing import assert_never

from billing.claims import MoneyClaim, MoneyKnowledge
from billing.topups import ENDED_UNPAID, TopUpStatus
from conversations.text.localizer import Localizer
from conversations.words import money_words, words


def money_sentence(known: MoneyKnowledge, localizer: Localizer) -> str:
    """Whether money was taken, for a top-up that nobody is to pay any more."""
    answered = None if known.answered_at is None else localizer.format_date_time(known.answered_at)
    match known.money:
        case MoneyClaim.NOTHING_TAKEN if answered is not None and not known.is_asking:
            return localizer.text(money_words.NOTHING_TAKEN_SAID, at=answered)
        case MoneyClaim.NOTHING_TAKEN:
            return localizer.text(money_words.NOTHING_TAKEN)
        case MoneyClaim.NOT_KNOWN if known.unread:
            return localizer.text(money_words.UNREAD)
        case MoneyClaim.NOT_KNOWN if known.elsewhere:
            return localizer.text(money_words.ELSEWHERE)
        case MoneyClaim.NOT_KNOWN if not known.askable:
            return localizer.text(money_words.CANNOT_ASK)
        case MoneyClaim.NOT_KNOWN if known.is_asking:
            return localizer.text(money_words.ASKING)
        case MoneyClaim.NOT_KNOWN if answered is not None:
            return localizer.text(money_words.NOT_SEEN_AT, at=answered)
        case MoneyClaim.NOT_KNOWN:
            return localizer.text(money_words.NOT_SEEN)
        case MoneyClaim.ON_ITS_WAY if known.unread:
            return localizer.text(money_words.UNREAD)
        case MoneyClaim.ON_ITS_WAY:
            return localizer.text(money_words.ON_ITS_WAY)
        case MoneyClaim.TAKEN:
            return localizer.text(money_words.TAKEN)
        case MoneyClaim.WITHHELD:
            return localizer.text(money_words.WITHHELD)
        case MoneyClaim.GONE_BACK:
            return localizer.text(money_words.GONE_BACK)
        case _:
            assert_never(known.money)


def waiting_sentence(known: MoneyKnowledge, why_declined: str | None, localizer: Localizer) -> str:
    """What a card says that waits for its payment; it promises nothing about a page left open."""
    if known.unread:
        return localizer.text(money_words.UNREAD)
    if not known.askable:
        return f"{localizer.text(money_words.WAITING_CLOSED)} {money_sentence(known, localizer)}"
    if known.is_asking and known.asked_at is not None:
        return localizer.text(money_words.WAITING_ASKED, at=known.asked_at)
    if why_declined is not None:
        return localizer.text(money_words.DECLINED, why=why_declined)
    if known.answered_at is not None:
        return localizer.text(money_words.WAITING_ANSWERED, at=known.answered_at)
    return localizer.text(money_words.WAITING)


def return_sentence(known: MoneyKnowledge, status: TopUpStatus, localizer: Localizer) -> str:
    """What is said to whoever comes back from the gateway's page: it was not asked yet."""
    if known.money is MoneyClaim.ON_ITS_WAY and not known.unread:
        return localizer.text(money_words.BACK_ON_ITS_WAY)
    claimed = known.money is not MoneyClaim.NOT_KNOWN or known.unread
    if claimed or not known.askable or status in ENDED_UNPAID:
        return money_sentence(known, localizer)
    return localizer.text(money_words.BACK_ASKING)


def processing_sentences(known: MoneyKnowledge, localizer: Localizer) -> tuple[str, ...]:
    """What a card says whose payment was on its way when its gateway last told of it."""
    if known.unread:
        return (localizer.text(money_words.UNREAD),)
    body = localizer.text(money_words.PROCESSING)
    if known.answered_at is None:
        return (body,)
    return (body, localizer.text(words.AS_OF, at=localizer.format_date_time(known.answered_at)))


def cancel_sentence(known: MoneyKnowledge, localizer: Localizer) -> str:
    """The short answer to whoever pressed Cancel."""
    if known.money is MoneyClaim.NOTHING_TAKEN:
        return localizer.text(money_words.CANCELLED_NOTHING_TAKEN)
    if known.unread and known.money in (MoneyClaim.NOT_KNOWN, MoneyClaim.ON_ITS_WAY):
        return localizer.text(money_words.CANCELLED_UNREAD)
    if known.money is not MoneyClaim.NOT_KNOWN:
        return localizer.text(money_words.CANCELLED_PAID, known=money_sentence(known, localizer))
    if not known.askable:
        return localizer.text(money_words.CANCELLED_CANNOT_ASK)
    if known.is_asking:
        return localizer.text(money_words.CANCELLED_ASKING)
    return localizer.text(money_words.CANCELLED_NOT_KNOWN)


def check_sentence(known: MoneyKnowledge, localizer: Localizer) -> str:
    """The short answer to whoever says that they have paid."""
    if known.money is MoneyClaim.NOTHING_TAKEN and known.asked_at is None:
        return localizer.text(money_words.CHECK_NEVER_OPENED)
    return localizer.text(money_words.CHECKING if known.askable else money_words.CHECK_CANNOT_ASK)

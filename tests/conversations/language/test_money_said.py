"""What is said of somebody's money: one sentence for each thing that may be known of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from billing.claims import MoneyClaim, MoneyKnowledge
from billing.topups import TopUpStatus
from conversations.messages.claims import (
    cancel_sentence,
    check_sentence,
    money_sentence,
    processing_sentences,
    return_sentence,
    waiting_sentence,
)
from conversations.text.localizer import Localizer
from tests.support.dialogs.terms import NOW

EARLIER, LATER = NOW - timedelta(hours=2), NOW + timedelta(hours=2)
NOTHING, UNKNOWN = MoneyClaim.NOTHING_TAKEN, MoneyClaim.NOT_KNOWN
SAID_SO = "No money was taken: the payment service said so. As of Nov 23, 2026, 12:00\u202fPM UTC."
NOT_SEEN = "We have seen no payment. If you did pay, it will still be credited."
NOT_SEEN_AT = f"{NOT_SEEN} As of Nov 23, 2026, 12:00\u202fPM UTC."
ASKING = "are asking the payment service whether anything was paid"
UNREAD = "answered something that we cannot read"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (MoneyKnowledge(NOTHING), "No money was taken."),
        (MoneyKnowledge(NOTHING, EARLIER, NOW), SAID_SO),
        (MoneyKnowledge(NOTHING, NOW, NOW), SAID_SO),
        (MoneyKnowledge(NOTHING, NOW, EARLIER), "No money was taken."),
        (MoneyKnowledge(UNKNOWN), NOT_SEEN),
        (MoneyKnowledge(UNKNOWN, EARLIER, NOW), NOT_SEEN_AT),
        (MoneyKnowledge(MoneyClaim.TAKEN, EARLIER, NOW), "A payment has arrived."),
        (
            MoneyKnowledge(MoneyClaim.GONE_BACK, NOW, EARLIER),
            "A payment arrived and was sent back.",
        ),
    ],
)
def test_what_is_known_of_the_money_is_said_with_its_time(
    known: MoneyKnowledge, said: str
) -> None:
    """The gateway's word is told as of when it answered, and never while it is asked again."""
    assert money_sentence(known, Localizer()) == said


@pytest.mark.parametrize("asked", [(None, None), (NOW, None), (NOW, EARLIER), (EARLIER, NOW)])
def test_an_answer_that_cannot_be_read_is_said_before_all_else(
    asked: tuple[datetime | None, datetime | None],
) -> None:
    """Whoever may have paid hears that it is not lost, whatever was asked since."""
    known = MoneyKnowledge(UNKNOWN, asked[0], asked[1], unread=True)

    assert UNREAD in money_sentence(known, Localizer())
    assert UNREAD in waiting_sentence(known, "the card was declined.", Localizer())
    assert UNREAD in return_sentence(known, TopUpStatus.PROCESSING, Localizer())


@pytest.mark.parametrize("answered", [None, EARLIER])
def test_while_the_gateway_is_asked_that_is_said(answered: datetime | None) -> None:
    """Neither an older answer nor an older refusal of a card is told as the newest one."""
    known = MoneyKnowledge(UNKNOWN, NOW, answered)

    assert ASKING in money_sentence(known, Localizer())
    waiting = waiting_sentence(known, "the card was declined.", Localizer())
    assert waiting.startswith("We are asking the payment service since 12:00\u202fPM UTC")


@pytest.mark.parametrize(
    ("known", "why", "begins"),
    [
        (
            MoneyKnowledge(UNKNOWN, EARLIER, NOW),
            None,
            "At 12:00\u202fPM UTC the payment service had no",
        ),
        (
            MoneyKnowledge(UNKNOWN, EARLIER, NOW),
            "it was declined.",
            "The last try did not go through: it",
        ),
        (
            MoneyKnowledge(),
            "it was declined.",
            "The last try did not go through: it was declined. We have",
        ),
        (MoneyKnowledge(), None, "Pay on the payment page."),
    ],
)
def test_a_card_that_waits_says_what_was_seen_last(
    known: MoneyKnowledge, why: str | None, begins: str
) -> None:
    """A try that did not go through comes before an answer that nothing was seen."""
    assert waiting_sentence(known, why, Localizer()).startswith(begins)


@pytest.mark.parametrize(("asked", "answered"), [(None, None), (NOW, EARLIER), (EARLIER, NOW)])
def test_where_nobody_can_ask_nobody_is_told_that_we_do(
    asked: datetime | None, answered: datetime | None
) -> None:
    """Nor that what they paid will be credited; what is known without asking is said."""
    known, localizer = MoneyKnowledge(UNKNOWN, asked, answered, askable=False), Localizer()
    nothing = replace(known, money=NOTHING)

    assert not known.is_asking
    for said in (
        money_sentence(known, localizer),
        waiting_sentence(known, None, localizer),
        return_sentence(known, TopUpStatus.AWAITING_PAYMENT, localizer),
        cancel_sentence(known, localizer),
        check_sentence(known, localizer),
    ):
        assert "We cannot ask the payment service at the moment" in said
        assert "it is not lost" in said
        assert "credited" not in said
    closed = waiting_sentence(nothing, "declined.", localizer)
    assert closed.startswith("This way to pay is closed for now. No money was taken")
    assert cancel_sentence(nothing, localizer) == "Cancelled. No money was taken."


@pytest.mark.parametrize("status", TopUpStatus)
def test_whoever_comes_back_is_told_what_is_known_or_that_we_ask(status: TopUpStatus) -> None:
    """Nobody is told that their payment is asked for where no one asks any more."""
    ended = status in {TopUpStatus.CANCELLED, TopUpStatus.EXPIRED, TopUpStatus.FAILED}
    unknown = return_sentence(MoneyKnowledge(), status, Localizer())
    taken = return_sentence(MoneyKnowledge(MoneyClaim.TAKEN), status, Localizer())

    assert taken == "A payment has arrived."
    assert (unknown == NOT_SEEN) is ended
    assert "is on its way" not in unknown
    assert ended or "Your chat tells as soon as it has arrived." in unknown


@pytest.mark.parametrize("unread", [False, True])
def test_money_on_its_way_is_said_to_be_so_by_its_gateway(unread: bool) -> None:
    """Whatever the status was called; an answer that cannot be read since comes first."""
    known, localizer = MoneyKnowledge(MoneyClaim.ON_ITS_WAY, unread=unread), Localizer()
    said = (
        money_sentence(known, localizer),
        return_sentence(known, TopUpStatus.AWAITING_PAYMENT, localizer),
        *processing_sentences(known, localizer),
    )

    for each in said:
        assert ("on its way" in each, UNREAD in each) == (not unread, unread)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (MoneyClaim.TAKEN, "A payment has arrived."),
        (MoneyClaim.ON_ITS_WAY, "The payment service says that a payment is on its way."),
        (MoneyClaim.WITHHELD, "A payment arrived, and the payer's bank keeps the money"),
        (MoneyClaim.GONE_BACK, "A payment arrived and was sent back."),
    ],
)
@pytest.mark.parametrize("asked", [None, NOW])
def test_153_who_cancels_what_was_paid_hears_so(
    claim: MoneyClaim, said: str, asked: datetime | None
) -> None:
    """Nobody who paid is told that we ask whether they did, or that we have seen nothing."""
    told = cancel_sentence(MoneyKnowledge(claim, asked), Localizer())

    assert told.startswith(f"Cancelled. {said}")
    assert told.endswith("The message shows what becomes of it.")
    assert not any(word in told for word in ("asking", "seen no payment"))


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (MoneyKnowledge(NOTHING, NOW, EARLIER), "Cancelled. No money was taken."),
        (MoneyKnowledge(UNKNOWN, NOW), "Cancelled. We are asking the payment service"),
        (
            MoneyKnowledge(UNKNOWN, EARLIER, NOW),
            "Cancelled. We have seen no payment. What was paid is",
        ),
    ],
)
def test_whoever_cancels_is_told_what_is_known_of_the_money(
    known: MoneyKnowledge, said: str
) -> None:
    """A cancelled top-up that may have been paid is never called unpaid."""
    assert cancel_sentence(known, Localizer()).startswith(said)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (MoneyKnowledge(NOTHING), "No money was taken: no payment page was opened yet."),
        (MoneyKnowledge(NOTHING, NOW, NOW), "I am asking the payment service now."),
        (MoneyKnowledge(UNKNOWN), "I am asking the payment service now."),
    ],
)
def test_whoever_says_that_they_paid_is_told_that_it_is_looked_at(
    known: MoneyKnowledge, said: str
) -> None:
    """Only where no page was ever opened is nobody asked."""
    assert check_sentence(known, Localizer()).startswith(said)

"""Terms for tests of the conversation: two accounts, two methods, a clock that stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from billing.methods import Fee, PaymentMethod
from billing.money import Money
from billing.topups import Mode, TopUp, TopUpStatus
from bot.settings.gateways import METHOD_NAMES
from conversations.protocol.facts import AccountFacts, Terms, TopUpFacts, usual_limits
from conversations.text.localizer import Localizer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CARD = PaymentMethod("card", "sandbox", fee=Fee(basis_points=150))
BANK = PaymentMethod("bank_transfer", "sandbox")
TEAM_A = AccountFacts("team-a", "Team Alpha", "USD", Money(2_210, "USD"), Mode.SANDBOX, team=True)
TEAM_B = AccountFacts("team-b", "Team Beta", "EUR", Money(500, "EUR"), Mode.SANDBOX, team=True)


def terms(
    accounts: tuple[AccountFacts, ...] = (TEAM_A, TEAM_B),
    methods: tuple[PaymentMethod, ...] = (CARD, BANK),
    history: tuple[TopUpFacts, ...] = (),
    new_id: str = "00000000000000aa",
    locale: str = "en",
) -> Terms:
    """What is possible in a test."""
    return Terms(
        now=NOW,
        new_id=new_id,
        localizer=Localizer(locale),
        accounts=accounts,
        methods=methods,
        limits=usual_limits,
        support="billing@example.com",
        link_command="topup-bot accounts link ACCOUNT --telegram-person 7",
        history=history,
        method_names=METHOD_NAMES,
    )


def top_up(status: TopUpStatus = TopUpStatus.AWAITING_PAYMENT, minor: int = 5_000) -> TopUp:
    """A top-up of $50.00 plus a fee of $0.75, unless told otherwise."""
    amount = Money(minor, "USD")
    return TopUp(
        id="TU-7K3M9Q2X",
        account="team-a",
        amount=amount,
        fee=CARD.fee.for_amount(amount),
        method="card",
        gateway="sandbox",
        merchant_account="sandbox_merchant",
        mode=Mode.SANDBOX,
        status=status,
        revision=1,
        requester="telegram:9:7",
        card="00000000000000bb",
        created_at=NOW,
        expires_at=NOW.replace(hour=13),
        watched_until=NOW.replace(day=26),
    )


def facts(status: TopUpStatus = TopUpStatus.AWAITING_PAYMENT) -> TopUpFacts:
    """A top-up with what its card tells."""
    made = top_up(status)
    label = METHOD_NAMES[made.method].label
    return TopUpFacts(made, "Team Alpha", "7K3M", method_label=label)


def one_of_each() -> tuple[TopUpFacts, ...]:
    """A history: a top-up in every state, each with its own id."""
    return tuple(
        replace(known, top_up=replace(known.top_up, id=f"TU-7K3M9Q2{number}"))
        for number, known in enumerate(map(facts, TopUpStatus))
    )

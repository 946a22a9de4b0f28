"""What the bot knows while it speaks: facts of accounts and top-ups, and what is possible now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from billing.claims import NOT_ASKED, MoneyKnowledge
from billing.ledger import Movement
from billing.limits import Limits, limits_for
from billing.methods import MethodNames, PaymentMethod
from billing.money import Money
from billing.topups import Mode, Payment, TopUp
from conversations.text.localizer import Localizer


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account that this person may top up. `team` accounts have an approval threshold."""

    id: str
    title: str
    currency: str
    balance: Money
    mode: Mode
    team: bool = False
    country: str | None = None
    overdraft: Money | None = None


def usual_limits(account: AccountFacts) -> Limits:
    """What one top-up may be, where no operator and no way to pay says otherwise."""
    return limits_for(account.currency)


@dataclass(frozen=True, slots=True)
class TopUpFacts:
    """A top-up with everything its card tells. `code` also stands on the pay page.

    `transaction` and `balance` are known once credited. `held` are payments that were not applied,
    also those that were sent back since. `known` is what may be said about its money.
    `method_label` names its way to pay, in English; where that is not known, its key is shown.
    """

    top_up: TopUp
    account_title: str
    code: str
    payment: Payment | None = None
    held: tuple[Payment, ...] = ()
    transaction: str | None = None
    balance: Money | None = None
    known: MoneyKnowledge = NOT_ASKED
    method_label: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is possible here and now for one person. `new_id` is fresh for this step.

    `link_command` is what an operator types to let the person in; `history` is their last
    top-ups, newest first, and all that are still open; `named` is the one that the event is about,
    however old. `barred` is why this person is not served at all, as title and body.
    `modes` tells which kind of money each gateway takes; `live_closed` that none takes real money
    now. `own_commands` says that the chat has a command for each topic, `/balance`, and not only
    `/topup balance`. `administered` says that the bot must be an administrator of a group to be
    told who is in it, and `doubtful` that the person may have more accounts than are known here.
    `method_names` are those of all ways to pay that there are, offered or not, by their keys.
    """

    now: datetime
    new_id: str
    localizer: Localizer
    accounts: tuple[AccountFacts, ...]
    methods: tuple[PaymentMethod, ...]
    limits: Callable[[AccountFacts], Limits]
    support: str
    link_command: str
    history: tuple[TopUpFacts, ...] = ()
    named: TopUpFacts | None = None
    last_account: str | None = None
    last_method: str | None = None
    barred: tuple[str, str] | None = None
    modes: Mapping[str, Mode] = field(default_factory=dict)
    own_commands: bool = False
    movements: tuple[Movement, ...] = ()
    live_closed: bool = False
    administered: bool = False
    doubtful: bool = False
    method_names: Mapping[str, MethodNames] = field(default_factory=dict)

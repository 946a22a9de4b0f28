"""Collects the facts that a conversation needs from the rows of one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from billing.claims import Observer, assess_money
from billing.ledger import credit_reference
from billing.methods import PaymentMethod
from billing.topups import CREDITED_STATUSES, OPEN_STATUSES, Disposition, Mode, Payment, TopUp
from conversations.messages.history import HISTORY_MAX
from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.facts import AccountFacts, Terms, TopUpFacts
from conversations.text.localizer import Localizer
from conversations.words.surface_words import BARRED, NOT_TOLD
from service.common.context import Context
from service.common.services import Services
from service.people.access import AllowedAccount, Doubt, account_facts
from service.people.account_links import link_command
from service.people.people import existing_name
from service.ports.store import Account, Attempt, Tx

# Beyond the last ones, so many are looked through for those that are still open.
OPEN_MAX = 30
NOT_APPLIED = (Disposition.HELD, Disposition.REFUNDED)
# Why somebody is not served of whom it is not known which accounts are theirs.
DOUBTED = {Doubt.SILENT: BARRED[Membership.UNKNOWN], Doubt.REFUSED: NOT_TOLD}


def terms_for(
    context: Context, key: ConversationKey, found: tuple[AllowedAccount, ...], localizer: Localizer
) -> Terms:
    """What is possible here and now for one person."""
    services = context.services
    accounts = tuple(account_facts(one) for one in found)
    traits = services.traits_of(key.platform)
    # The last ones alone: an older one is found when somebody names it.
    mine = context.tx.top_ups.of_requester(existing_name(context.tx, key), OPEN_MAX)
    credited = [one for one in mine if one.status in CREDITED_STATUSES]
    told = [one for at, one in enumerate(mine) if at < HISTORY_MAX or one.status in OPEN_STATUSES]
    return Terms(
        now=context.now,
        new_id=services.sources.new_card_id(),
        localizer=localizer,
        accounts=accounts,
        methods=_methods(accounts, services),
        method_names=services.method_names,
        modes={one.gateway: Mode(one.mode) for one in services.merchants},
        limits=services.limits,
        support=services.support,
        link_command=link_command(key, traits),
        history=tuple(facts_of(context, told, readable_accounts(accounts))),
        last_account=mine[0].account if mine else None,
        last_method=credited[0].method if credited else None,
        own_commands=traits.menu_commands,
        live_closed=not services.live_open,
        administered=traits.members_told_to_admins,
    )


def with_doubt(terms: Terms, doubt: Doubt | None, about: frozenset[str] = frozenset()) -> Terms:
    """The terms where it is not known of all linked channels whether the person is in them.

    Nothing is done about an account that may be theirs, and nobody is told that they have none.
    """
    known = {account.id for account in terms.accounts}
    if doubt is None or terms.barred is not None:
        return terms
    if known and about <= known:
        return replace(terms, doubtful=doubt is Doubt.SILENT)
    return replace(terms, accounts=(), barred=DOUBTED[doubt])


def with_movements(tx: Tx, terms: Terms) -> Terms:
    """The same terms with what last moved in all accounts that the person may see."""
    moved = (
        movement
        for one in terms.accounts
        # A person reads the last ten; what is older stands in the ledger.
        for movement in tx.ledger.newest(one.id, one.currency, HISTORY_MAX)
    )
    return replace(terms, movements=tuple(moved))


def with_top_up(context: Context, terms: Terms, top_up_id: str, key: ConversationKey) -> Terms:
    """The same terms with this person's top-up of that id at hand, however old it is."""
    top_up = context.tx.top_ups.get(top_up_id)
    if top_up is None or top_up.requester != existing_name(context.tx, key):
        return terms
    return replace(terms, named=top_up_facts(context, top_up, readable_accounts(terms.accounts)))


def readable_accounts(accounts: Iterable[AccountFacts]) -> frozenset[str]:
    """The accounts whose balance somebody may read who may use these."""
    return frozenset(one.id for one in accounts)


def top_up_facts(
    context: Context, top_up: TopUp, balances: frozenset[str] = frozenset()
) -> TopUpFacts:
    """A top-up with everything its card tells; see `facts_of`."""
    (found,) = facts_of(context, [top_up], balances)
    return found


def facts_of(
    context: Context, top_ups: Sequence[TopUp], balances: frozenset[str] = frozenset()
) -> list[TopUpFacts]:
    """Top-ups with everything their cards tell, in their order; as many queries as for one.

    A top-up stays its person's, and the balance does not: it is told of the accounts `balances`,
    which whoever reads this may use now.
    """
    tx = context.tx
    if not top_ups:
        return []
    accounts = {each.id: each for each in tx.accounts.named({one.account for one in top_ups})}
    payments: dict[str | None, list[Payment]] = {one.id: [] for one in top_ups}
    for payment in tx.payments.of_top_up(*(one.id for one in top_ups)):
        payments[payment.top_up].append(payment)
    applied = [one for each in payments.values() for one in each if _is_applied(one)]
    booked = tx.ledger.find(*map(credit_reference, applied))
    attempts: dict[str, list[Attempt]] = {one.id: [] for one in top_ups}
    for attempt in tx.top_ups.attempts(*(one.id for one in top_ups)):
        attempts[attempt.top_up].append(attempt)
    found = [
        replace(
            _facts(one, accounts.get(one.account), payments[one.id], booked, context.services),
            known=assess_money(attempts[one.id], payments[one.id], _observer(one, context)),
        )
        for one in top_ups
    ]
    return [one if one.top_up.account in balances else replace(one, balance=None) for one in found]


def _observer(top_up: TopUp, context: Context) -> Observer:
    """What may keep us from knowing what became of this top-up's money."""
    since, copied = context.services.recovering_since, context.services.copied_at
    before = since is not None and top_up.created_at <= since
    return Observer(
        can_ask=context.services.asks(top_up.gateway, top_up.mode),
        now=context.now,
        recovering_since=since if before else None,
        copied_at=copied if copied is not None and top_up.created_at <= copied else None,
    )


def _facts(
    top_up: TopUp,
    account: Account | None,
    payments: Sequence[Payment],
    booked: Mapping[str, str],
    services: Services,
) -> TopUpFacts:
    applied = next(filter(_is_applied, payments), None)
    transaction = booked.get(credit_reference(applied)) if applied else None
    names = services.method_names.get(top_up.method)
    return TopUpFacts(
        top_up=top_up,
        account_title=account.title if account else top_up.account,
        code=services.page_code(top_up.id, top_up.revision, top_up.created_at),
        payment=applied or (payments[-1] if payments else None),
        held=tuple(one for one in payments if one.disposition in NOT_APPLIED),
        transaction=transaction,
        balance=account.balance if account and transaction else None,
        method_label=names.label if names else "",
    )


def _is_applied(payment: Payment) -> bool:
    return payment.disposition is Disposition.APPLIED


def _methods(accounts: tuple[AccountFacts, ...], services: Services) -> tuple[PaymentMethod, ...]:
    """The ways to pay whose gateway takes the kind of money these accounts hold."""
    modes = {str(one.mode) for one in accounts}
    taking = {
        one.gateway
        for one in services.merchants
        if one.mode in modes and services.deals_in(one.mode)
    }
    return tuple(method for method in services.methods if method.gateway in taking)

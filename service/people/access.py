"""Who may use which account, at this moment. Denied unless a link allows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from billing.topups import Mode
from conversations.protocol.events import ConversationKey, Idle, Membership
from conversations.protocol.facts import AccountFacts
from conversations.protocol.places import without_thread, write_place
from conversations.words.surface_words import BARRED
from service.common.context import Context
from service.people import people
from service.ports.store import Account, Card, Link, LinkKind, Tx

SIGNUP_CURRENCY = "USD"
SIGNUP_THRESHOLD_MINOR = 2_000
TITLE_MAX = 60
# A payment is told to members of a channel that late, without asking whether they still are.
MEMBER_FOR = timedelta(days=1)


class Doubt(StrEnum):
    """Why nobody knows whether a person is in some linked channel."""

    # The platform does not say, or not in time: it may in a minute.
    SILENT = auto()
    # It tells nobody, until somebody changes something there.
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class CheckedPerson:
    """A person as their platform says at this moment, and the linked channels they are in."""

    key: ConversationKey
    membership: Membership = Membership.MEMBER
    channels: frozenset[str] = frozenset()
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class AllowedAccount:
    """An account and the links that let the person in."""

    account: Account
    links: tuple[Link, ...]


def accounts_of_checked(tx: Tx, who: CheckedPerson) -> tuple[AllowedAccount, ...]:
    """The accounts of a person; none for whoever is no member, or nobody knows."""
    return () if who.membership in BARRED else accounts_of(tx, who.key, who.channels)


def accounts_of(
    tx: Tx, key: ConversationKey, channels: frozenset[str]
) -> tuple[AllowedAccount, ...]:
    """The accounts of a person who is in these channels right now, by id."""
    names = {key.tenant, key.person, *channels}
    links = [
        link for link in tx.accounts.links_to(key.platform, names) if _opens(link, key, channels)
    ]
    accounts = tx.accounts.named({link.account for link in links})
    return tuple(
        AllowedAccount(account, tuple(link for link in links if link.account == account.id))
        for account in accounts
    )


def may_read(tx: Tx, card: Card, account: str, acted_at: datetime, now: datetime) -> bool:
    """Whether a link of now lets whoever reads a card see what that account holds.

    Who is in which channel was asked when they acted, which counts for a day; from then on only
    those of the channel that the card stands in are known to be in it.
    """
    links = tx.accounts.links(account)
    if now - acted_at < MEMBER_FOR:
        channels = frozenset(link.external_id for link in links)
    else:
        channels = frozenset({write_place(without_thread(card.chat.place))})
    key = ConversationKey(card.chat.platform, card.chat.tenant, card.chat.id, card.person)
    return any(_opens(link, key, channels) for link in links)


def account_facts(found: AllowedAccount) -> AccountFacts:
    """An allowed account as the conversation knows it."""
    account = found.account
    return AccountFacts(
        id=account.id,
        title=account.title,
        currency=account.currency,
        balance=account.balance,
        mode=account.mode,
        team=all(link.kind is not LinkKind.PERSON for link in found.links),
        country=account.country,
        overdraft=account.overdraft,
    )


def channels_to_ask(tx: Tx, key: ConversationKey) -> tuple[str, ...]:
    """The channels whose membership would open what nothing else opens, the likeliest first."""
    links = tx.accounts.channels(key.platform, key.tenant)
    if not links or not key.person:
        return ()
    open_anyway = {one.account.id for one in accounts_of(tx, key, frozenset())}
    likely = _in_hand(tx, key)
    ordered = sorted(links, key=lambda link: (link.account not in likely, link.external_id))
    return tuple(
        dict.fromkeys(link.external_id for link in ordered if link.account not in open_anyway)
    )


def _in_hand(tx: Tx, key: ConversationKey) -> set[str | None]:
    """The accounts that the person topped up last, or is about to."""
    saved = tx.conversations.load(key)
    # The last alone: it is the one that a next message is most likely about.
    last = {top_up.account for top_up in tx.top_ups.of_requester(people.existing_name(tx, key), 1)}
    if saved is None or isinstance(saved.state, Idle):
        return {*last}
    return {*last, saved.state.draft.account}


def open_signup_account(context: Context, key: ConversationKey, name: str) -> None:
    """Give a person an account of their own, once, where signing up is open."""
    if not context.services.signup_open or not context.services.traits_of(key.platform).signup:
        return
    person = people.person_name(context, key)
    account = Account(
        # The ledger names accounts, and must not name people by what others know them by.
        id=person,
        title=one_line(name) or key.person,
        currency=SIGNUP_CURRENCY,
        mode=Mode.SANDBOX,
        threshold_minor=SIGNUP_THRESHOLD_MINOR,
    )
    if not context.tx.accounts.add(account, context.now):
        # Once there were links to it, and an operator took them.
        return
    link = Link(account.id, key.platform, "", LinkKind.PERSON, key.person)
    context.tx.accounts.link(link, context.now)
    context.audit(person, "account_opened", account.id, {"currency": account.currency})


def one_line(name: str) -> str:
    """A name as a title: one line, cut where gateways would refuse it."""
    return " ".join(name.split())[:TITLE_MAX]


def _opens(link: Link, key: ConversationKey, channels: frozenset[str]) -> bool:
    return _same_place(link, key) and link.external_id in _names(link.kind, key, channels)


def _names(kind: LinkKind, key: ConversationKey, channels: frozenset[str]) -> frozenset[str]:
    """What a link of that kind may name, to open to this person."""
    match kind:
        case LinkKind.TEAM:
            return frozenset({key.tenant})
        case LinkKind.CHANNEL:
            return channels
        case LinkKind.PERSON:
            return frozenset({key.person})


def _same_place(link: Link, key: ConversationKey) -> bool:
    return link.platform == key.platform and link.tenant in ("", key.tenant)

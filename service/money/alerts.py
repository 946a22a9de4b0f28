"""Use case: after a posting, tell a low balance once, and resolve it once it is restored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from billing.alerts import Crossing, detect_crossing
from billing.money import Money
from conversations.messages.alert_cards import BalanceAlertFacts, alert_card
from conversations.protocol.events import ConversationKey
from conversations.protocol.places import Chat, read_chat
from conversations.text.localizer import Localizer
from service.cards.cards import stable_card_id, want_card
from service.common.context import Context
from service.common.services import Services
from service.ports.store import Account, Card, Link, LinkKind, Tx


def update_alert(context: Context, account_id: str) -> None:
    """Look at an account's balance after it moved."""
    account = context.tx.accounts.get(account_id)
    if account is None or account.threshold_minor is None:
        return
    crossing = detect_crossing(
        latched=account.alert_card is not None,
        after_minor=account.balance_minor,
        threshold_minor=account.threshold_minor,
    )
    match crossing:
        case None:
            if account.alert_card is not None:
                _tell(context, account, account.alert_card, resolved=False)
        case Crossing.WENT_LOW:
            alert = context.services.sources.new_card_id()
            context.tx.accounts.set_alert_card(account.id, alert)
            _tell(context, account, alert, resolved=False)
        case Crossing.RESTORED:
            _tell(context, account, account.alert_card or "", resolved=True)
            context.tx.accounts.set_alert_card(account.id, None)
        case _:
            assert_never(crossing)


def is_alert_standing(tx: Tx, account_id: str) -> bool:
    """Whether an account is low, and an alert of it was told."""
    account = tx.accounts.get(account_id)
    return account is not None and account.alert_card is not None


def show_alert_again(context: Context, account_id: str) -> None:
    """Show an alert that stands to all who read it now; whoever came later has not seen it."""
    account = context.tx.accounts.get(account_id)
    if account is not None and account.alert_card is not None:
        _tell(context, account, account.alert_card, resolved=False)


def alert_has_no_readers(account: Account, links: Sequence[Link]) -> bool:
    """Whether there is an alert that nobody could read: a whole workspace is no one place."""
    return account.threshold_minor is not None and not _reading(links)


def _tell(context: Context, account: Account, alert: str, *, resolved: bool) -> None:
    facts = BalanceAlertFacts(
        account=account.id,
        account_title=account.title,
        balance=account.balance,
        threshold=Money(account.threshold_minor or 0, account.currency),
        resolved=resolved,
        overdraft=account.overdraft,
    )
    for link in _readers(context.tx, account.id):
        chat = read_chat(link.platform, _tenant(link, context.services), link.external_id)
        localizer = _speaker(context, link, chat)
        card = Card(
            id=stable_card_id(alert, link.platform, link.tenant, link.external_id),
            chat=chat,
            person=link.external_id if link.kind is LinkKind.PERSON else "",
            locale=localizer.locale,
            zone=localizer.zone,
            wanted=alert_card(facts, localizer),
            wanted_rev=1,
            subject=account.id,
        )
        want_card(context, card)


def _speaker(context: Context, link: Link, chat: Chat) -> Localizer:
    """A person reads in the language of our last talk; a channel in the default one."""
    person = link.external_id if link.kind is LinkKind.PERSON else ""
    saved = context.tx.conversations.load(
        ConversationKey(chat.platform, chat.tenant, chat.id, person)
    )
    services = context.services
    return services.localizer(saved.locale, saved.zone) if saved else services.localizer()


def _readers(tx: Tx, account: str) -> tuple[Link, ...]:
    """The account's channels; its persons where it has none."""
    return _reading(tx.accounts.links(account))


def _reading(links: Sequence[Link]) -> tuple[Link, ...]:
    channels = tuple(link for link in links if link.kind is LinkKind.CHANNEL)
    return channels or tuple(link for link in links if link.kind is LinkKind.PERSON)


def _tenant(link: Link, services: Services) -> str:
    return link.tenant or services.tenants.get(link.platform, "")

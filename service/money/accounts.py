"""Use cases of an operator: add accounts, link people, agree on overdrafts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.amounts.amounts import AmbiguousAmount, AmountContext, parse_amount
from billing.limits import limits_for
from billing.money import Money, currency_exponent, format_money, is_country, to_decimal
from billing.tender import is_tender, successor_currency
from billing.topups import Mode
from conversations.protocol.events import ConversationKey
from conversations.protocol.people import Person
from service.common.context import Context
from service.common.errors import OperatorError as OperatorError
from service.money import alerts
from service.people.access import TITLE_MAX, accounts_of, one_line, open_signup_account
from service.people.account_links import describe_link as describe_link
from service.people.account_links import parse_link as parse_link
from service.ports.chats import Traits
from service.ports.store import Account, Link, LinkKind, Tx

OPERATOR = "operator"
# So many digits after a mark are decimals in a dinar, and a group elsewhere.
_GROUP_DIGITS = 3
_ID = re.compile(r"[a-z][a-z0-9-]{1,39}")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account as an operator describes it, in text."""

    id: str
    title: str
    currency: str
    mode: str
    alert_below: str
    country: str = ""
    overdraft: str = ""


def add_account(tx: Tx, wanted: NewAccount, now: datetime) -> None:
    """Add an account with nothing on it. Raises OperatorError."""
    if not _ID.fullmatch(wanted.id):
        raise OperatorError(
            f"{wanted.id}: an account id has 2 to 40 characters of a-z, 0-9 and -, and begins "
            "with a letter, such as acme-cloud."
        )
    currency = wanted.currency.upper()
    if not is_tender(currency):
        raise OperatorError(_no_tender(wanted.currency))
    if wanted.mode not in list(Mode):
        raise OperatorError(f"{wanted.mode}: a mode is sandbox or live.")
    if one_line(wanted.title) != wanted.title:
        raise OperatorError(f"--title: one line of at most {TITLE_MAX} characters.")
    country = wanted.country.upper() or None
    if country is not None and not is_country(country):
        raise OperatorError(f"{wanted.country}: no ISO country code such as DE.")
    threshold = read_amount(wanted.alert_below, currency) if wanted.alert_below else None
    account = Account(
        id=wanted.id,
        title=wanted.title,
        currency=currency,
        mode=Mode(wanted.mode),
        threshold_minor=threshold.minor if threshold else None,
        country=country,
        overdraft_minor=_overdraft(wanted.overdraft or "0", currency).minor or None,
    )
    if not tx.accounts.add(account, now):
        raise OperatorError(f"{wanted.id}: there is an account of that id already.")
    tx.audit.write(now, OPERATOR, "account_added", account.id, {"currency": currency})


def link_account(tx: Tx, wanted: Link, now: datetime, name: str = "") -> None:
    """Let somebody use an account; linking twice is the same as once. Raises OperatorError.

    `name` is what the audit trail calls a person who has no name there yet.
    """
    if tx.accounts.get(wanted.account) is None:
        raise OperatorError(f"{wanted.account}: no such account. See: topup-bot accounts list")
    if tx.accounts.link(wanted, now):
        detail = {"to": _in_the_trail(tx, wanted, now, name)}
        tx.audit.write(now, OPERATOR, "account_linked", wanted.account, detail)


def unlink_account(tx: Tx, link: Link, reason: str, now: datetime) -> None:
    """Let somebody use an account no more, from their next press on. Raises OperatorError."""
    if not tx.accounts.unlink(link):
        raise OperatorError(
            f"{describe_link(link)} may not use {link.account}. See: topup-bot accounts list"
        )
    detail = {"from": _in_the_trail(tx, link, now), "reason": reason}
    tx.audit.write(now, OPERATOR, "account_unlinked", link.account, detail)


def _in_the_trail(tx: Tx, link: Link, now: datetime, name: str = "") -> str:
    """Whom a link is for, without what leads to a person."""
    who = link.external_id
    if link.kind is LinkKind.PERSON:
        known = tx.people.find_all(link.platform, link.external_id)
        person = Person(link.platform, link.tenant, link.external_id)
        who = next(iter(known), "") or (tx.people.add(person, name, now) if name else "")
    return f"{link.platform} {link.kind} {who}".rstrip()


def set_overdraft(tx: Tx, account_id: str, text: str, reason: str, now: datetime) -> Money:
    """Say how far below zero an account may go: `0` for not at all. Raises OperatorError."""
    account = tx.accounts.lock(account_id)
    if account is None:
        raise OperatorError(f"{account_id}: no such account. See: topup-bot accounts list")
    agreed = _overdraft(text, account.currency)
    tx.accounts.set_overdraft(account.id, agreed.minor or None)
    detail = {"overdraft_minor": agreed.minor, "currency": account.currency, "reason": reason}
    tx.audit.write(now, OPERATOR, "overdraft_set", account.id, detail)
    return agreed


def list_accounts(tx: Tx) -> list[dict[str, Any]]:
    """The accounts as plain facts, for a table or JSON."""
    links: dict[str, list[Link]] = {}
    for one in tx.accounts.links():
        links.setdefault(one.account, []).append(one)
    return [
        {
            "id": account.id,
            "title": account.title,
            "currency": account.currency,
            "mode": str(account.mode),
            "balance": format_money(account.balance),
            "balance_minor": account.balance_minor,
            "alert_below": _threshold(account),
            "alert_below_minor": account.threshold_minor,
            "overdraft_minor": account.overdraft_minor,
            "country": account.country,
            "alert_unread": alerts.alert_has_no_readers(account, links.get(account.id, ())),
            "links": [describe_link(one) for one in links.get(account.id, ())],
        }
        for account in tx.accounts.all()
    ]


def unread_alert_sentence(tx: Tx, account_id: str, traits: Traits) -> str:
    """What to say to an operator while nobody could read an account's alert; "" otherwise."""
    account = tx.accounts.get(account_id)
    if account is None or not alerts.alert_has_no_readers(account, tx.accounts.links(account_id)):
        return ""
    flags = ", ".join(_flags(LinkKind.CHANNEL, traits) + _flags(LinkKind.PERSON, traits))
    return (
        f"Nobody reads the alert of {account_id} below {_threshold(account)} yet: link a channel, "
        f"a group or a person ({flags})."
    )


def _flags(kind: LinkKind, traits: Traits) -> list[str]:
    """The options that link somebody of that kind."""
    options = [option for each in traits.values() for option in each.link_options]
    return [each.flag for each in options if each.kind is kind and not each.hidden]


def open_own_account(context: Context, key: ConversationKey) -> None:
    """An account for whoever sits at this terminal, unless there is one already."""
    if not accounts_of(context.tx, key, frozenset()):
        open_signup_account(context, key, "")


def _threshold(account: Account) -> str | None:
    if account.threshold_minor is None:
        return None
    return format_money(Money(account.threshold_minor, account.currency))


def _overdraft(text: str, currency: str) -> Money:
    return Money(0, currency) if text == "0" else read_amount(text, currency)


def read_amount(text: str, currency: str) -> Money:
    """An amount that an operator typed, with a dot before its decimals. Raises OperatorError."""
    reading = parse_amount(text, AmountContext(currency, "en", None, None))
    match reading:
        case Money() if reading.currency == currency:
            return reading
        case AmbiguousAmount((own, other)) if (
            own.minor < other.minor and currency_exponent(currency) >= _GROUP_DIGITS
        ):
            # Nobody can be asked, and 18.600 has the decimals of a dinar.
            return own
        case AmbiguousAmount(readings):
            both = " or ".join(map(_in_digits, readings))
            raise OperatorError(f"{text}: it can be read in two ways. Write {both}.")
        case _:
            example = _in_digits(limits_for(currency).minimum)
            raise OperatorError(f"{text}: no amount in {currency} such as {example}.")


def _in_digits(amount: Money) -> str:
    return f"{to_decimal(amount):f}"


def _no_tender(typed: str) -> str:
    meant = successor_currency(typed.upper())
    if meant is None:
        return f"{typed}: no ISO code of a currency that is paid in today, such as USD."
    return f"{typed}: nobody pays in it any more. Did you mean {meant}?"

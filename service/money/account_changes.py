"""Use case of an operator: change what an account is called, or when it alerts."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.protocol.people import PERSON
from service.common.context import Context
from service.common.errors import OperatorError
from service.money import alerts
from service.money.accounts import OPERATOR, read_amount
from service.people.access import TITLE_MAX, one_line
from service.ports.store import Account, Link, LinkKind, Tx

NO_ALERT = "none"
# The trail stays for good, so it names nobody: whoever signed up is what the account is called.
_NAME = "(a name)"


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an operator wants to be otherwise, in text; "" is left as it is."""

    title: str = ""
    alert_below: str = ""
    reason: str = ""


def change_account(context: Context, account_id: str, wanted: AccountChange) -> Account:
    """Change an account, and write down what it was before. Raises OperatorError."""
    tx = context.tx
    before = tx.accounts.get(account_id)
    if before is None:
        raise OperatorError(f"{account_id}: no such account. See: topup-bot accounts list")
    if not (wanted.title or wanted.alert_below):
        raise OperatorError(f"Say what changes: --title, or --alert-below AMOUNT (or {NO_ALERT}).")
    if wanted.title:
        _rename(tx, before, wanted.title)
    if wanted.alert_below:
        _set_threshold(tx, before, wanted.alert_below)
    after = tx.accounts.get(account_id) or before
    detail = _facts(tx, before, "before") | _facts(tx, after, "after")
    if wanted.reason:
        detail["reason"] = wanted.reason
    context.audit(OPERATOR, "account_changed", account_id, detail)
    alerts.update_alert(context, account_id)
    return after


def _rename(tx: Tx, account: Account, title: str) -> None:
    if one_line(title) != title:
        raise OperatorError(f"--title: one line of at most {TITLE_MAX} characters.")
    tx.accounts.set_title(account.id, title)


def _set_threshold(tx: Tx, account: Account, text: str) -> None:
    if text == NO_ALERT:
        tx.accounts.set_threshold(account.id, None)
        # An alert that stands tells of a rule that is gone: nothing will resolve it.
        tx.accounts.set_alert_card(account.id, None)
        return
    tx.accounts.set_threshold(account.id, read_amount(text, account.currency).minor)


def _facts(tx: Tx, account: Account, when: str) -> dict[str, str]:
    threshold = account.threshold_minor
    return {
        f"title_{when}": _NAME if _is_signed_up(tx, account) else account.title,
        f"alert_below_minor_{when}": NO_ALERT if threshold is None else str(threshold),
    }


def _is_signed_up(tx: Tx, account: Account) -> bool:
    """Whether it bears a person's own name; before people had names, its id was theirs."""
    own = (f"{each.platform}-{each.external_id}" for each in _persons(tx, account))
    return account.id.startswith(PERSON) or account.id in own


def _persons(tx: Tx, account: Account) -> list[Link]:
    return [link for link in tx.accounts.links(account.id) if link.kind is LinkKind.PERSON]

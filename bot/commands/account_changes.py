"""The command that changes an account later: accounts set."""

from __future__ import annotations

from typing import Annotated

import typer

from billing.money import Money, format_money
from bot.commands.common import AccountId, clean_reason, transact
from bot.commands.printing import say
from bot.settings.config import load
from bot.wiring.services import services_of
from service.common.context import context_of
from service.common.ids import system_sources
from service.money import account_changes
from service.ports.store import Account


def accounts_set(
    account: AccountId,
    title: Annotated[str, typer.Option(help="What people read from now on.")] = "",
    alert_below: Annotated[
        str, typer.Option(help="Tell when less is left; `none` for no alert.")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit trail.")] = "",
) -> None:
    """Change what an account is called, or below which balance it alerts."""
    config = load()
    services = services_of(config, system_sources(config.playground.clock_offset_file))
    wanted = account_changes.AccountChange(
        title, alert_below, clean_reason(reason) if reason else ""
    )
    changed = transact(
        lambda tx: account_changes.change_account(context_of(tx, services), account, wanted)
    )
    say(f"{account} is “{changed.title}” and alerts {_threshold(changed)}.")


def _threshold(account: Account) -> str:
    if account.threshold_minor is None:
        return "at no balance"
    return f"below {format_money(Money(account.threshold_minor, account.currency))}"

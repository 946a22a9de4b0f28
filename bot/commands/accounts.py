"""Commands about accounts: add, list, link, draw from them, correct."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from billing.money import format_money
from bot.commands.common import (
    AccountId,
    AsJson,
    Reason,
    clean_reason,
    read,
    say_database,
    transact,
)
from bot.commands.link_options import Whom, takes_links
from bot.commands.printing import note, print_json, print_table, say
from bot.settings.alone import clock_offset_file
from bot.settings.config import load
from bot.wiring.services import services_of
from bot.wiring.traits import TRAITS
from service.common.context import context_of
from service.common.ids import system_sources
from service.money import accounts, alerts, charges
from service.people.account_links import describe_link, parse_link, stored_link
from service.ports.store import Link, Tx

app = typer.Typer(no_args_is_help=True, help="Accounts, and who may use them.")

Overdraw = Annotated[
    bool, typer.Option("--overdraw", help="Also where it goes below what is agreed.")
]


@app.command("add")
def accounts_add(
    account: AccountId,
    title: Annotated[str, typer.Option(help="What people read.")] = "",
    currency: Annotated[str, typer.Option(help="ISO code.")] = "USD",
    mode: Annotated[str, typer.Option(help="sandbox, or live for real money.")] = "sandbox",
    alert_below: Annotated[str, typer.Option(help="Tell when less is left.")] = "",
    country: Annotated[str, typer.Option(help="ISO code; only ways to pay there fit.")] = "",
    overdraft: Annotated[str, typer.Option(help="How far below zero it may go.")] = "",
) -> None:
    """Add an account whose balance this bot keeps."""
    sources = system_sources(clock_offset_file())
    wanted = accounts.NewAccount(
        account, title or account, currency, mode, alert_below, country, overdraft
    )
    transact(lambda tx: accounts.add_account(tx, wanted, sources.now()), new=True)
    say(f"Added {account}. Next: topup-bot accounts link {account} --help")
    _say_unread(account)


@app.command("list")
def accounts_list(as_json: AsJson = False) -> None:
    """List the accounts, their balances and who may use them."""
    rows = read(accounts.list_accounts)
    if as_json:
        print_json(rows)
        return
    if not rows:
        say("There is no account yet. Next: topup-bot accounts add --help")
    else:
        print_table([*map(_shown, rows)])
    say_database()


def _shown(row: dict[str, Any]) -> dict[str, str]:
    return {
        "Account": row["id"],
        "Title": row["title"],
        "Balance": row["balance"],
        "Mode": row["mode"],
        "Alert below": _alert(row),
        "Linked to": ", ".join(row["links"]) or "nobody",
    }


def _alert(row: dict[str, Any]) -> str:
    unread = ", read by nobody" if row["alert_unread"] else ""
    return f"{row['alert_below'] or 'no alert'}{unread}"


def _say_unread(account: str) -> None:
    unread = transact(lambda tx: accounts.unread_alert_sentence(tx, account, TRAITS))
    if unread:
        say(unread)


@app.command("link")
@takes_links
def accounts_link(account: AccountId, whom: Whom) -> None:
    """Let a Slack team, a Slack channel or a Telegram person use an account."""
    sources = system_sources(clock_offset_file())
    wanted = [parse_link(account, traits, option.kind, typed) for traits, option, typed in whom]

    def work(tx: Tx) -> None:
        for link in wanted:
            accounts.link_account(tx, link, sources.now(), sources.new_person_name())

    transact(work)
    for link in wanted:
        say(f"Linked {account} to {describe_link(link)}.")
    for _, option, _ in whom:
        if option.next_step:
            say(option.next_step)
    _say_unread(account)
    if transact(lambda tx: alerts.is_alert_standing(tx, account)):
        config = load()
        services = services_of(config, system_sources(config.playground.clock_offset_file))
        transact(lambda tx: alerts.show_alert_again(context_of(tx, services), account))


@app.command("unlink")
@takes_links
def accounts_unlink(account: AccountId, reason: Reason, whom: Whom) -> None:
    """Take that leave back: it counts from the next press on. Open top-ups stay as they are."""
    now, line = system_sources(clock_offset_file()).now(), clean_reason(reason)

    def work(tx: Tx) -> list[Link]:
        links = [
            stored_link(tx, account, traits, option.kind, typed) for traits, option, typed in whom
        ]
        for link in links:
            accounts.unlink_account(tx, link, line, now)
        return links

    for link in transact(work):
        say(f"Unlinked {account} from {describe_link(link)}.")
    _say_unread(account)


@app.command("overdraft")
def accounts_overdraft(
    account: AccountId,
    amount: Annotated[str, typer.Argument(help="How far below zero it may go; 0: not at all.")],
    reason: Reason,
) -> None:
    """Agree how far below zero an account may go. `charge` refuses to go further."""
    now, line = system_sources(clock_offset_file()).now(), clean_reason(reason)
    agreed = transact(lambda tx: accounts.set_overdraft(tx, account, amount, line, now))
    say(f"{account} may go down to {format_money(-agreed)}.")


def charge(
    account: AccountId,
    amount: Annotated[str, typer.Argument(help="How much to draw, such as 12.50.")],
    key: Annotated[str, typer.Option(help="Idempotency key: the same key draws once.")] = "",
    reason: Reason = charges.USUAL_REASON,
    overdraw: Overdraw = False,
) -> None:
    """Draw a balance down, as a program that spends from it does."""
    config = load()
    services = services_of(config, system_sources(config.playground.clock_offset_file))
    wanted = charges.ChargeRequest(account, amount, key, clean_reason(reason), overdraw)

    def draw(tx: Tx) -> tuple[bool, str]:
        context = context_of(tx, services)
        return charges.was_charged(context, wanted), charges.charge_account(context, wanted)

    drew, left = transact(draw)
    if drew:
        note(f"Nothing was drawn: --key {key} drew this amount already, and draws once.")
    say(left)


def correct(
    transaction: Annotated[str, typer.Argument(metavar="TX", help="Such as TX-000042.")],
    reason: Reason,
    overdraw: Overdraw = False,
) -> None:
    """Book the opposite of a charge or of a correction, once; payments are sent back instead."""
    config, line = load(), clean_reason(reason)
    services = services_of(config, system_sources(config.playground.clock_offset_file))
    booked = transact(
        lambda tx: charges.correct_charge(
            context_of(tx, services), transaction, line, overdraw=overdraw
        )
    )
    amounts = ", ".join(
        f"{format_money(each.amount)} from {each.source} to {each.destination}"
        for each in booked.postings
    )
    say(f"Corrected {transaction}: {amounts}.")

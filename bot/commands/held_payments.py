"""Commands about money that waits for a decision: held, refund."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from billing.money import format_money
from bot.commands.common import AsJson, Reason, clean_reason, read, say_database, transact
from bot.commands.printing import fail, print_json, print_table, say
from bot.settings.config import load
from bot.wiring.services import services_of
from service.common.context import context_of
from service.common.ids import system_sources
from service.common.services import Services
from service.money import held
from service.ports.store import Refund

app = typer.Typer(no_args_is_help=True, help="Payments that no rule could decide on.")


@app.command("list")
def held_list(as_json: AsJson = False) -> None:
    """List what is held, and what else waits for an operator."""
    rows = read(held.list_held)
    if as_json:
        print_json(rows)
        return
    if rows:
        print_table([*map(_shown, rows)])
    else:
        say("Nothing is held, and nothing else waits for an operator.")
    say_database()


@app.command("resolve")
def held_resolve(
    name: Annotated[str, typer.Argument(metavar="ID", help="As `held list` names it.")],
    reason: Reason,
    credit: Annotated[str, typer.Option(help="Credit it to this account.")] = "",
    refund: Annotated[bool, typer.Option("--refund", help="Send all of it back.")] = False,
    close: Annotated[bool, typer.Option("--close", help="A task: nothing is left to do.")] = False,
) -> None:
    """Decide on one of them: credit it, send it back, or close a task."""
    decision, services = held.Decision(clean_reason(reason)), _services()
    if [bool(credit), refund, close].count(True) != 1:
        fail("Say what becomes of it: --credit ACCOUNT, --refund, or --close for a task.")
    if credit:
        made = transact(
            lambda tx: held.credit_held(context_of(tx, services), name, credit, decision)
        )
        say(f"Credited {format_money(made.amount)} to {made.account} as {made.id}.")
    elif refund:
        _say_ordered(
            transact(lambda tx: held.refund_held(context_of(tx, services), name, decision))
        )
    else:
        transact(lambda tx: held.close_task(context_of(tx, services), name, decision))
        say(f"Closed {name}.")


def refund(
    name: Annotated[str, typer.Argument(metavar="ID", help="A top-up or a payment.")],
    reason: Reason,
    amount: Annotated[str, typer.Option(help="Such as 12.50; all that is left without it.")] = "",
    key: Annotated[str, typer.Option(help="Idempotency key: the same key refunds once.")] = "",
) -> None:
    """Send money back to the payer, all of it or part; the running bot carries it out."""
    decision, services = held.Decision(clean_reason(reason)), _services()
    _say_ordered(
        transact(lambda tx: held.send_back(context_of(tx, services), name, amount, key, decision))
    )


def _say_ordered(order: Refund) -> None:
    say(
        f"Ordered: {format_money(order.amount)} of {order.payment_ref} goes back (order "
        f"{order.id}). The running bot asks the gateway; the card tells when it is done."
    )


def _shown(row: dict[str, Any]) -> dict[str, str]:
    return {
        "Id": row["id"],
        "What": row["what"],
        "Why": row["why"],
        "Amount": row.get("amount", ""),
        "Details": _details(row),
    }


def _details(row: dict[str, Any]) -> str:
    return row.get("detail") or f"{row['gateway']}, top-up {row['top_up'] or 'unknown'}"


def _services() -> Services:
    config = load()
    return services_of(config, system_sources(config.playground.clock_offset_file))

"""Commands for who runs the bot: audit, reconcile. They hold no rules."""

from __future__ import annotations

import math
import sys
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import reconciling, trail, trail_export
from bot.commands.common import AsJson, Reason, fail, print_json, transact, why, with_store
from bot.config import clock_offset_file
from bot.ids import system_sources

BROKEN = 1

audit_app = typer.Typer(no_args_is_help=True, help="The audit trail: who did what.")


class Format(StrEnum):
    """How the trail is written down."""

    CSV = "csv"
    JSON = "json"


@audit_app.command("verify")
def audit_verify(
    as_json: AsJson = False,
    noted: Annotated[str, typer.Option(help="A seal noted before: it has to be there.")] = "",
) -> None:
    """Find the first row that was altered, removed or put in; exit code 1 if there is one."""
    found = with_store(lambda store: trail.verify(store, noted))
    report = trail_export.report(found, noted)
    if as_json:
        print_json(report)
    else:
        typer.echo("\n".join(report["says"]))
    if not report["whole"]:
        raise SystemExit(BROKEN)


@audit_app.command("export")
def audit_export(
    form: Annotated[Format, typer.Option("--format", help="What it is written as.")] = Format.CSV,
    into: Annotated[Path | None, typer.Option(help="A new file; otherwise print it.")] = None,
) -> None:
    """Write down every row of the audit trail with its seal."""
    write = trail_export.write_csv if form is Format.CSV else trail_export.write_json
    try:
        opened = into.open("x", encoding="utf-8", newline="") if into else nullcontext(sys.stdout)
    except OSError as error:
        fail(f"{into}: cannot be made anew ({error.strerror}).")
    with opened as out:
        with_store(lambda store: write(store, out))


def reconcile(
    reason: Reason,
    top_up: Annotated[str, typer.Argument(metavar="[TOP_UP]", help="One; else all.")] = "",
) -> None:
    """Have the running bot ask the gateways now about all that is watched, or about one top-up."""
    given, now = why(reason), system_sources(clock_offset_file()).now()
    if top_up:
        transact(lambda tx: reconciling.ask_one(tx, top_up, given, now))
        typer.echo(f"{top_up}: the running bot asks its gateway now.")
        return
    transact(lambda tx: reconciling.note(tx, reconciling.ALL, given, now))
    asked = with_store(lambda store: reconciling.ask_watched(store, now))
    seconds = math.ceil((asked * reconciling.EVERY).total_seconds())
    typer.echo(f"{asked} watched top-ups: the running bot asks about them within {seconds} s.")

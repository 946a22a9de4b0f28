"""Commands for who runs the bot: verify and export the audit trail. They hold no rules."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import trail, trail_export
from bot.commands.common import AsJson, fail, print_json, with_store

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

"""Commands that show or write what rows and code hold: inspect, db, docs, slack manifest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from adapters.settings import read_url
from adapters.storage.maintenance.upgrade import upgrade
from bot.commands.common import AsJson, read, say_database
from bot.commands.printing import fail, print_json, print_table, say
from bot.settings.alone import clock_offset_file, database_url
from bot.settings.config import load
from bot.watch.diagrams import diagram_files
from bot.watch.inspect import LIMIT, inspect_rows
from service.common.ids import system_sources

db_app = typer.Typer(no_args_is_help=True, help="The database.")
slack_app = typer.Typer(no_args_is_help=True, help="Connecting Slack.")
docs_app = typer.Typer(no_args_is_help=True, help="The docs that are made from the code.")


def inspect(
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows of each kind.")] = LIMIT,
    each_line: Annotated[
        bool, typer.Option("--each-line", help="JSON on a line for each line of standard input.")
    ] = False,
) -> None:
    """Show conversations, ledger, cards, payments and pending work; change nothing."""
    now = system_sources(clock_offset_file()).now
    if each_line:
        # To look often, without a start each time.
        for _ in iter(sys.stdin.readline, ""):
            print_json(read(lambda tx: inspect_rows(tx, now(), limit)), indent=None)
        return
    found = read(lambda tx: inspect_rows(tx, now(), limit))
    if as_json:
        print_json(found)
        return
    for title, rows in found.items():
        if rows and isinstance(rows, list):
            print_table([*map(_in_a_line, rows)], title=f"{title} ({len(rows)})")
        elif isinstance(rows, dict):
            say(f"{title}: {', '.join(f'{count} {name}' for name, count in rows.items())}")
        else:
            say(f"{title}: {rows or 'none'}")
    say_database()


def _in_a_line(row: dict[str, Any]) -> dict[str, Any]:
    """What of a row fits in a line, and no amount twice; JSON has the rest."""
    return {
        name: value
        for name, value in row.items()
        if not (isinstance(value, list | dict) or name.endswith("_minor"))
    }


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version's tables."""
    upgrade(database_url())
    say("The database is up to date.")


@slack_app.command("manifest")
def slack_manifest(
    base_url: Annotated[str, typer.Option(help="Default: PUBLIC_URL.")] = "",
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="The bot connects to Slack, not Slack to it.")
    ] = False,
    distributed: Annotated[
        bool, typer.Option("--distributed", help="Several workspaces install the app.")
    ] = False,
) -> None:
    """Print the app manifest to paste into Slack."""
    # Only here: it brings Slack's library, which no other command of these needs.
    from adapters.chat.slack.manifest import build_manifest

    known = "" if socket_mode and not distributed else _for_slack(base_url)
    print_json(build_manifest(known, socket_mode=socket_mode, distributed=distributed))


def _for_slack(base_url: str) -> str:
    """Where Slack can call: it takes no address but https, and says so late and elsewhere."""
    name, found = ("--base-url", base_url) if base_url else ("PUBLIC_URL", load().web.public_url)
    if urlsplit(read_url(name, found)).scheme != "https":
        fail(f"Slack calls https only, and {name} is not: give --base-url, or --socket-mode.")
    return found


@docs_app.command("diagram")
def docs_diagram(
    into: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("docs"),
) -> None:
    """Draw the conversation and the life of a top-up from the code, as SVG and as text."""
    into.mkdir(parents=True, exist_ok=True)
    for name, content in diagram_files().items():
        (into / name).write_text(content, "utf-8")
        say(into / name)

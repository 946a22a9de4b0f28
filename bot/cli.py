"""The `topup-bot` command: run it, talk to it, look after accounts. It holds no rules."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from adapters.chat.console import KEY, ConsoleChat
from adapters.chat.slack.manifest import manifest
from adapters.storage.address import Unusable
from adapters.storage.sole import sole_bot
from adapters.storage.store import open_store
from adapters.storage.upgrade import upgrade
from bot import accounts, logs
from bot.app import App, Chats, build, chats_of, desk_of
from bot.config import Config, Misconfigured, clock_offset_file, database_url, load
from bot.diagrams import documents
from bot.ids import system_sources
from bot.inspect import LIMIT, listing
from bot.ports import LinkKind, Tx

Result = TypeVar("Result")

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
accounts_app = typer.Typer(no_args_is_help=True, help="Accounts, and who may use them.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
slack_app = typer.Typer(no_args_is_help=True, help="Connecting Slack.")
app.add_typer(accounts_app, name="accounts")
app.add_typer(db_app, name="db")
app.add_typer(slack_app, name="slack")
docs_app = typer.Typer(no_args_is_help=True, help="The docs that are made from the code.")
app.add_typer(docs_app, name="docs")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
AccountId = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id.")]
"""Named once: every command that takes an account takes it so."""


def main() -> None:
    """Run the command; a wrong setting is one sentence, not a traceback."""
    try:
        app()
    except (Misconfigured, Unusable, accounts.Refused) as error:
        _fail(str(error))


@app.command()
def run() -> None:
    """Serve the chats, callbacks and pay pages that are configured."""
    config = load()
    if config.slack is None and config.telegram is None:
        _fail(
            "Nothing to run: set TELEGRAM_BOT_TOKEN, or SLACK_BOT_TOKEN and "
            "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN, in the environment or in .env. "
            "See .env.example. "
            "To try everything without any token: topup-bot demo"
        )
    logs.set_up()
    sources = system_sources(config.clock_offset_file)
    with sole_bot(config.database_url):
        asyncio.run(_serve(build(config, sources, chats_of(config, sources)), config))


@app.command()
def chat() -> None:
    """Top up in this terminal, against the sandbox."""
    config = accounts.with_open_signup(load())
    logs.set_up(level=logs.QUIET)
    sources = system_sources(config.clock_offset_file)
    console = ConsoleChat(_typed_lines(), _print, sources.card)
    desk = desk_of(config, sources)
    _transact(lambda tx: accounts.open_own(tx, KEY, desk))
    typer.echo("Type /topup to begin, a number to press a button, Ctrl-D to leave.")
    with sole_bot(config.database_url):
        bot = build(config, sources, Chats((console,)))
        asyncio.run(_serve(bot, config, until=console.ended))


@app.command()
def charge(
    account: AccountId,
    amount: Annotated[str, typer.Argument(help="How much to draw, such as 12.50.")],
    key: Annotated[str, typer.Option(help="Idempotency key: the same key draws once.")] = "",
) -> None:
    """Draw a balance down, as a program that spends from it does."""
    config = load()
    desk = desk_of(config, system_sources(config.clock_offset_file))
    balance = _transact(lambda tx: accounts.charge(tx, account, amount, key, desk))
    typer.echo(balance)


@app.command()
def inspect(
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows of each kind.")] = LIMIT,
) -> None:
    """Show conversations, ledger, cards, payments and pending work; change nothing."""
    now = system_sources(clock_offset_file()).now()
    found = _transact(lambda tx: listing(tx, now, limit))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for title, rows in found.items():
        if rows and isinstance(rows, list):
            _print_table(title, rows)
        else:
            typer.echo(f"{title}: {rows or 'none'}")


@app.command()
def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the last demo.")] = False,
    port: Annotated[int, typer.Option(help="Where the page is served.")] = 8765,
    browser: Annotated[bool, typer.Option(help="Open a browser if there is one.")] = True,
) -> None:
    """Try everything on this machine: a Slack, a Telegram and a gateway, all played."""
    # Only here: the product runs without the playground.
    from playground.demo import play

    play(Path(".playground"), fresh=fresh, port=port, browser=browser)


@accounts_app.command("add")
def accounts_add(
    account: AccountId,
    title: Annotated[str, typer.Option(help="What people read.")] = "",
    currency: Annotated[str, typer.Option(help="ISO code.")] = "USD",
    mode: Annotated[str, typer.Option(help="sandbox, or live for real money.")] = "sandbox",
    alert_below: Annotated[str, typer.Option(help="Tell when less is left.")] = "",
) -> None:
    """Add an account whose balance this bot keeps."""
    sources = system_sources(clock_offset_file())
    wanted = accounts.Wanted(account, title or account, currency, mode, alert_below)
    _transact(lambda tx: accounts.add(tx, wanted, sources.now()))
    typer.echo(f"Added {account}. Next: topup-bot accounts link {account} --help")


@accounts_app.command("list")
def accounts_list(as_json: AsJson = False) -> None:
    """List the accounts, their balances and who may use them."""
    rows = _transact(accounts.listing)
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table("Account", "Title", "Balance", "Mode", "Alert below", "Linked to")
    for row in rows:
        linked = ", ".join(row["links"]) or "nobody"
        alert = row["alert_below"] or "no alert"
        table.add_row(row["id"], row["title"], row["balance"], row["mode"], alert, linked)
    Console().print(table)


@accounts_app.command("link")
def accounts_link(
    account: AccountId,
    slack_team: Annotated[str, typer.Option(help="Everybody of this workspace: T…")] = "",
    slack_channel: Annotated[str, typer.Option(help="Alerts, and its members: T…/C…")] = "",
    telegram_person: Annotated[str, typer.Option(help="One person, by number.")] = "",
    telegram_group: Annotated[str, typer.Option(help="Alerts, and its members: -100…")] = "",
) -> None:
    """Let a Slack team, a Slack channel or a Telegram person use an account."""
    now = system_sources(clock_offset_file()).now()
    named = {
        ("slack", LinkKind.TEAM): slack_team,
        ("slack", LinkKind.CHANNEL): slack_channel,
        ("telegram", LinkKind.PERSON): telegram_person,
        ("telegram", LinkKind.CHANNEL): telegram_group,
    }
    wanted = [(platform, kind, who) for (platform, kind), who in named.items() if who]
    if not wanted:
        _fail("Say to whom: --slack-team, --slack-channel, --telegram-person or --telegram-group.")
    for platform, kind, who in wanted:
        link = accounts.link_of(account, platform, kind, who)
        _transact(partial(accounts.link, wanted=link, now=now))
        typer.echo(f"Linked {account} to {platform} {kind} {who}.")


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version's tables."""
    upgrade(database_url())
    typer.echo("The database is up to date.")


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
    known = base_url or ("" if socket_mode and not distributed else load().public_url)
    made = manifest(known, socket_mode=socket_mode, distributed=distributed)
    typer.echo(json.dumps(made, indent=2))


@docs_app.command("diagram")
def docs_diagram(
    into: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("docs"),
) -> None:
    """Draw the conversation and the life of a top-up from the code, as SVG and as text."""
    into.mkdir(parents=True, exist_ok=True)
    for name, content in documents().items():
        (into / name).write_text(content, "utf-8")
        typer.echo(into / name)


async def _serve(
    bot: App, config: Config, until: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Serve HTTP until a signal, or until what is waited for has come."""
    settings = uvicorn.Config(
        bot.web, host=config.host, port=config.port, log_config=None, access_log=False
    )
    server = uvicorn.Server(settings)
    async with bot.running():
        serving = asyncio.create_task(server.serve())
        if until is not None:
            await asyncio.wait(
                {serving, asyncio.ensure_future(until())}, return_when=asyncio.FIRST_COMPLETED
            )
            server.should_exit = True
        await serving


def _print_table(title: str, rows: list[dict[str, Any]]) -> None:
    """What of the rows fits in a line each, and no amount twice; JSON has the rest."""
    table = Table(title=f"{title} ({len(rows)})", title_justify="left")
    flat = [
        {k: v for k, v in row.items() if not (isinstance(v, list | dict) or k.endswith("_minor"))}
        for row in rows
    ]
    for column in flat[0] if flat else ():
        table.add_column(column, overflow="fold")
    for row in flat:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


async def _typed_lines() -> AsyncIterator[str]:
    """What is typed in this terminal, until Ctrl-D."""
    while True:
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            return
        yield line


def _transact(work: Callable[[Tx], Result]) -> Result:
    async def once() -> Result:
        store = open_store(database_url())
        try:
            return await store.transact(work)
        finally:
            await store.close()

    return asyncio.run(once())


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise SystemExit(2)

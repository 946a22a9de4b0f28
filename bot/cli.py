"""The `topup-bot` command: everything in bot/commands under its name."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from adapters.settings import Misconfigured
from adapters.storage.engines.address import UnusableDatabase
from bot.commands import (
    account_changes,
    accounts,
    held_payments,
    installation,
    maintenance,
    people,
    run,
    show,
)
from bot.commands.arguments import check_arguments
from bot.commands.printing import fail, say
from bot.settings.secret_values import configured_secrets
from bot.watch import logs
from conversations.protocol.ports import ChatError
from service.money import accounts as rules
from service.ports.store import CommitUnknown, StoreUnavailable

app = typer.Typer(no_args_is_help=True, add_completion=False)
for command in (
    run.run,
    run.chat,
    accounts.charge,
    accounts.correct,
    held_payments.refund,
    show.inspect,
    maintenance.reconcile,
    maintenance.keys,
    maintenance.backup,
    maintenance.restore,
    installation.adopt,
    run.demo,
):
    app.command()(command)
accounts.app.command("set")(account_changes.accounts_set)
app.add_typer(accounts.app, name="accounts")
app.add_typer(people.app, name="people")
app.add_typer(maintenance.audit_app, name="audit")
app.add_typer(held_payments.app, name="held")
app.add_typer(installation.app, name="installation")
app.add_typer(show.db_app, name="db")
app.add_typer(show.slack_app, name="slack")
app.add_typer(show.docs_app, name="docs")


def _show_version(asked: bool) -> None:
    if asked:
        say(f"topup-bot {version('topup-bot')}")
        raise typer.Exit


@app.callback()
def topup_bot(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Add money to prepaid accounts from Slack and Telegram. Settings: see .env.example."""


def main() -> None:
    """Run the command; a wrong setting is one sentence, and no traceback holds a secret."""
    logs.set_up_logging(secrets=configured_secrets())
    try:
        check_arguments(sys.argv[1:])
        app()
    except (Misconfigured, UnusableDatabase, rules.OperatorError) as error:
        fail(logs.redact(str(error)))
    except ChatError as error:
        fail(logs.redact(str(error)))
    except CommitUnknown as error:
        fail(f"Look before you do it again: {error}.")
    except StoreUnavailable as error:
        fail(f"Nothing was done; try again: {error}.")
    except Exception:
        # Typer would print it its own way, past every log handler.
        logging.getLogger(__name__).critical("The command failed:", exc_info=True)
        raise SystemExit(1) from None

"""Commands that serve until they are stopped: run, chat, demo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from adapters.storage.engines.address import is_postgres, parse_address
from bot.commands.printing import fail
from bot.settings.config import Config, load
from bot.watch import logs


def run() -> None:
    """Serve the chats, callbacks and pay pages that are configured."""
    config = load()
    if config.slack is None and config.telegram is None:
        fail(
            "Nothing to run: set TELEGRAM_BOT_TOKEN, or SLACK_BOT_TOKEN and "
            "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN, in the environment or in .env. "
            "See .env.example. "
            "To try everything without any token: topup-bot demo"
        )
    # Only here: other commands start in half the time without chats and gateways.
    from bot.commands.server import serve_chats

    logs.set_level(logs.USUAL)
    serve_chats(config)


def chat() -> None:
    """Top up in this terminal, against the sandbox."""
    config = for_a_trial(load())
    if is_postgres(parse_address(config.storage.database_url)):
        fail(
            "chat works on a SQLite file: in a PostgreSQL that bots share it would hold up their "
            "messages. Try: DATABASE_URL=sqlite:///trial.db topup-bot chat"
        )
    from bot.commands.server import serve_terminal

    logs.set_level(logs.QUIET)
    serve_terminal(config)


def for_a_trial(config: Config) -> Config:
    """The terminal is its owner's own, who needs no leave; and no money moves there."""
    gateways = replace(config.gateways, chosen=config.gateways.trial)
    people = replace(config.people, signup_open=True)
    return replace(config, people=people, gateways=gateways)


def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the last demo.")] = False,
    port: Annotated[int, typer.Option(help="Where the page is served.")] = 8765,
    browser: Annotated[bool, typer.Option(help="Open a browser if there is one.")] = True,
) -> None:
    """Try everything on this machine: a Slack, a Telegram and a gateway, all played."""
    # Only here: the product runs without the playground.
    from playground.demo.demo import play

    play(Path(".playground"), fresh=fresh, port=port, browser=browser)

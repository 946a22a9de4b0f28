"""Commands about this installation's marks: show, confirm, renew, adopt."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from adapters.storage.maintenance.single_process_lock import single_bot_lock
from bot.commands.common import Reason, clean_reason, read, say_database, transact, with_store
from bot.commands.printing import say
from bot.settings.alone import clock_offset_file
from bot.settings.config import load
from bot.wiring.place import place_of
from service.common.ids import system_sources
from service.money import marks, recovery
from service.money.marks import Deployment
from service.ports.store import Store

app = typer.Typer(no_args_is_help=True, help="The mark that this bot leaves on its checkouts.")

_AGAIN = "Start the bot again where one runs: it is looked at when it starts."


@app.command("show")
def installation_show() -> None:
    """Show the marks that are ours, and whether this database is where it was."""
    found, place = read(lambda tx: tx.marks.read()), _place()
    say(f"Own mark: {found.own or 'none yet; the first start makes it'}")
    for each in sorted(found.adopted):
        say(f"Adopted: {each}")
    for each in sorted(found.former):
        say(f"Of the installation that this is a copy of: {each}")
    moved = place.differs(found.place) if found.place is not None else ()
    say(f"Served elsewhere before, by: {', '.join(moved)}" if moved else "It did not move.")
    say_database()


@app.command("confirm")
def installation_confirm(reason: Reason) -> None:
    """Say that this database moved here, and that nothing serves it where it was."""
    given, sources, place = clean_reason(reason), system_sources(clock_offset_file()), _place()
    mark = transact(lambda tx: marks.confirm_move(tx, place, given, sources))
    say(f"{mark} lives here. {_AGAIN}")


@app.command("renew")
def installation_renew(reason: Reason) -> None:
    """Say that this database is a copy: a new mark, and what the other opened is not ours."""
    given, sources, config = clean_reason(reason), system_sources(clock_offset_file()), load()
    with single_bot_lock(config.storage.database_url):
        place = place_of(config.web.public_url, config.storage.database_url)
        mark = transact(lambda tx: marks.renew_mark(tx, place, given, sources))
    say(f"This installation is {mark} from now on. {_AGAIN}")


def adopt(
    mark: Annotated[
        str, typer.Argument(metavar="MARK", help="Such as in_0123456789abcdef, or unmarked.")
    ],
    reason: Reason,
) -> None:
    """Take over the checkouts that a lost database opened under its mark."""
    given, now = clean_reason(reason), system_sources(clock_offset_file()).now()
    if not transact(lambda tx: marks.adopt_mark(tx, mark, given, now)):
        say(f"{mark} is ours already.")
        return
    asked = with_store(lambda store: _look_back(store, now))
    say(
        f"{mark} is ours from now on. The running bot looks through the gateways' lists of the "
        f"last {recovery.ASKED_AGAIN.days} days, and asks about {asked} known top-ups. "
        "What was paid and has no top-up here is held. See: topup-bot held list"
    )


async def _look_back(store: Store, now: datetime) -> int:
    return await recovery.ask_since(store, now - recovery.ASKED_AGAIN, now)


def _place() -> Deployment:
    config = load()
    return place_of(config.web.public_url, config.storage.database_url)

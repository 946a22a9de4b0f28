"""What commands share: options, one transaction, reasons."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from adapters.storage.engines.address import parse_address, sqlite_file
from adapters.storage.store import open_store
from bot.commands.printing import fail, note, say
from bot.settings.alone import database_url
from bot.watch.logs import redact
from service.ports.store import Store, Tx

Result = TypeVar("Result")
REASON_MAX = 500
_IN_MEMORY = "sqlite://"

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the audit trail.")]
"""Asked of whoever changes something by hand."""

AccountId = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id.")]
"""Named once: every command that takes an account takes it so."""


def transact(work: Callable[[Tx], Result], *, new: bool = False) -> Result:
    """Run `work` in one transaction on the database of the settings; a `new` one may be made."""
    return with_store(lambda store: store.transact(work), new=new)


def read(work: Callable[[Tx], Result]) -> Result:
    """Run `work`, which changes nothing, in one transaction."""
    return read_store(lambda store: store.transact(work))


def read_store(work: Callable[[Store], Awaitable[Result]]) -> Result:
    """Do `work`, which changes nothing. No database is made; where there is none, it is empty."""
    if _is_missing(database_url()):
        note(_no_database())
        return _run(work, _IN_MEMORY)
    return _run(work, database_url())


def require_database() -> None:
    """End with a sentence where there is no database: nothing is known of what it would hold."""
    if _is_missing(database_url()):
        fail(f"{_no_database()} Go to the bot's folder, or name it.")


def say_database() -> None:
    """Tell a person, after all else, which database was looked at."""
    if not _is_missing(database_url()):
        say(f"Database: {place_of_rows(database_url())}")


def with_store(
    work: Callable[[Store], Awaitable[Result]], url: str = "", *, new: bool = False
) -> Result:
    """Do `work`, of several transactions perhaps, on the database of the settings, or this one."""
    if url or new or not _is_missing(database_url()):
        return _run(work, url or database_url())
    note(_no_database())
    # What is wrong with the words themselves is said as always; nothing else can come of it.
    _run(work, _IN_MEMORY)
    return fail(
        "Nothing was done. Go to the bot's folder, or begin: topup-bot accounts add --help"
    )


def place_of_rows(url: str) -> str:
    """A database as people find it, without its password."""
    known = parse_address(url)
    file = sqlite_file(known)
    if file is not None:
        return str(Path(file).absolute())
    return known.render_as_string(hide_password=True)


def _no_database() -> str:
    looked_for = place_of_rows(database_url())
    return f"There is no database yet: looked for {looked_for}, which DATABASE_URL names."


def _is_missing(url: str) -> bool:
    file = sqlite_file(parse_address(url))
    return file is not None and not Path(file).exists()


def _run(work: Callable[[Store], Awaitable[Result]], url: str) -> Result:
    async def once() -> Result:
        store = open_store(url)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(once())


def clean_reason(reason: str) -> str:
    """A reason as the audit trail keeps it: one line, without secrets."""
    line = redact(" ".join(reason.split()))
    if not 0 < len(line) <= REASON_MAX:
        fail(f"--reason: say why, in at most {REASON_MAX} characters.")
    return line

"""What every command does alike: options, one transaction, reasons. It has no command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from adapters.storage.store import open_store
from bot.commands.printing import fail
from bot.logs import redact
from bot.ports import Store, Tx
from bot.settings.config import database_url

Result = TypeVar("Result")
REASON_MAX = 500

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the audit trail.")]
"""Asked of whoever changes something by hand."""

AccountId = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id.")]
"""Named once: every command that takes an account takes it so."""


def transact(work: Callable[[Tx], Result]) -> Result:
    """Run `work` in one transaction on the database of the settings."""
    return with_store(lambda store: store.transact(work))


def with_store(work: Callable[[Store], Awaitable[Result]], url: str = "") -> Result:
    """Do `work`, of several transactions perhaps, on the database of the settings, or this one."""

    async def once() -> Result:
        store = open_store(url or database_url())
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(once())


def why(reason: str) -> str:
    """A reason as the audit trail keeps it: one line, without secrets."""
    line = redact(" ".join(reason.split()))
    if not 0 < len(line) <= REASON_MAX:
        fail(f"--reason: say why, in at most {REASON_MAX} characters.")
    return line

"""Commands about what is known of a person: people export, people erase."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.common import Reason, clean_reason, read, transact
from bot.commands.printing import print_json, say
from bot.settings.alone import clock_offset_file
from bot.wiring.traits import TRAITS
from service.common.ids import system_sources
from service.privacy import erasure

app = typer.Typer(no_args_is_help=True, help="What is known of a person.")
_HOW = f"{erasure.person_examples(TRAITS)}, or person-…"
Who = Annotated[str, typer.Argument(metavar="PERSON", help=_HOW)]


@app.command("export")
def people_export(person: Who) -> None:
    """Print all that is known of somebody, as JSON."""
    print_json(read(lambda tx: erasure.export_person(tx, person, TRAITS)))


@app.command("erase")
def people_erase(person: Who, reason: Reason) -> None:
    """Forget who somebody is; what their money did stays, and leads to nobody."""
    now, line = system_sources(clock_offset_file()).now(), clean_reason(reason)
    traces = transact(lambda tx: erasure.erase_person(tx, person, line, now, TRAITS))
    say(f"Erased {traces.person.spelled}. Messages in the chat itself are not deleted.")

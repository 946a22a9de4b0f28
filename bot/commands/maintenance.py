"""Commands for who runs the bot: audit, reconcile, backup, restore."""

from __future__ import annotations

import math
import sys
from contextlib import nullcontext
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, TextIO

import typer

from adapters.storage.engines.owned_files import open_owned
from adapters.storage.maintenance.backup import back_up, database_file
from adapters.storage.maintenance.marks_in_file import read_marks
from adapters.storage.maintenance.restore import (
    discard_prepared,
    kept_name,
    prepare_restore,
    put_in_place,
)
from adapters.storage.maintenance.single_process_lock import single_bot_lock
from billing.marks import InstallationMarks
from bot.commands.common import (
    AsJson,
    Reason,
    clean_reason,
    place_of_rows,
    read,
    read_store,
    require_database,
    say_database,
    transact,
    with_store,
)
from bot.commands.printing import fail, note, print_json, say
from bot.settings.alone import clock_offset_file, database_url
from bot.settings.config import load
from bot.watch import trail_export
from service.audit import trail
from service.common.ids import system_sources
from service.common.keys import Keyring, key_sentences, report_keys
from service.money import reconciliation, recovery
from service.money.recovery import RestoredDatabase

BROKEN = 1
_MINUTE_SECONDS = 60

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
    require_database()
    found = read_store(lambda store: trail.verify_trail(store, noted))
    report = trail_export.report_verification(found, noted)
    if as_json:
        print_json(report)
    else:
        say(*report["says"])
        say_database()
    if not report["whole"]:
        raise SystemExit(BROKEN)


@audit_app.command("export")
def audit_export(
    form: Annotated[Format, typer.Option("--format", help="What it is written as.")] = Format.CSV,
    into: Annotated[Path | None, typer.Option(help="A new file; otherwise print it.")] = None,
) -> None:
    """Write down every row of the audit trail with its seal."""
    require_database()
    write = trail_export.write_csv if form is Format.CSV else trail_export.write_json
    try:
        opened = _new(into) if into else nullcontext(sys.stdout)
    except OSError as error:
        fail(f"{into}: cannot be made anew ({error.strerror}).")
    with opened as out:
        rows = read_store(lambda store: write(store, out))
    where = f" to {into}" if into else ""
    note(f"Wrote {rows} rows of {place_of_rows(database_url())}{where}.")


def _new(file: Path) -> TextIO:
    return open(file, "x", encoding="utf-8", newline="", opener=open_owned)


def keys(as_json: AsJson = False) -> None:
    """Say what still needs which key of SECRET_KEY, and which one may be dropped."""
    config = load()
    keyring = Keyring(config.storage.keys)
    now = system_sources(config.playground.clock_offset_file).now()
    rows = read(lambda tx: report_keys(tx, keyring, now))
    if as_json:
        print_json(rows)
        return
    say(*key_sentences(rows))
    say_database()


def reconcile(
    reason: Reason,
    top_up: Annotated[str, typer.Argument(metavar="TOP_UP", help="One; else all.")] = "",
    since: Annotated[
        str, typer.Option(help="The database was set back to this time, in ISO 8601.")
    ] = "",
) -> None:
    """Have the running bot ask the gateways now about all that is watched, or about one top-up."""
    given, now = clean_reason(reason), system_sources(clock_offset_file()).now()
    if top_up and since:
        fail("A top-up, or --since for everything that a restored database may not know.")
    if top_up:
        transact(lambda tx: reconciliation.ask_one(tx, top_up, given, now))
        say(f"{top_up}: the running bot asks its gateway now.")
        return
    begin = recovery.parse_moment(since, now) if since else None
    transact(lambda tx: reconciliation.record_request(tx, since or reconciliation.ALL, given, now))
    if begin is not None:
        _say_asked(with_store(lambda store: recovery.ask_since(store, begin, now)))
        return
    asked = with_store(lambda store: reconciliation.ask_watched(store, now))
    say(f"{asked} watched top-ups: the running bot asks about them within {_time(asked)}.")


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    reason: Reason = "routine",
) -> None:
    """Copy the SQLite database to a new file, as of now, while bots go on."""
    given, now = clean_reason(reason), system_sources(clock_offset_file()).now()
    # The newest act in the copy, so that it knows its own time.
    note = partial(recovery.note_backup, name=file.name, reason=given, now=now)
    back_up(database_url(), file, begin=lambda: transact(note))
    say(f"Copied the database to {file}. It holds everything: keep it as safe.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    reason: Reason,
) -> None:
    """Put a backup in the place of the SQLite database, which is kept beside it."""
    given, now, url = (
        clean_reason(reason),
        system_sources(clock_offset_file()).now(),
        database_url(),
    )
    database = database_file(url)
    with single_bot_lock(url):
        kept = kept_name(database, now) if database.exists() else None
        replaced = read_marks(database) or InstallationMarks()
        ready = prepare_restore(file, database)
        try:
            set_back = RestoredDatabase(file.name, kept.name if kept else None, given)
            begun = with_store(
                lambda store: recovery.begin_recovery(store, set_back, replaced, now),
                url=f"sqlite:///{ready}",
            )
            put_in_place(ready, database, kept)
        finally:
            discard_prepared(ready)
    say(f"{database} is as it was at {begun.since:%Y-%m-%d %H:%M:%S} UTC.")
    if kept is not None:
        say(f"What it replaced is kept as {kept}.")
    _say_asked(begun.asked)


def _say_asked(asked: int) -> None:
    say(
        f"The bot, once it runs, asks about {asked} top-ups within {_time(asked)}, and looks "
        "through the gateways' lists for what is not known here. See: topup-bot held list"
    )


def _time(asked: int) -> str:
    seconds = math.ceil((asked * reconciliation.EVERY).total_seconds())
    return f"{seconds} s" if seconds < _MINUTE_SECONDS else f"{math.ceil(seconds / 60)} min"

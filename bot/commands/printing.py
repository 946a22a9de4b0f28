"""Prints for commands: plain text, whatever strangers wrote in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conversations.text.safe_text import escape_unsafe

# On both sides of each column of a table: a blank, and a line.
_AROUND = 3


def say(*lines: object) -> None:
    """Lines for a person."""
    for line in lines:
        typer.echo(escape_unsafe(str(line)))


def note(line: str) -> None:
    """A line for a person beside what a program may read."""
    typer.echo(escape_unsafe(line), err=True)


def print_json(found: Any, *, indent: int | None = 2) -> None:
    """For other programs."""
    # The one control character that JSON lets stand.
    typer.echo(json.dumps(found, indent=indent).replace("\x7f", "\\u007f"))


def print_table(rows: Sequence[Mapping[str, object]], *, title: str = "") -> None:
    """A line for each row where that fits into the terminal's width, else a block for each."""
    console = Console()
    texts = [{name: _text(value) for name, value in row.items()} for row in rows]
    names = list(texts[0]) if texts else []
    widths = [max(map(cell_len, (name, *(row[name] for row in texts)))) for name in names]
    if sum(widths) + _AROUND * len(widths) < console.width:
        _print_lines(console, texts, title)
    else:
        _print_blocks(texts, title)


def _print_lines(console: Console, rows: Sequence[Mapping[str, str]], title: str) -> None:
    table = Table(title=title or None, title_justify="left")
    for name in rows[0] if rows else ():
        table.add_column(name)
    for row in rows:
        table.add_row(*map(Text, row.values()))
    console.print(table)


def _print_blocks(rows: Iterable[Mapping[str, str]], title: str) -> None:
    if title:
        say(title)
    for row in rows:
        widest = max(map(cell_len, row))
        say(*(f"{name + ' ' * (widest - cell_len(name))}  {value}" for name, value in row.items()))
        say("")


def _text(value: object) -> str:
    return "" if value is None else escape_unsafe(str(value))


def fail(sentence: str) -> NoReturn:
    """One sentence that says what would be right, and exit code 2."""
    typer.secho(escape_unsafe(sentence), err=True, fg="red")
    raise SystemExit(2)

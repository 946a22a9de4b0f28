"""Every line for an operator that stands in the code can be typed: no argument is missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import typer
from typer.main import get_command

from bot.cli import app
from tests.support.house.source import product_files

# What is signed, and no line that anybody types.
_NO_COMMAND = frozenset({"topup-bot audit 1"})
_LINE = re.compile(r"(`?)topup-bot ([a-z][^`\n]*)")
_END = ".,:;)"
# What stands for a value: `ID`, `{account}`, or the options that a platform adds.
_VALUE = re.compile(r"[A-Z][A-Z_]*|\{\}")
_VALUES = {"AMOUNT": "12.50", "{}": "something"}


def lines() -> Iterator[tuple[str, bool]]:
    """Each, and whether it is a mere name, in backquotes, of a command."""
    for file in product_files():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docs = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
        joined = (one for one in ast.walk(tree) if isinstance(one, ast.JoinedStr))
        parts = {id(part) for one in joined for part in one.values}
        for node in ast.walk(tree):
            if id(node) in docs | parts or not isinstance(node, ast.Constant | ast.JoinedStr):
                continue
            for found in _LINE.finditer(_text(node)):
                if found[0] not in _NO_COMMAND:
                    yield found[2], bool(found[1])


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
    )


def command_of(words: Sequence[str]) -> tuple[Any, list[str]]:
    """The command that words begin with, and what is left of them."""
    command: Any = get_command(app)
    left = list(words)
    while (inner := getattr(command, "commands", None)) is not None:
        command = inner[left.pop(0).rstrip(_END)]
    return command, left


def arguments(words: Sequence[str]) -> list[str]:
    """What belongs to the command, up to the end of its sentence."""
    given: list[str] = []
    for word in words:
        bare = word.rstrip(_END)
        if not bare.startswith("--") and not _VALUE.fullmatch(bare):
            break
        given.append(_VALUES.get(bare, bare))
        if bare != word:
            break
    return given


def test_126_170_every_line_that_stands_in_the_code_can_be_typed() -> None:
    """A line that is told to an operator in trouble asks for nothing that it does not have."""
    found = list(lines())
    assert len(found) > 15
    for line, is_name in found:
        command, words = command_of(line.split())
        if is_name:
            continue
        # Options of a platform's own are tried where they are made, in test_operator_lines.py.
        given = [word for word in arguments(words) if word != "something"]
        if "{}" in words and "--help" not in given:
            continue
        try:
            command.make_context(command.name, given)
        except typer.Exit:
            pass  # --help
        except Exception as error:
            pytest.fail(f"topup-bot {line}: {error}")


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("refund ID --reason WHY. Then", ["ID", "--reason", "WHY"]),
        ("held list", []),
        ("installation renew. Then start", []),
    ],
)
def test_a_line_ends_with_its_sentence(line: str, given: list[str]) -> None:
    """Neither words behind it nor its full stop belong to it."""
    command, words = command_of(line.split())
    assert (command.name is not None, arguments(words)) == (True, given)

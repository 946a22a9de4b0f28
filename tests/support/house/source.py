"""Reads the project's own files for the tests about them."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ("adapters", "billing", "bot", "conversations", "playground", "service")

Function = ast.FunctionDef | ast.AsyncFunctionDef


# --- files -----------------------------------------------------------------------------------


@cache
def python_files() -> list[Path]:
    """Every Python file of the project, tests and tasks among them; hidden folders not."""
    return [
        path
        for path in sorted(ROOT.rglob("*.py"))
        if path.relative_to(ROOT).parts[0] != "build"
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]


def product_files() -> list[Path]:
    return [path for path in python_files() if path.relative_to(ROOT).parts[0] in PRODUCT]


def data_files() -> list[Path]:
    """What the product holds besides Python: pages, migrations' template, …"""
    return [
        path
        for root in PRODUCT
        for path in sorted((ROOT / root).rglob("*"))
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    ]


def is_test(path: Path) -> bool:
    """Whether it is a test, the contracts that adapters inherit among them."""
    return path.relative_to(ROOT).parts[0] == "tests" or "contracts" in path.parts


def name(path: Path) -> str:
    """How a person would call the file: its path in the project, with slashes everywhere."""
    return path.relative_to(ROOT).as_posix()


def dotted(path: Path) -> str:
    """How Python calls the module or package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def family(module: str, package: str) -> str:
    """slack, for the modules slack, slack_cards and slack.cards of a package."""
    own = module.removeprefix(package).removeprefix(".")
    return re.split(r"[._]", own)[0]


# --- code ------------------------------------------------------------------------------------


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(parsed(path)) if isinstance(node, Function))


def measured(paths: Iterable[Path]) -> Iterator[tuple[Path, Function, int]]:
    """Each function with its lines of code: no docstring, no comment, no empty line."""
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in functions(path):
            yield path, function, code_lines(function, lines)


def code_lines(function: Function, lines: list[str]) -> int:
    numbers = set(range(function.lineno, (function.end_lineno or function.lineno) + 1))
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        numbers -= set(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
    texts = (lines[number - 1].strip() for number in numbers)
    return sum(bool(text) and not text.startswith("#") for text in texts)


def opens_with_sentence(node: ast.Module | Function) -> bool:
    paragraphs = (ast.get_docstring(node) or "").split("\n\n")
    return paragraphs[0].rstrip().endswith((".", "?", "!", ":"))


def imported(path: Path) -> set[str]:
    """Modules that it imports, wherever in the file; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


# --- commands --------------------------------------------------------------------------------


def commands() -> list[tuple[str, str]]:
    """Every command of `topup-bot` as it is typed, with its help."""
    from typer.main import get_command

    from bot.cli import app

    return list(leaves(get_command(app), ()))


def leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """A group's commands, or the command itself. Any, as typer keeps its command types private."""
    below = getattr(command, "commands", None)
    if below is None:
        yield " ".join(path), "" if command.hidden else command.help or ""
        return
    for word, each in below.items():
        yield from leaves(each, (*path, word))


def documents() -> list[Path]:
    """What is written for people, but the changelog: what was called otherwise then is history."""
    found = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
    return [path for path in found if path.name != "CHANGELOG.md"]


def code_in(document: Path) -> list[str]:
    """What a document sets as code: whole blocks, and what stands between backticks."""
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [*blocks, *re.findall(r"`([^`]+)`", prose)]


def starts(typed: list[str], command: list[str]) -> bool:
    """Whether what was typed is that command with arguments, or the group that it is in."""
    common = min(len(typed), len(command))
    return typed[:common] == command[:common]


# --- dependencies ----------------------------------------------------------------------------


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def dependencies(chosen: str) -> list[Requirement]:
    """What pyproject.toml asks for: to run, or to run and develop."""
    asked = list(project()["project"]["dependencies"])
    if chosen == "dev":
        asked += project()["dependency-groups"]["dev"]
    return [Requirement(each) for each in asked]


def pins(chosen: str) -> dict[str, str]:
    """Package name to pinned version."""
    text = (ROOT / "requirements" / f"{chosen}.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, flags=re.MULTILINE)
    return {str(canonicalize_name(package)): version for package, version in found}


def matches(path: Path, pattern: str) -> bool:
    """Whether a pattern of package data takes the file; * stays within its folder."""
    own, wanted = name(path).split("/"), pattern.split("/")
    return len(own) == len(wanted) and all(map(fnmatch, own, wanted))

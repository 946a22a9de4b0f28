"""Small changes of a module's text, one at a time: a comparison turned round, a call left out.

Each is an edit of the source, so that the changed file keeps its lines. Nothing is run here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.source import ROOT, imported, name, python_files

# What starts programs, or wires them, is not what these tests are about.
_OUTSIDE = frozenset({"adapters", "typer", "uvicorn", "starlette", "pydantic_settings"})
# How it is written, and what it becomes.
_SYMBOLS: dict[type[ast.cmpop | ast.operator], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
}
_SWAPPED = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """One edit. `function` is the outermost function around it, "" at the top of the module."""

    path: str
    line: int
    start: int
    end: int
    was: str
    becomes: str
    function: str
    function_line: int

    def apply(self, source: str) -> str:
        """The module's text with this edit."""
        raw = source.encode()
        return (raw[: self.start] + self.becomes.encode() + raw[self.end :]).decode()

    @property
    def words(self) -> str:
        """Where it is and what it does, in one line; it stays the same when lines move."""
        where = self.function or "module"
        return f"{self.path} {where}: {_short(self.was)} -> {_short(self.becomes)}"


def scope() -> list[Path]:
    """The core and the use cases: what decides, and knows ports only."""
    return [
        path
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in ("billing", "conversations", "bot")
        if {each.split(".")[0] for each in imported(path)}.isdisjoint(_OUTSIDE)
        if path.relative_to(ROOT).parts[1] not in ("commands", "settings")
    ]


def mutants(paths: Iterable[Path]) -> list[Mutant]:
    """Every edit there is, in a fixed order."""
    return sorted(each for path in paths for each in _of_file(path))


def _of_file(path: Path) -> Iterator[Mutant]:
    source = path.read_text(encoding="utf-8")
    text = _Text(source)
    tree = ast.parse(source)
    for top, around in _tops(tree):
        for node in ast.walk(top):
            for start, end, becomes in _edits(node, text):
                was = text.between(start, end)
                line = getattr(node, "lineno", 0)
                if was != becomes:
                    yield Mutant(name(path), line, start, end, was, becomes, *around)


def _tops(tree: ast.Module) -> Iterator[tuple[ast.AST, tuple[str, int]]]:
    """Each function that is in no other with its name and line, and what is around them."""
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for each in inner:
            match each:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    first = each.decorator_list[0] if each.decorator_list else each
                    yield each, (each.name, first.lineno)
                case ast.Assign() | ast.AnnAssign():
                    yield each, ("", 0)
                case _:
                    pass


class _Text:
    """Byte positions of nodes in the source."""

    def __init__(self, source: str) -> None:
        self._raw = source.encode()
        self._starts = [0]
        for line in self._raw.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        end_line, end_column = node.end_lineno or 0, node.end_col_offset or 0
        return self.at(node.lineno, node.col_offset), self.at(end_line, end_column)

    def between(self, start: int, end: int) -> str:
        return self._raw[start:end].decode()

    def find(self, word: str, start: int, end: int) -> int | None:
        """Where a word stands between two nodes; None where it is not as expected."""
        at = self._raw.find(word.encode(), start, end)
        return at if at >= 0 else None


def _edits(node: ast.AST, text: _Text) -> Iterator[tuple[int, int, str]]:
    match node:
        case ast.Compare():
            yield from _compared(node, text)
        case ast.BoolOp():
            yield from _joined(node, text)
        case ast.BinOp(left, op, right) if type(op) in _SYMBOLS:
            yield from _between(left, right, *_SYMBOLS[type(op)], text)
        case ast.UnaryOp(ast.Not(), operand):
            start, end = text.span(node)
            yield start, end, text.between(*text.span(operand))
        case ast.Constant(value=bool(value)):
            yield (*text.span(node), str(not value))
        case ast.Constant(value=int(value)):
            yield (*text.span(node), str(value + 1))
        case ast.Call(func=ast.Name(id=called)) if called in _SWAPPED:
            yield (*text.span(node.func), _SWAPPED[called])
        case ast.If() | ast.IfExp() | ast.While():
            start, end = text.span(node.test)
            yield start, end, f"(not ({text.between(start, end)}))"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log")))):
            pass  # what operators read in a log moves no money and answers nobody
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Continue():
            yield (*text.span(node), "pass")
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield (*text.span(value), "None")
        case _:
            pass


def _compared(node: ast.Compare, text: _Text) -> Iterator[tuple[int, int, str]]:
    left = node.left
    for op, right in zip(node.ops, node.comparators, strict=True):
        yield from _between(left, right, *_SYMBOLS[type(op)], text)
        left = right


def _joined(node: ast.BoolOp, text: _Text) -> Iterator[tuple[int, int, str]]:
    was, becomes = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield from _between(left, right, was, becomes, text)


def _between(
    left: ast.expr, right: ast.expr, was: str, becomes: str, text: _Text
) -> Iterator[tuple[int, int, str]]:
    start = text.find(was, text.span(left)[1], text.span(right)[0])
    if start is not None:
        yield start, start + len(was), becomes


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _short(text: str) -> str:
    return " ".join(text.split())[:60]

"""Small changes of a module's text, one at a time: a comparison turned round, a call left out.

Each is an edit of the source, so that the changed file keeps its lines. Nothing is run here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tests.support.house.source import ROOT, Function, imported, name, python_files

# What starts programs, or wires them, is not what these tests are about.
_OUTSIDE = frozenset({"adapters", "typer", "uvicorn", "starlette", "pydantic_settings"})
# What reads options and settings, what wires, and what draws pictures for the docs.
_PUTS_TOGETHER = frozenset({"commands", "settings", "wiring", "diagrams.py", "drawings.py"})
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
    """One edit. `within` is the outermost function or table around it, with its class.

    What is read while the module loads is a table, a field, or what an argument is by itself.
    """

    path: str
    line: int
    start: int
    end: int
    was: str
    becomes: str
    within: str
    while_loading: bool

    def apply(self, source: str) -> str:
        """The module's text with this edit."""
        raw = source.encode()
        return (raw[: self.start] + self.becomes.encode() + raw[self.end :]).decode()

    @property
    def words(self) -> str:
        """Where it is and what it does, in one line; it stays the same when lines move."""
        return f"{self.path} {self.within}: {_short(self.was)} -> {_short(self.becomes)}"


def scope() -> list[Path]:
    """The core and the use cases: what decides, and knows ports only."""
    return [
        path
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in ("billing", "conversations", "service", "bot")
        if {each.split(".")[0] for each in imported(path)}.isdisjoint(_OUTSIDE)
        if _PUTS_TOGETHER.isdisjoint(path.relative_to(ROOT).parts)
    ]


def mutants(paths: Iterable[Path]) -> list[Mutant]:
    """Every edit there is, in a fixed order."""
    return sorted(each for path in paths for each in _of_file(path))


def _of_file(path: Path) -> Iterator[Mutant]:
    source = path.read_text(encoding="utf-8")
    text = _Text(source)
    for top, within in tops(ast.parse(source)):
        is_table = not isinstance(top, Function)
        header = set(ast.walk(top.args)) if isinstance(top, Function) else set()
        for node in _decided(top):
            every = chain(_edits(node, text), _entries(node, text) if is_table else ())
            for start, end, becomes in every:
                was = text.between(start, end)
                line = getattr(node, "lineno", 0)
                loads = is_table or node in header
                if was != becomes:
                    yield Mutant(name(path), line, start, end, was, becomes, within, loads)


Top = Function | ast.Assign | ast.AnnAssign


def tops(tree: ast.Module) -> Iterator[tuple[Top, str]]:
    """Each function that is in no other, each table and each field, with its name."""
    for node in tree.body:
        within = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for each in node.body if isinstance(node, ast.ClassDef) else [node]:
            match each:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield each, within + each.name
                case ast.Assign(targets=[ast.Name(id=own), *_]) if own != "__all__":
                    yield each, within + own
                case ast.AnnAssign(target=ast.Name(id=own)):
                    yield each, within + own
                case _:
                    pass


def _decided(node: ast.AST) -> Iterator[ast.AST]:
    """What is run: no annotation and no type, which nobody reads while the program runs.

    Nor what stands in an f-string, whose places Python 3.11 does not tell.
    """
    yield node
    for part, inside in ast.iter_fields(node):
        if part in ("annotation", "returns", "type_params"):
            continue
        for each in inside if isinstance(inside, list) else [inside]:
            if isinstance(each, ast.AST) and not _is_type(part, each):
                yield from _decided(each)


def _is_type(part: str, node: ast.AST) -> bool:
    """Whether it is `Mapping[str, int]` or `A | B` as the whole of what a name stands for."""
    match node:
        case ast.JoinedStr() | ast.Call(func=ast.Name(id="TypeVar" | "NewType")):
            return True
        case ast.Subscript(slice=ast.Tuple()):
            return True
        case ast.BinOp(op=ast.BitOr(), right=ast.Name() | ast.Constant(value=None)):
            return part == "value"
        case _:
            return False


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
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            pass  # it is never run
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Continue():
            yield (*text.span(node), "pass")
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield (*text.span(value), "None")
        case _:
            pass


def _entries(node: ast.AST, text: _Text) -> Iterator[tuple[int, int, str]]:
    """In a table: another text, and an entry left out, with its neighbour once more instead."""
    spans: list[tuple[int, int]] = []
    match node:
        case ast.Constant(value=str(value)):
            yield (*text.span(node), repr(f"x{value}"))
        case ast.Dict(keys, values) if all(keys):
            pairs = zip(keys, values, strict=True)
            spans = [(text.span(key)[0], text.span(value)[1]) for key, value in pairs if key]
        case ast.Set(elements) | ast.Tuple(elements) | ast.List(elements):
            spans = [text.span(each) for each in elements]
        case _:
            pass
    for span, other in zip(spans, spans[1:] + spans[:1], strict=True):
        # A parenthesis around a value is in no node's place.
        if all(_is_whole(text.between(*each)) for each in (span, other)):
            yield (*span, text.between(*other))


def _is_whole(text: str) -> bool:
    return text.count("(") == text.count(")")


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

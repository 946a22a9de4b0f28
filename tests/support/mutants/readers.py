"""Who reads a table or a field: the functions that name it, or that name a table that does."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from tests.support.house.source import name, product_files
from tests.support.mutants.sites import tops


def readers(table: str) -> set[str]:
    """The functions, as `path function`, that may behave otherwise when it changes."""
    functions, tables = _namers()
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [table]
    while waiting:
        own = waiting.pop().rsplit(".", maxsplit=1)[-1]
        if own not in seen:
            seen.add(own)
            found |= functions.get(own, set())
            waiting.extend(tables.get(own, ()))
    return found


@cache
def _namers() -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """Of each name the functions that hold it, and the tables."""
    functions: dict[str, set[str]] = defaultdict(set)
    tables: dict[str, set[str]] = defaultdict(set)
    for path in product_files():
        for top, within in tops(ast.parse(path.read_text(encoding="utf-8"))):
            is_table = isinstance(top, ast.Assign | ast.AnnAssign)
            for held in _names(top):
                if is_table:
                    tables[held].add(within)
                else:
                    functions[held].add(f"{name(path)} {within}")
    return functions, tables


def _names(top: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(top):
        match node:
            case ast.Name(id=held) | ast.Attribute(attr=held) | ast.keyword(arg=str(held)):
                found.add(held)
            case _:
                pass
    return found

"""Every act that the product writes into its audit trail, read from the source.

An act is what reaches the third argument of `….audit.write`, or the second of `….audit`, also by
way of parameters.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from billing.topups import TopUpStatus
from tests.support.house.source import ROOT, Function, functions, parsed, product_files

# `Context.audit`, which writes what it is given.
_PASSED_ON = Path("service/common/context.py")


def acts() -> Iterator[str]:
    """Each act, once. Raises LookupError for one whose words cannot be read."""
    found: list[str] = []
    for path, function, call in _calls():
        at = _act_at(call.func)
        if at is not None and path != ROOT / _PASSED_ON:
            found += _words(call.args[at], function, path)
    yield from sorted(set(found))


def _words(node: ast.expr, function: Function, path: Path) -> list[str]:
    match node:
        case ast.Constant(str(word)):
            return [word]
        case ast.JoinedStr([ast.Constant(str(before)), ast.FormattedValue()]):
            # Only the status of a top-up is ever written into an act.
            return [f"{before}{status}" for status in TopUpStatus]
        case ast.IfExp():
            return _words(node.body, function, path) + _words(node.orelse, function, path)
        case ast.Name(name) if name.isupper():
            return [_constants()[name]]
        case ast.Name(name):
            return _passed(name, function, path)
        case _:
            raise LookupError(f"an act that nobody can read: {ast.unparse(node)}")


def _passed(parameter: str, function: Function, path: Path) -> list[str]:
    """What callers pass for a parameter, by place or by name."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    at = names.index(parameter) - (names[0] == "self")
    found: list[str] = []
    for where, caller, call in _calls():
        private = function.name.startswith("_") and where != path
        if _called(call) == function.name and not private:
            given = [each.value for each in call.keywords if each.arg == parameter]
            found += _words((given or [call.args[at]])[0], caller, where)
    if not found:
        raise LookupError(f"nobody calls {function.name} with an act")
    return found


def _act_at(called: ast.expr) -> int | None:
    """Which argument is an act; None where nothing is written into the trail."""
    match called:
        case ast.Attribute(ast.Attribute(_, "audit"), "write"):
            return 2
        case ast.Attribute(_, "audit"):
            return 1
        case _:
            return None


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
        case _:
            return None


@cache
def _calls() -> list[tuple[Path, Function, ast.Call]]:
    """Every call in a function of the product, with where it stands."""
    return [
        (path, function, call)
        for path in product_files()
        if "contracts" not in path.parts
        for function in functions(path)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
    ]


@cache
def _constants() -> dict[str, str]:
    """Words that have a name at the top of a module."""
    return {
        target.id: node.value.value
        for path in product_files()
        for node in parsed(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }

"""Enumerations: what two of them say alike is said once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import permutations

from tests.support.house.source import is_test, name, product_files

SHARED_MIN = 2
# A gateway's own words, of which its adapter translates each: one may change without the other.
TRANSLATED = {
    ("adapters/gateways/sandbox/server/books.py CheckoutStatus", "billing/topups.py PaymentStatus")
}


def holding(*words: str) -> Iterator[tuple[str, ast.Module]]:
    """The product's modules in whose text one of these stands: to parse all takes a second."""
    for path in product_files():
        text = path.read_text(encoding="utf-8")
        if not is_test(path) and any(word in text for word in words):
            yield name(path), ast.parse(text)


def members() -> Iterator[tuple[str, frozenset[object]]]:
    """What each enumeration and each type of literals consists of."""
    for where, module in holding("Enum)", "= Literal["):
        for node in module.body:
            match node:
                case ast.ClassDef(name=called, bases=[ast.Name(id="StrEnum" | "Enum")]):
                    yield f"{where} {called}", frozenset(_values(node))
                case ast.Assign(targets=[ast.Name(id=called)], value=ast.Subscript() as value):
                    if isinstance(value.value, ast.Name) and value.value.id == "Literal":
                        yield f"{where} {called}", frozenset(_constants(value.slice))


def _values(enumeration: ast.ClassDef) -> Iterator[object]:
    for each in enumeration.body:
        match each:
            case ast.Assign(targets=[ast.Name(id=member)], value=value):
                yield value.value if isinstance(value, ast.Constant) else member.lower()


def _constants(node: ast.expr) -> list[object]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [each.value for each in parts if isinstance(each, ast.Constant)]


def test_no_enumeration_repeats_another() -> None:
    """Where all of one stands in another, one is a part of the other's type, and not a copy."""
    found = [
        (one, other)
        for (one, some), (other, more) in permutations(members(), 2)
        if len(some) >= SHARED_MIN and some <= more
    ]
    assert sorted(set(found) - TRANSLATED) == [], "Name one in the other's type: Callback | Flaw"


def test_no_enumeration_is_made_from_the_word_of_another() -> None:
    """`Callback(error.flaw.value)` fails on the day on which one of both gets a new member."""
    found = [
        f"{where}:{node.lineno}"
        for where, module in holding(".value)")
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and any(isinstance(each, ast.Attribute) and each.attr == "value" for each in node.args)
        and ast.unparse(node.func).rpartition(".")[2][:1].isupper()
    ]
    assert found == []

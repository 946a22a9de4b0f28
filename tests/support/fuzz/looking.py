"""Which functions of the product look through a text, and which of them some door leads to."""

from __future__ import annotations

import ast
import sys
from types import FrameType

from tests.support.fuzz.bounded_work import SHAPES
from tests.support.fuzz.not_read import NOT_READ
from tests.support.fuzz.strangers_words import READERS
from tests.support.house.source import ROOT, Function, functions, name, product_files

# What a function does that looks through a text. `replace` is also what dataclasses do.
_LOOKING = """sub subn match fullmatch search finditer findall split rsplit splitlines partition
rpartition translate normalize loads parse_qsl"""
LOOKS_THROUGH = frozenset(_LOOKING.split())
ADAPTERS = ("adapters/chat/", "adapters/gateways/", "adapters/outgoing")
ROOMS = (*ADAPTERS, "billing/", "bot/", "conversations/", "service/")
# Their words are an operator's.
OPERATORS = ("bot/settings/", "bot/commands/")
# Words that are understood, for what lies behind them; the shapes are there to be refused.
UNDERSTOOD = (
    "/topup 1,000.50 F CFA card team-a",
    "/status TU-7K3M9Q2X",
    "how much is left?",
    "v1,a t=1 é 1.234,5",
)


def looking() -> set[str]:
    """Every function of the product that looks through a text, as `file:name`."""
    return {
        f"{name(path)}:{function.name}"
        for path in product_files()
        if name(path).startswith(ROOMS) and not _is_of_operators(name(path))
        for function in functions(path)
        if _looks_through(function)
    }


def _is_of_operators(path: str) -> bool:
    own = path.startswith("adapters/gateways/") and path.endswith("/settings.py")
    return own or path.startswith(OPERATORS)


def led_to() -> set[str]:
    """Every function that some door leads to, given texts of each kind."""
    found: set[tuple[str, str]] = set()

    def seen(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            found.add((frame.f_code.co_filename, frame.f_code.co_name))

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        for reader in READERS.values():
            for text in (*(shape(40) for shape in SHAPES.values()), *UNDERSTOOD):
                reader.read(text)
    finally:
        sys.setprofile(before)
    root = f"{ROOT}/"
    return {f"{file.removeprefix(root)}:{function}" for file, function in found}


def excused() -> set[str]:
    """Functions that no stranger's word gets to, or none that is long."""
    return {key for keys in NOT_READ.values() for key in keys}


def _looks_through(function: Function) -> bool:
    calls = (each.func for each in ast.walk(function) if isinstance(each, ast.Call))
    names = {each.attr if isinstance(each, ast.Attribute) else ast.unparse(each) for each in calls}
    return bool(names & LOOKS_THROUGH)

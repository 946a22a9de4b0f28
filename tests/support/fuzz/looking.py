"""Which functions of the product look through a text, and which of them some door leads to."""

from __future__ import annotations

import ast
import functools
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
# What counts where it is done to a parameter that is text: dicts and lists do some of it, too.
_OF_TEXT = """count casefold find index lower lstrip removeprefix removesuffix rfind rindex rstrip
strip upper"""
OF_TEXT = frozenset(_OF_TEXT.split())
TEXTS = frozenset({"str", "bytes", "bytearray", "str | None", "bytes | None", "Sequence[Piece]"})
ADAPTERS = ("adapters/chat/", "adapters/gateways/", "adapters/outgoing")
ROOMS = (*ADAPTERS, "billing/", "bot/", "conversations/", "service/")
# Their words are an operator's.
OPERATORS = ("bot/settings/", "bot/commands/")
# Words that are understood, for what lies behind them; the shapes are there to be refused.
UNDERSTOOD = (
    "/topup 1,000.50 F CFA card team-a",
    "/status TU-7K3M9Q2X",
    "/topup status tu-7k3m9q2x",
    "status tu-7k3m9q2x",
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
        if looks_through(function)
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

    _forget_answers()
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


def _forget_answers() -> None:
    """Empty the product's caches: what was answered before is not looked through again."""
    rooms = tuple(room.split("/")[0] for room in ROOMS)
    for module in [each for each in sys.modules if each.startswith(rooms)]:
        for each in vars(sys.modules[module]).values():
            if isinstance(each, functools._lru_cache_wrapper):
                each.cache_clear()


def excused() -> set[str]:
    """Functions that no stranger's word gets to, or none that is long."""
    return {key for keys in NOT_READ.values() for key in keys}


def looks_through(function: Function) -> bool:
    """Whether it goes through a text, in any of the ways above."""
    calls = (each.func for each in ast.walk(function) if isinstance(each, ast.Call))
    names = {each.attr if isinstance(each, ast.Attribute) else ast.unparse(each) for each in calls}
    texts = _text_parameters(function)
    return bool(names & LOOKS_THROUGH) or any(_looks(each, texts) for each in ast.walk(function))


def _text_parameters(function: Function) -> frozenset[str]:
    own = function.args
    every = (*own.posonlyargs, *own.args, *own.kwonlyargs)
    return frozenset(
        each.arg for each in every if each.annotation and ast.unparse(each.annotation) in TEXTS
    )


def _looks(node: ast.AST, texts: frozenset[str]) -> bool:
    """Whether a piece of code goes through one of these texts, or through any text it is given."""
    match node:
        case ast.For(iter=inner) | ast.comprehension(iter=inner):
            return _root(inner) in texts
        case ast.Subscript(value=inner):
            return _root(inner) in texts
        case ast.Compare(ops=ops, comparators=others):
            names = [each.id if isinstance(each, ast.Name) else "" for each in others]
            held = zip(ops, names, strict=True)
            return any(isinstance(op, ast.In | ast.NotIn) and one in texts for op, one in held)
        case ast.Call(func=ast.Attribute(attr="join"), args=[inner]):
            return _root(inner) in texts
        case ast.Call(func=ast.Attribute(value=inner, attr=attribute)):
            return attribute in OF_TEXT and _root(inner) in texts
        case ast.MatchClass(cls=ast.Name(id="str")):
            return True
        case _:
            return False


def _root(node: ast.AST) -> str:
    """What something is made of: `text` for `enumerate(text[1:])` and for `text.strip()`."""
    while True:
        match node:
            case ast.Call(func=ast.Name(), args=[inner, *_]):
                node = inner
            case ast.Call(func=inner):
                node = inner
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                node = inner
            case ast.Name(id=found):
                return found
            case _:
                return ""

"""docs/glossary.md: every word that recurs with a meaning of its own, and none that does not."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from adapters.storage.schema.tables import metadata
from service.ports.store import Tx
from tests.support.house.source import ROOT, name, parsed, product_files

ROWS = re.findall(
    r"^\| ([^|]+) \| [^|]+ \|$", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE
)[1:]
WORDS = {row.lower() for row in ROWS}
# What people who were new to the code did not understand.
ASKED_FOR = (
    *("bucket", "claim", "context", "fence", "home", "inbox", "lane", "mark", "metric", "pace"),
    *("place", "pointer", "services", "signing key", "localizer", "membership", "tell", "toast"),
    *("turn", "unit of work", "verdict", "want"),
)
RECURRING = 6
# Classes whose names mean here what they mean everywhere.
USUAL = {"Choice", "Field", "Kind", "Message", "Option", "Reason", "Style"}
# Groups of rows and tables that are called otherwise in a sentence.
CALLED = {
    "audit": "audit trail",
    "audit_seals": "seal",
    "people": "person",
    "slack_installations": "installation",
}
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def own_files() -> list[Path]:
    """The product without what it is played with."""
    left_out = {"contracts", "playground", "versions"}
    return [path for path in product_files() if left_out.isdisjoint(path.parts)]


@cache
def identifiers(path: Path) -> frozenset[str]:
    """Every name in a file, those that it imports among them."""
    named = ((node, field) for node in ast.walk(parsed(path)) for field in ("id", "attr", "name"))
    values = (getattr(node, field, None) for node, field in named)
    return frozenset(value for value in values if isinstance(value, str))


@cache
def spoken() -> str:
    """All identifiers in single words, and all docstrings, in small letters."""
    said = []
    for path in own_files():
        said += [" ".join(_PARTS.findall(each)) for each in identifiers(path)]
        said += [
            (ast.get_docstring(node) or "").replace("-", " ")
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        ]
    return re.sub(r"[\s_]+", " ", "\n".join(said).lower())


def explained(word: str) -> bool:
    """Whether a row is about it, in the singular or in its plain form."""
    forms = {word, *(word.removesuffix(end) for end in ("s", "ies", "d", "ed", "ted"))}
    return not forms.isdisjoint(WORDS) or f"{word.removesuffix('ies')}y" in WORDS


def test_the_rows_are_in_order_and_single() -> None:
    """A reader finds a word by its letters, once."""
    assert [row.lower() for row in ROWS] == sorted(WORDS)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_a_word_that_is_explained_occurs(word: str) -> None:
    """A word that the code has given up is given up here, too."""
    plain = word.replace("-", " ")

    assert re.search(rf"\b{plain}(?:s|d|t?ed|t?ing)?\b", spoken()), (
        f"{word}: no name and no docstring has it"
    )


def test_every_class_that_recurs_is_explained() -> None:
    """One word that stands for a class in six files or more is part of the language."""
    used = Counter(each for path in own_files() for each in identifiers(path))
    core = (path for path in own_files() if name(path).split("/")[0] not in ("adapters", "bot"))
    classes = {
        node.name
        for path in core
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and re.fullmatch(r"[A-Z][a-z]+", node.name)
    }
    recurring = {each for each in classes - USUAL - {Tx.__name__} if used[each] >= RECURRING}

    assert [each for each in sorted(recurring) if not explained(each.lower())] == []


@pytest.mark.parametrize("word", ASKED_FOR)
def test_what_readers_asked_for_is_explained(word: str) -> None:
    """Words that were guessed wrong by those who saw them for the first time."""
    assert word in WORDS


def test_everything_that_is_stored_is_explained() -> None:
    """Each group of rows in a transaction, and each table."""
    groups = {each for each in vars(Tx) if isinstance(vars(Tx)[each], property)}
    stored = groups | set(metadata.tables)
    words = {CALLED.get(each, each).replace("_", " ") for each in stored}
    dashed = {word.replace("top ups", "top-ups") for word in words}

    assert [each for each in sorted(dashed) if not explained(each)] == []


def test_a_word_that_is_ruled_out_names_nothing() -> None:
    """What the glossary says never to use for a thing is in no name."""
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    never = re.findall(r"\w{4,}", " ".join(re.findall(r"\(never ([^)]+)\)", text)))
    parts = {
        part.lower()
        for path in own_files()
        for each in identifiers(path)
        for part in _PARTS.findall(each)
    }

    assert never
    assert parts.intersection(never) == set()

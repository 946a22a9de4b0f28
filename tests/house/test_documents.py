"""The documents: what they name exists, be it a file, a folder, a module or a test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from tests.support.dialogs.script import parse
from tests.support.house.source import (
    PRODUCT,
    ROOT,
    code_in,
    documents,
    functions,
    is_test,
    name,
    python_files,
)

README_LINES_MAX = 120
_GUIDED = ("CONTRIBUTING", "README", "adding-*", "architecture", "connecting", "translating")
GUIDES = [path for path in documents() if any(fnmatch(path.stem, each) for each in _GUIDED)]
_BLOCK = re.MULTILINE | re.DOTALL
# What looks like a name in code: neither a word of a sentence nor a part of a path.
_NAME = re.compile(
    r"(?<![\w./$<-])(?=\w*(?:[a-z]_[a-z]|[A-Z]{2}|[a-z][A-Z]))[A-Za-z_]\w*(?![\w/-]*[/=>])"
)
_FOLDERS = "|".join([*PRODUCT, "bench", "docs", "requirements", "tests"])
_PATH = re.compile(rf"(?<![\w./-])(?:{_FOLDERS})/[\w./*-]*")
_FILE = re.compile(r"(?<![\w./*-])[\w-]+\.(?:css|html|js|md|po|pot|py|svg|toml)\b")
_MODULE = re.compile(rf"(?<![\w./-])(?:{_FOLDERS})(?:\.[a-z_]+)+")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
_TEST = re.compile(r"\btest_\w+")


@cache
def file_names() -> frozenset[str]:
    """The name of each file, without its folder."""
    folders = [ROOT.glob("*.*"), *((ROOT / each).rglob("*.*") for each in _FOLDERS.split("|"))]
    return frozenset(path.name for folder in folders for path in folder)


@cache
def names_of_tests() -> frozenset[str]:
    """The name of each test, and of each file of tests."""
    files = [path for path in python_files() if is_test(path)]
    return frozenset({each.name for path in files for each in functions(path)}).union(
        path.stem for path in files
    )


def is_module(dotted: str) -> bool:
    """Whether it is a module or a package, or a name in one."""
    path, last = ROOT.joinpath(*dotted.split(".")), dotted.rpartition(".")[2]
    parent = path.parent.with_suffix(".py")
    named = parent.exists() and re.search(rf"\b{last}\b", parent.read_text(encoding="utf-8"))
    return path.is_dir() or path.with_suffix(".py").exists() or bool(named)


@cache
def names_in_code() -> frozenset[str]:
    """Every word that is written in a Python file."""
    texts = (path.read_text(encoding="utf-8") for path in python_files())
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))


def lost(document: Path) -> Iterator[str]:
    """What a document names and is not there."""
    text = document.read_text(encoding="utf-8")
    # `<name>` stands for any name.
    found = re.sub(r"<\w+>", "*", "\n".join(code_in(document)))
    paths = (each.rstrip(".") for each in _PATH.findall(found))
    yield from (path for path in paths if not any(ROOT.glob(path.rstrip("/"))))
    yield from (each for each in _FILE.findall(found) if each not in file_names())
    yield from (each for each in _MODULE.findall(found) if not is_module(each))
    yield from (each for each in _TEST.findall(text) if each not in names_of_tests())
    yield from (each for each in _LINK.findall(text) if not (document.parent / each).exists())


@pytest.mark.parametrize("document", documents(), ids=name)
def test_what_a_document_names_exists(document: Path) -> None:
    """A path or a test that is gone leads a reader, or a promise, nowhere."""
    gone = sorted(set(lost(document)))

    assert not gone, "\n  ".join([f"{name(document)} names these, and they are gone:", *gone])


@pytest.mark.parametrize("document", GUIDES, ids=name)
def test_a_name_in_a_guide_is_in_the_code(document: Path) -> None:
    """Who looks for the function, class or constant that a guide names finds it."""
    prose = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=_BLOCK)
    named = {word for span in re.findall(r"`([^`\n]+)`", prose) for word in _NAME.findall(span)}

    assert sorted(named - names_in_code()) == []


def test_the_dialog_to_copy_can_be_read() -> None:
    """CONTRIBUTING.md shows a dialog as it is written."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    (.*)$", text, flags=re.MULTILINE)

    assert parse("CONTRIBUTING.md", "\n".join(lines)).sentence


def test_a_lost_name_is_found(tmp_path: Path) -> None:
    """Each kind of name is looked for, in prose and in blocks."""
    page = tmp_path / "page.md"
    page.write_text(
        "`bot/gone.py` and `bot/cli.py`, `gone.py` and `cli.py`, `tests.gone` and `bot.cli.app`,"
        " test_gone, [gone](gone.md), `adapters/gateways/<name>.py`, `bot/<gone>.txt`\n"
        "```\npython -m bench.gone tests/gone/*.py\n```\n",
        encoding="utf-8",
    )
    expected = ["bench.gone", "bot/*.txt", "bot/gone.py", "gone.md", "gone.py", "test_gone"]

    assert sorted(set(lost(page))) == [*expected, "tests.gone", "tests/gone/*.py"]


def test_the_readme_is_a_first_look() -> None:
    """What it is, two commands, how to connect; all else stands in docs, and is linked."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = set(_LINK.findall(text))

    assert len(text.splitlines()) <= README_LINES_MAX
    for document in (ROOT / "docs").glob("*.md"):
        path = f"docs/{document.name}"
        by = text + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        assert path in linked or path in by, f"{path} is linked from neither first page"


@pytest.mark.parametrize("file", ["README.md", "docs/connecting.md"])
def test_125_who_connects_telegram_reads_that_the_bot_must_be_an_administrator(file: str) -> None:
    """Before they link a group: else nobody is let in as its member."""
    text = " ".join((ROOT / file).read_text(encoding="utf-8").split())
    told = [sentence for sentence in text.split(". ") if "administrator" in sentence]
    assert any("group" in sentence and "Telegram" in sentence for sentence in told)

"""What counts as looking through a text, in code of a few letters."""

from __future__ import annotations

import ast

import pytest

from tests.support.fuzz import looking


@pytest.mark.parametrize(
    "code",
    [
        *("for one in text: pass", "[one for one in text]", "text[1:]", "text[at]", "'a' in text"),
        *("text.find('a')", "text.strip().index('a')", "''.join(text)", "text.lower()"),
        *("text.count('a')", "enumerate(text); [each for each in enumerate(text)]"),
        *("match held:\n  case str(): pass", "held.split()"),
    ],
)
def test_103_each_way_of_looking_through_text_counts(code: str) -> None:
    """Loops, slices and methods of a parameter that is text; what else is no text does not."""
    body = code.replace("\n", "\n ")
    [one] = ast.parse(f"def look(text: str, held: object):\n {body}").body
    [other] = ast.parse("def keep(text: str, held: list[str]):\n held.index(text)").body

    assert isinstance(one, ast.FunctionDef)
    assert isinstance(other, ast.FunctionDef)
    assert looking.looks_through(one)
    assert not looking.looks_through(other)

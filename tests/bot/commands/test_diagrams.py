"""The drawings in the docs show what the program does now."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from billing.topups import ACTS, AFTERMATH, NEXT, TopUpStatus
from bot.watch.diagrams import conversation_edges, diagram_files, life_edges

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", sorted(diagram_files()))
def test_the_docs_are_up_to_date(name: str) -> None:
    """What stands in docs is what `topup-bot docs diagram` writes."""
    assert diagram_files()[name] == (DOCS / name).read_text("utf-8")


def test_every_move_of_the_tables_is_drawn() -> None:
    """No pair of any table is left out, and no arrow is made up."""
    drawn = sum(len(edge.causes) for edge in life_edges())

    assert len(NEXT) + len(ACTS) + len(AFTERMATH) * (len(AFTERMATH) - 1) == drawn


def test_every_status_and_state_is_reached() -> None:
    """A state nobody gets to would be a mistake in the table."""
    reached = {edge.target for edge in life_edges()}
    talked = {edge.target for edge in conversation_edges()}

    assert {status.replace("_", " ") for status in TopUpStatus} - reached == {"awaiting payment"}
    assert {"Idle", "Asking", "Reviewing"} == talked


def test_drawings_are_well_formed_and_have_a_title() -> None:
    """Whoever cannot see a drawing hears its title and finds the same facts as text."""
    for name, content in diagram_files().items():
        if name.endswith(".svg"):
            # Made here, from our own tables.
            root = ElementTree.fromstring(content)  # noqa: S314
            assert root.find("{http://www.w3.org/2000/svg}title") is not None
            assert f"]({name})" in diagram_files()["diagrams.md"]

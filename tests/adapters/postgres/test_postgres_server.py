"""The PostgreSQL of the tests: where it comes from, and what is said where there is none."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager

import pytest

from tests.support.databases import postgres_server
from tests.support.databases.postgres_server import Server


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), (None, pytest.skip.Exception)]
)
def test_without_a_postgres_ci_fails(
    monkeypatch: pytest.MonkeyPatch, ci: str | None, outcome: type[BaseException]
) -> None:
    """On a person's machine its tests are skipped; in CI nobody may believe that they ran."""
    monkeypatch.setattr(postgres_server, "find_programs", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    if ci is not None:
        monkeypatch.setenv("CI", ci)

    nothing: AbstractContextManager[Server] = postgres_server.postgres_server()
    with pytest.raises(outcome, match="PostgreSQL is not installed"):
        nothing.__enter__()


@pytest.mark.skipif(sys.platform == "win32", reason="its package is not used there")
def test_the_development_dependencies_bring_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without PostgreSQL runs its tests all the same."""
    monkeypatch.setattr(postgres_server, "_installed", lambda: iter(()))
    monkeypatch.setattr(postgres_server, "_runs", lambda programs: True)
    found = postgres_server.find_programs()

    assert found is not None
    assert "site-packages" in found.folder.parts
    names = {each.name for each in found.folder.iterdir()}
    assert {"initdb", "postgres", "pg_basebackup"} <= names

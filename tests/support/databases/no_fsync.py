"""No test pulls a plug, so none waits for the disk: commits are whole, and not synced.

What a process wrote outlives its death; only a loss of power takes what was not synced.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.storage.engines import sqlite

DURABLE = sqlite._SYNCHRONOUS
QUICK = "PRAGMA synchronous = OFF"


@pytest.fixture(scope="session", autouse=True)
def _quick_commits() -> Iterator[None]:
    """Most of a suite's time would be spent on waiting for the disk otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_SYNCHRONOUS", QUICK)
        yield


@pytest.fixture
def durable_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the product sets them."""
    monkeypatch.setattr(sqlite, "_SYNCHRONOUS", DURABLE)

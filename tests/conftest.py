"""What all tests share: how Hypothesis searches, and asserts that explain themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.postgres_server import Server, postgres_server

# The contracts that adapters inherit live in the product; their asserts should explain too.
pytest.register_assert_rewrite("adapters.contracts")

# One Chromium and one demo for every module that asks for them.
pytest_plugins = ("tests.browser_fixtures",)

# No deadline, since a busy machine is not a bug; in CI the same examples each time.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL of this session's own."""
    with postgres_server() as server:
        yield server

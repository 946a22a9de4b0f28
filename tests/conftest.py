"""What all tests share: how Hypothesis searches, and asserts that explain themselves."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.databases.postgres_server import Server, postgres_server

# The contracts that adapters inherit live in the product; their asserts should explain too.
pytest.register_assert_rewrite("adapters.contracts")

# One Chromium and one demo for every module that asks for them; a terminal for each test; and a
# disk that keeps nobody waiting.
pytest_plugins = (
    "tests.support.browser.browser_fixtures",
    "tests.support.house.terminal",
    "tests.support.databases.no_fsync",
    "tests.support.house.long_limits",
)

# httpx looks for it at every request, and here each look goes through pytest's own importer.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # known to be missing

# Programs are started a hundred times here: none should compile all of its modules each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# No deadline, since a busy machine is not a bug; in CI the same examples each time.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL of this session's own."""
    with postgres_server() as server:
        yield server


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays, and is not looked through for garbage again.

    That took a fourth of the time: tests make and drop much, and Python looks whenever they do.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: one often waits, for a Chromium or for bots that start."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Files go to the two cores as they are, those that share something expensive together.

    The marks of xdist for this have no effect under this pytest, and it does not say so.
    """
    from tests.support.house.scheduling import Together  # xdist may be switched off

    return Together(config, log)
